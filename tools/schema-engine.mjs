#!/usr/bin/env node
// Prisma's schema engine without its native binary: speaks the JSON-RPC over stdin and stdout that the
// Prisma CLI expects of it, and runs Prisma's own engine from @prisma/schema-engine-wasm on
// @prisma/adapter-pg. The CLI finds it through PRISMA_SCHEMA_ENGINE_BINARY (see prisma.mjs).
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

const engineFolder = dirname(
  createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"),
);
const { command, datamodels, datasource, isVersionAsked } = parseArguments(process.argv.slice(2));

/** The native engine's command line, as far as the CLI uses it. */
function parseArguments(args) {
  const parsed = { command: null, datamodels: [], datasource: {}, isVersionAsked: false };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === "--version" || arg === "-V") parsed.isVersionAsked = true;
    else if (arg === "--datamodels" || arg === "-d") parsed.datamodels.push(args[++i]);
    else if (arg === "--datasource") parsed.datasource = JSON.parse(args[++i]);
    else if (arg === "--enabled-preview-features" || arg === "--extension-types") i++;
    else if (arg === "cli") parsed.command = args[++i];
  }
  return parsed;
}

function printVersion() {
  const { version } = JSON.parse(readFileSync(join(engineFolder, "package.json"), "utf8"));
  // The CLI compares the commit, which is the last part of the package's version.
  console.log(`schema-engine-cli ${version.split(".").pop()}`);
}

// ---- addresses -------------------------------------------------------------------------------------------

/** Prisma's `schema` parameter is not PostgreSQL's. */
function withoutSchema(url) {
  const clean = new URL(url);
  clean.searchParams.delete("schema");
  return clean;
}

function schemaOf(url) {
  return new URL(url).searchParams.get("schema") ?? undefined;
}

function onDatabase(url, name) {
  const other = withoutSchema(url);
  other.pathname = `/${encodeURIComponent(name)}`;
  return other.toString();
}

const databaseOf = (url) => decodeURIComponent(new URL(url).pathname.slice(1));

/** Runs one statement about the named database, from the maintenance database of the same server. */
async function administer(url, name, statementAbout) {
  const client = new pg.Client({ connectionString: onDatabase(url, "postgres") });
  await client.connect();
  try {
    await client.query(statementAbout(client.escapeIdentifier(name)));
  } finally {
    await client.end();
  }
}

const createDatabase = (url, name) => administer(url, name, (id) => `CREATE DATABASE ${id}`);
const dropDatabase = (url, name) =>
  administer(url, name, (id) => `DROP DATABASE IF EXISTS ${id} WITH (FORCE)`);

// ---- `cli` commands --------------------------------------------------------------------------------------

const PRISMA_CODES = {
  "3D000": "P1003",
  "28P01": "P1000",
  28000: "P1010",
  ECONNREFUSED: "P1001",
  ENOTFOUND: "P1001",
};

async function runCommand(name) {
  const { url } = datasource;
  try {
    if (name === "can-connect-to-database") await connectOnce(url);
    else if (name === "create-database") await createDatabase(url, databaseOf(url));
    else if (name === "drop-database") await dropDatabase(url, databaseOf(url));
    else throw new Error(`unknown cli command ${name}`);
  } catch (error) {
    const fields = {
      message: error.message,
      error_code: PRISMA_CODES[error.code] ?? "P1001",
      is_panic: false,
    };
    // The CLI takes the reason from the last line that is JSON, after a line that is not.
    process.stderr.write("schema-engine (wasm)\n");
    process.stderr.write(`${JSON.stringify({ level: "ERROR", target: "schema_engine::logger", fields })}\n`);
    process.exitCode = 1;
  }
}

