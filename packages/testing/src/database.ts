import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Database, openDatabase } from "@looklook/db";
import pg from "pg";

const migrationsDir = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

function serverUrl(): string {
  const url = process.env.DATABASE_URL;
  if (!url)
    throw new Error("DATABASE_URL is not set: run the tests with `npm test`, which brings PostgreSQL along.");
  return url;
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.toString();
}

async function withServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function migrations() {
  return readdirSync(migrationsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readFileSync(join(migrationsDir, entry.name, "migration.sql"), "utf8"));
}

/** Named by the migrations' content, so a changed one makes a new template. */
function templateName() {
  return `looklook_template_${createHash("sha256").update(migrations().join("\n")).digest("hex").slice(0, 12)}`;
}

export async function prepareTemplate(): Promise<void> {
  const name = templateName();
  await withServer(serverUrl(), async (server) => {
    // Two runs on one server must not both create it.
    await server.query("SELECT pg_advisory_lock(hashtext('looklook_template'))");
    const { rowCount } = await server.query(
      "SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate",
      [name],
    );
    if (rowCount) return;
    await server.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await server.query(`CREATE DATABASE "${name}"`);
    await withServer(urlOf(name), async (template) => {
      for (const sql of migrations()) await template.query(sql);
    });
    await server.query(`ALTER DATABASE "${name}" IS_TEMPLATE true`);
  });
}

export interface TestDatabase extends Database {
  url: string;
  /** Closes the pool and drops the database. */
  drop(): Promise<void>;
}

/** A migrated, empty database of its own, for one test file. */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `looklook_test_${process.pid}_${randomBytes(4).toString("hex")}`;
  await withServer(serverUrl(), (server) =>
    server.query(`CREATE DATABASE "${name}" TEMPLATE "${templateName()}"`),
  );
  const url = urlOf(name);
  const database = openDatabase({ url, applicationName: name });
  return {
    ...database,
    url,
    async drop() {
      await database.close();
      await withServer(serverUrl(), (server) =>
        server.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
      );
    },
  };
}
