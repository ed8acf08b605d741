import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import pg from "pg";
import { PlainError } from "../plain-error";
import { type Child, lastLines, startChild } from "../processes";
import { root } from "../root";
import { TIE } from "./apps";
import type { Variables } from "./secrets";

/** Told of a child at once, so that a stop in the middle of its work reaches it. */
type OnStart = (child: Child) => void;

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** A database that was being filled when the run ended carries this; nobody can have worked with it yet. */
const UNFINISHED = "demo data unfinished";

/** Makes the embedded server's own database where it is missing, anew when its first filling was interrupted. */
export async function ensureDatabase(maintenanceUrl: string, name: string): Promise<void> {
  await withClient(maintenanceUrl, async (client) => {
    const { rows } = await client.query<{ note: string | null }>(
      "SELECT shobj_description(oid, 'pg_database') AS note FROM pg_database WHERE datname = $1",
      [name],
    );
    const id = client.escapeIdentifier(name);
    if (rows[0]?.note === UNFINISHED) await client.query(`DROP DATABASE ${id} WITH (FORCE)`);
    if (!rows[0] || rows[0].note === UNFINISHED) await client.query(`CREATE DATABASE ${id}`);
  });
}

/** @throws PlainError when nobody answers at the address that was given */
export async function checkReachable(url: string): Promise<void> {
  try {
    await withClient(url, (client) => client.query("SELECT 1"));
  } catch (error) {
    const shown = new URL(url);
    throw new PlainError(
      `The database at ${shown.host}${shown.pathname} (DATABASE_URL) cannot be used: ${(error as Error).message || "no answer"}.`,
    );
  }
}

const migrationsFolder = join(root, "prisma/migrations");

function migrationNames(): string[] {
  const entries = readdirSync(migrationsFolder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Migrations that this database does not have yet. */
async function pendingMigrations(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows: tables } = await client.query("SELECT to_regclass('public._prisma_migrations') AS name");
    if (!tables[0].name) return migrationNames();
    const { rows } = await client.query<{ name: string }>(
      "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
    );
    const applied = new Set(rows.map(({ name }) => name));
    return migrationNames().filter((name) => !applied.has(name));
  });
}

/**
 * Applies what is missing; asks Prisma only when something is, since its command line takes over a second.
 * @returns how many were applied
 * @throws PlainError with the last lines of what Prisma said
 */
export async function migrate(url: string, logFile: string, onStart: OnStart): Promise<number> {
  const pending = await pendingMigrations(url);
  if (pending.length === 0) return 0;
  const child = await startChild({
    name: "migrate",
    command: process.execPath,
    args: ["--import", TIE, join(root, "tools/prisma.mjs"), "migrate", "deploy"],
    cwd: root,
    env: { ...process.env, DATABASE_URL: url },
    logFile,
    isTied: true,
  });
  onStart(child);
  const { code } = await child.exited;
  if (code !== 0)
    throw new PlainError(
      `The database could not be brought up to date (${logFile}):\n${lastLines(logFile, 15)}`,
    );
  return pending.length;
}

/** Whether no merchant has ever been entered. */
export async function isEmpty(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const { rows } = await client.query("SELECT 1 FROM merchant LIMIT 1");
    return rows.length === 0;
  });
}

/**
 * Fills an empty database with the demo data.
 * @param isOurs the embedded database: an interrupted filling is noted on it and begun anew at the next start
 * @throws PlainError with the last lines of what the seed said
 */
export async function seed(
  url: string,
  isOurs: boolean,
  env: Variables,
  logFile: string,
  onStart: OnStart,
): Promise<void> {
  const note = (text: string | null) =>
    withClient(url, async (client) => {
      const name = client.escapeIdentifier(decodeURIComponent(new URL(url).pathname.slice(1)));
      await client.query(
        `COMMENT ON DATABASE ${name} IS ${text === null ? "NULL" : client.escapeLiteral(text)}`,
      );
    });
  if (isOurs) await note(UNFINISHED);
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const child = await startChild({
    name: "seed",
    command: process.execPath,
    args: ["--import", TIE, "--import", `file://${tsx}`, join(root, "tools/src/seed.ts")],
    cwd: root,
    env: { ...process.env, ...env, DATABASE_URL: url },
    logFile,
    isTied: true,
  });
  onStart(child);
  const { code } = await child.exited;
  if (code !== 0)
    throw new PlainError(`The demo data could not be made (${logFile}):\n${lastLines(logFile, 20)}`);
  if (isOurs) await note(null);
}
