import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "./generated/client";

export * from "./generated/client";

/** A client or a transaction of it: what a query function takes. */
export type Tx = Prisma.TransactionClient;
export type Db = PrismaClient;

export interface Database {
  db: Db;
  /** The pool under `db`, for what Prisma has no words for. */
  pool: pg.Pool;
  close(): Promise<void>;
}

const pools = new WeakMap<Db, pg.Pool>();

/**
 * The pool under a client that `openDatabase` made, for the few statements that are one transaction by themselves and
 * so hot that what Prisma does around a raw one costs more than the statement.
 */
export function poolOf(db: Db): pg.Pool {
  const pool = pools.get(db);
  if (!pool) throw new Error("this client was not made by openDatabase");
  return pool;
}

/** A transaction that `inTransaction` opened. */
export interface PlainTx {
  /**
   * Runs one statement under a name: it is parsed and planned once for each connection. A name is for one text.
   * bigints come as text, JSON parsed.
   */
  query<Row>(name: string): (text: TemplateStringsArray, ...values: unknown[]) => Promise<Row[]>;
}

/**
 * A transaction over the pool under `db`, like `db.$transaction` for the few that are so hot that what Prisma does
 * around raw statements costs more than the statements. `work` must let an error of the database out: after it nothing
 * can be committed.
 * @param lock whoever names the same one waits until this transaction ends; every statement of `work` sees what the
 *   one before has committed
 */
export async function inTransaction<T>(db: Db, lock: string, work: (tx: PlainTx) => Promise<T>): Promise<T> {
  const client = await poolOf(db).connect();
  // The query under way rejects when the connection is lost; without a listener that would end the process, too.
  const lost = () => {};
  client.on("error", lost);
  const release = (isBroken: boolean) => {
    client.off("error", lost);
    client.release(isBroken);
  };
  try {
    // Both in one trip. The lock is taken by a statement of its own: a snapshot is as old as its statement.
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${lockKeyOf(lock)})`);
    const result = await work({
      query:
        (name) =>
        async (text, ...values) =>
          (await client.query({ name, text: numbered(text), values })).rows,
    });
    const { command } = await client.query("COMMIT");
    if (command !== "COMMIT") throw new Error("a transaction went on after an error of the database");
    release(false);
    return result;
  } catch (error) {
    const isBroken = await client.query("ROLLBACK").then(
      () => false,
      () => true,
    );
    release(isBroken);
    throw error;
  }
}

/** 64 bits of a digest, as PostgreSQL writes a bigint. */
function lockKeyOf(name: string): string {
  return createHash("sha256").update(name).digest().readBigInt64BE().toString();
}

const numberedTexts = new WeakMap<TemplateStringsArray, string>();

/** The template's text with $1, $2 … where its values stand. */
function numbered(text: TemplateStringsArray): string {
  let known = numberedTexts.get(text);
  if (known === undefined) {
    known = text.reduce((before, part, n) => `${before}$${n}${part}`);
    numberedTexts.set(text, known);
  }
  return known;
}

/**
 * Opens PostgreSQL. Nothing connects before the first query.
 * `connectionsMax` bounds this process; `statementTimeoutMs` bounds what a lost lock can cost.
 */
export function openDatabase(config: {
  url: string;
  connectionsMax?: number;
  statementTimeoutMs?: number;
  applicationName?: string;
}): Database {
  const pool = new pg.Pool({
    connectionString: config.url,
    max: config.connectionsMax ?? 20,
    statement_timeout: config.statementTimeoutMs ?? 10_000,
    connectionTimeoutMillis: 5_000,
    application_name: config.applicationName ?? "looklook",
  });
  // An idle connection that dies (server restarted) must not end the process; the next query opens another.
  pool.on("error", () => {});
  const db = new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => preparedNameOf(sql) }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  });
  pools.set(db, pool);
  return {
    db,
    pool,
    async close() {
      await db.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}

/**
 * A raw statement that begins with the comment `prepared <name>` is parsed and planned once for each connection, not
 * on every call: for the few hot ones planning costs more than running. A name is for one text, and the text never
 * changes: the driver refuses a second one, and a connection keeps every one it has seen.
 */
const preparedMark = /^\/\* prepared ([\w-]+) \*\//;

/** "" for an ordinary statement: no name, nothing kept. */
function preparedNameOf(sql: string): string {
  return preparedMark.exec(sql)?.[1] ?? "";
}

/** The SQLSTATE under a Prisma error (`23505` unique, `23514` check, `40P01` deadlock …), or null. */
export function sqlStateOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  const { code, meta } = error as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } }; code?: unknown };
  };
  const original = meta?.driverAdapterError?.cause?.originalCode;
  if (typeof original === "string") return original;
  if (code === "P2002") return "23505";
  if (code === "P2034") return "40001";
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith("P") ? code : null;
}

/** True when the database, not the request, is to blame: away, starting, out of connections, too slow. */
export function isUnavailable(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (
    typeof code === "string" &&
    ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028", "ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(
      code,
    )
  )
    return true;
  const state = sqlStateOf(error);
  if (state !== null && (state.startsWith("08") || state.startsWith("57P") || state === "53300")) return true;
  return (
    typeof message === "string" &&
    /Connection terminated|timeout exceeded when trying to connect|ECONNREFUSED|Server has closed the connection|Client has encountered a connection error/.test(
      message,
    )
  );
}
