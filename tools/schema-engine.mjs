#!/usr/bin/env node
// Speaks the JSON-RPC-over-stdio protocol that the Prisma CLI expects from its native
// schema-engine binary, but runs the engine from the npm package @prisma/schema-engine-wasm
// on top of @prisma/adapter-pg. Used through PRISMA_SCHEMA_ENGINE_BINARY.
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';

const require = createRequire(import.meta.url);
const args = process.argv.slice(2);
if (args.includes('--version') || args.includes('-V')) {
  const dir = dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  console.log(`schema-engine-cli ${JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).version.split('.').pop()}`);
  process.exit(0);
}
const datamodels = [];
let datasource = {}; let sub = null;
for (let i = 0; i < args.length; i++) {
  const a = args[i];
  if (a === '--datamodels' || a === '-d') datamodels.push(args[++i]);
  else if (a === '--datasource') datasource = JSON.parse(args[++i]);
  else if (a === '--enabled-preview-features' || a === '--extension-types') i++;
  else if (a === 'cli') sub = args[++i];
}
const schemaOf = (u) => { try { return new URL(u).searchParams.get('schema') ?? undefined } catch { return undefined } };
function clean(u) { const x = new URL(u); x.searchParams.delete('schema'); return x.toString(); }
function adminUrl(u) { const x = new URL(clean(u)); x.pathname = '/postgres'; return x.toString(); }
const dbName = (u) => decodeURIComponent(new URL(u).pathname.slice(1));
async function admin(url, fn) {
  const c = new pg.Client({ connectionString: adminUrl(url) }); await c.connect();
  try { return await fn(c) } finally { await c.end() }
}
const codeOf = (e) => ({ '3D000': 'P1003', '28P01': 'P1000', '28000': 'P1010', ECONNREFUSED: 'P1001', ENOTFOUND: 'P1001' })[e.code] ?? 'P1001';

if (sub) {
  const url = datasource.url;
  try {
    if (sub === 'can-connect-to-database') {
      const c = new pg.Client({ connectionString: clean(url), connectionTimeoutMillis: 5000 }); await c.connect(); await c.end();
    } else if (sub === 'create-database') await admin(url, (c) => c.query(`CREATE DATABASE ${c.escapeIdentifier(dbName(url))}`));
    else if (sub === 'drop-database') await admin(url, (c) => c.query(`DROP DATABASE IF EXISTS ${c.escapeIdentifier(dbName(url))} WITH (FORCE)`));
    else throw new Error(`unknown cli command ${sub}`);
    process.exit(0);
  } catch (e) {
    process.stderr.write('schema-engine (wasm)\n' + JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields: { message: e.message, error_code: codeOf(e), is_panic: false } }) + '\n');
    process.exit(1);
  }
}