async function connectOnce(url) {
  const client = new pg.Client({
    connectionString: withoutSchema(url).toString(),
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  await client.end();
}

// ---- the engine's view of the database -------------------------------------------------------------------

const OID_CHAR = 18;
const OID_TEXT = 25;

/**
 * adapter-pg does not know the catalog type "char" that the engine's own queries return, while the engine
 * wants it as a Character column: it is read as text, and renamed on the way out.
 */
function readingCatalogChars(queryable) {
  const charColumns = new WeakMap();
  const performIO = queryable.performIO.bind(queryable);
  const queryRaw = queryable.queryRaw.bind(queryable);
  queryable.performIO = async (query) => {
    const answer = await performIO(query);
    const columns = [];
    for (const result of [answer].flat())
      for (const [index, field] of (result.fields ?? []).entries()) {
        if (field.dataTypeID !== OID_CHAR) continue;
        field.dataTypeID = OID_TEXT;
        columns.push(index);
      }
    charColumns.set(query, columns);
    return answer;
  };
  queryable.queryRaw = async (query) => {
    const result = await queryRaw(query);
    for (const index of charColumns.get(query) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  if (queryable.startTransaction) {
    const startTransaction = queryable.startTransaction.bind(queryable);
    queryable.startTransaction = async (isolation) => readingCatalogChars(await startTransaction(isolation));
  }
  return queryable;
}

/** Opens connections for one engine, and afterwards closes them and drops the shadow databases it made. */
function connections() {
  const opened = [];
  const shadows = [];
  const open = async (url) => {
    const config = { connectionString: withoutSchema(url).toString(), max: 2 };
    const adapter = readingCatalogChars(await new PrismaPg(config, { schema: schemaOf(url) }).connect());
    // adapter-pg cuts scripts at every semicolon, also inside $$ … $$; whole, PostgreSQL reads them itself.
    adapter.executeScript = async (script) => {
      await adapter.performIO({ sql: script, args: [], argTypes: [] });
    };
    opened.push(adapter);
    return adapter;
  };
  return {
    factory: {
      provider: "postgres",
      adapterName: "@prisma/adapter-pg",
      connect: () => open(datasource.url),
      async connectToShadowDb() {
        if (datasource.shadowDatabaseUrl) return open(datasource.shadowDatabaseUrl);
        const name = `prisma_migrate_shadow_db_${randomBytes(8).toString("hex")}`;
        await createDatabase(datasource.url, name);
        shadows.push(name);
        return open(onDatabase(datasource.url, name));
      },
    },
    async close() {
      await Promise.allSettled(opened.map((adapter) => adapter.dispose()));
      for (const name of shadows) await dropDatabase(datasource.url, name);
    },
  };
}

// ---- JSON-RPC --------------------------------------------------------------------------------------------

async function loadEngine() {
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasm = readFileSync(join(engineFolder, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}

function debug(message) {
  if (process.env.DEBUG) process.stderr.write(`${message}\n`);
}

async function serve() {
  // Where the engine leaves the text of a panic, which its exception does not carry.
  const panic = { message: "", set_message: (message) => Object.assign(panic, { message }) };
  globalThis.PRISMA_WASM_PANIC_REGISTRY = panic;
  const SchemaEngine = await loadEngine();
  const files = datamodels.map((path) => [path, readFileSync(path, "utf8")]);
  let prints = 0;

  const send = (message) =>
    new Promise((resolve) =>
      process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`, resolve),
    );

  // The engine neither uses a shadow connection again nor disposes of it: one engine for each call.
  async function withEngine(use) {
    const { factory, close } = connections();
    const bound = bindMigrationAwareSqlAdapterFactory(factory);
    const engine = await SchemaEngine.new({ datamodels: files.length > 0 ? files : undefined }, debug, bound);
    try {
      return await use(engine);
    } finally {
      await close();
    }
  }

  async function call(method, params) {
    if (method === "getDatabaseVersion") return withEngine((engine) => engine.version(params));
    if (method === "createDatabase") {
      const url = params.datasource?.url ?? datasource.url;
      await createDatabase(url, databaseOf(url));
      return { databaseName: databaseOf(url) };
    }
    if (method === "diff") {
      const { stdout, exitCode } = await withEngine((engine) => engine.diff(params));
      if (stdout != null) await send({ id: `p${++prints}`, method: "print", params: { content: stdout } });
      return { exitCode, stdout: null };
    }
    return withEngine(async (engine) => {
      if (typeof engine[method] !== "function") throw new Error(`method ${method} unsupported`);
      // These two read the migrations' schema from a cache that only devDiagnostic fills in the wasm build.
      if (method === "evaluateDataLoss" || method === "createMigration")
        await engine.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
      return (await engine[method](params)) ?? {};
    });
  }

  function toRpcError(error) {
    let data = { is_panic: false, message: error?.message ?? String(error) };
    try {
      // The engine's own errors carry JSON as their message.
      const known = JSON.parse(error.message);
      data = { ...data, ...known, is_panic: known.is_panic ?? false };
    } catch {
      // Plain text.
    }
    if (!data.error_code && /^P\d{4}$/.test(error?.code)) data.error_code = error.code;
    if (error?.name === "RuntimeError")
      data = { ...data, is_panic: true, message: panic.message || data.message };
    return { code: 4466, message: "An error happened. Check the data field for details.", data };
  }

  async function answer({ id, method, params }) {
    try {
      await send({ id, result: await call(method, params) });
    } catch (error) {
      debug(error?.stack ?? error);
      await send({ id, error: toRpcError(error) });
    }
  }

  // One call at a time, in the order they came.
  let last = Promise.resolve();
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", (line) => {
    const message = line.trim() ? JSON.parse(line) : {};
    // A message without a method answers one of our prints.
    if (message.method) last = last.then(() => answer(message));
  });
  lines.on("close", () => last.then(() => process.exit(0)));
}

if (isVersionAsked) printVersion();
else if (command) await runCommand(command);
else await serve();