const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
const wasmPath = join(dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')), 'schema_engine_bg.wasm');
const { instance } = await WebAssembly.instantiate(readFileSync(wasmPath), { './schema_engine_bg.js': glue });
glue.__wbg_set_wasm(instance.exports); instance.exports.__wbindgen_start();

// adapter-pg does not know the catalog type "char" (OID 18) that the engine's describe queries
// return, while the engine wants it as a Character column: translate on the way out.
const TEXT = 25, CHAR = 18;
function patch(queryable) {
  const chars = new WeakMap();
  const io = queryable.performIO.bind(queryable);
  const raw = queryable.queryRaw.bind(queryable);
  queryable.performIO = async (q) => {
    const res = await io(q);
    const cols = [];
    for (const r of Array.isArray(res) ? res : [res]) r.fields?.forEach((f, i) => { if (f.dataTypeID === CHAR) { f.dataTypeID = TEXT; cols.push(i); } });
    chars.set(q, cols);
    return res;
  };
  queryable.queryRaw = async (q) => {
    const res = await raw(q);
    for (const i of chars.get(q) ?? []) res.columnTypes[i] = ColumnTypeEnum.Character;
    return res;
  };
  // adapter-pg cuts a script at every semicolon, also inside comments and function bodies. PostgreSQL
  // takes the whole text at once, in one implicit transaction, as Prisma's native engine sends it.
  queryable.executeScript = async (script) => {
    try { await queryable.client.query(script); } catch (error) { queryable.onError(error); }
  };
  if (queryable.startTransaction) {
    const start = queryable.startTransaction.bind(queryable);
    queryable.startTransaction = async (level) => patch(await start(level));
  }
  return queryable;
}
const open = async (url) => patch(await new PrismaPg({ connectionString: clean(url), max: 2 }, { schema: schemaOf(url) }).connect());
const opened = new Set(); const shadows = new Set();
const tracked = async (url) => { const ad = await open(url); opened.add(ad); return ad; };
const factory = {
  provider: 'postgres', adapterName: '@prisma/adapter-pg',
  connect: () => tracked(datasource.url),
  async connectToShadowDb() {
    if (datasource.shadowDatabaseUrl) return tracked(datasource.shadowDatabaseUrl);
    const name = `prisma_migrate_shadow_db_${randomBytes(8).toString('hex')}`;
    await admin(datasource.url, (c) => c.query(`CREATE DATABASE ${c.escapeIdentifier(name)}`));
    shadows.add(name);
    const u = new URL(clean(datasource.url)); u.pathname = `/${name}`;
    return tracked(u.toString());
  },
};
// The engine neither reuses a shadow connection between calls nor disposes of it: one engine per call.
async function withEngine(fn) {
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  const engine = await glue.SchemaEngine.new({ datamodels: datamodels.length ? datamodels.map((p) => [p, readFileSync(p, 'utf8')]) : undefined }, log, bound);
  try { return await fn(engine); } finally {
    await Promise.allSettled([...opened].map((ad) => ad.dispose())); opened.clear();
    for (const name of shadows) await admin(datasource.url, (c) => c.query(`DROP DATABASE IF EXISTS ${c.escapeIdentifier(name)} WITH (FORCE)`));
    shadows.clear();
  }
}
globalThis.PRISMA_WASM_PANIC_REGISTRY = { message: '', set_message(m) { this.message = m; } };
const log = (m) => { if (process.env.DEBUG) process.stderr.write(String(m) + '\n') };
const send = (o) => new Promise((r) => process.stdout.write(JSON.stringify(o) + '\n', r));
let nextPrint = 1;
async function call(method, params) {
  switch (method) {
    case 'getDatabaseVersion': return withEngine((e) => e.version(params));
    case 'createDatabase': { const url = params.datasource?.url ?? datasource.url; await admin(url, (c) => c.query(`CREATE DATABASE ${c.escapeIdentifier(dbName(url))}`)); return { databaseName: dbName(url) }; }
    case 'diff': {
      const r = await withEngine((e) => e.diff(params));
      if (r.stdout != null) await send({ jsonrpc: '2.0', id: `p${nextPrint++}`, method: 'print', params: { content: r.stdout } });
      return { exitCode: r.exitCode, stdout: null };
    }
    default: return withEngine(async (e) => { if (typeof e[method] !== 'function') throw new Error(`method ${method} unsupported`); // These two read the migrations' schema from a cache that only devDiagnostic fills in the wasm build.
      if (method === 'evaluateDataLoss' || method === 'createMigration') await e.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
      return (await e[method](params)) ?? {}; });
  }
}
function toRpcError(err) {
  let data = { is_panic: false, message: err?.message ?? String(err) };
  try { const j = JSON.parse(err.message); data = { ...data, ...j, is_panic: j.is_panic ?? false }; } catch { /* plain */ }
  if (err?.code && !data.error_code && /^P\d{4}$/.test(err.code)) data.error_code = err.code;
  if (err?.name === 'RuntimeError') { data.is_panic = true; data.message = globalThis.PRISMA_WASM_PANIC_REGISTRY.message || data.message; }
  return { code: 4466, message: 'An error happened. Check the data field for details.', data };
}
let chain = Promise.resolve();
createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  if (!line.trim()) return;
  const msg = JSON.parse(line);
  if (!msg.method) return; // answer to our print call
  chain = chain.then(async () => {
    try { await send({ jsonrpc: '2.0', id: msg.id, result: await call(msg.method, msg.params) }); }
    catch (e) { if (process.env.DEBUG) console.error(e); await send({ jsonrpc: '2.0', id: msg.id, error: toRpcError(e) }); }
  });
}).on('close', () => chain.then(() => process.exit(0)));
