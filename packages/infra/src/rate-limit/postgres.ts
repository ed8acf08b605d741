import type { RateLimiter, RateLimitName } from "@looklook/contracts";
import type pg from "pg";
import { RateLimiterPostgres } from "rate-limiter-flexible";
import type { InfraConfig } from "../config";
import { once } from "../once";
import { overRules, rulesOf } from "./limiter";

const schemaName = "rate_limit";
const tableName = "points";

/**
 * Counts in one table outside the Prisma schema. It is unlogged: a crash of the server forgets a minute of counting,
 * and in return counting costs no write-ahead log.
 */
export function postgresLimiter(config: InfraConfig, pool: pg.Pool): RateLimiter {
  const rules = rulesOf(config.rateLimits);
  const prefix = config.prefix ?? "looklook";
  const open = once(async () => {
    await createTable(pool);
    return new Map(
      Object.entries(rules).map(([name, { points, windowSeconds }], index) => [
        name,
        new RateLimiterPostgres({
          storeClient: pool,
          storeType: "pool",
          schemaName,
          tableName,
          tableCreated: true,
          keyPrefix: `${prefix}:${name}`,
          points,
          duration: windowSeconds,
          // They share the table, so one of them sweeps it for all.
          clearExpiredByTimeout: index === 0,
        }),
      ]),
    );
  });
  return overRules(
    async (name: RateLimitName) => (await open()).get(name) as RateLimiterPostgres,
    // The pool belongs to whoever handed it in.
    async () => {},
  );
}

async function createTable(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    // CREATE … IF NOT EXISTS fails when two processes start at the same moment.
    await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`${schemaName}.${tableName}`]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schemaName}`);
    await client.query(
      `CREATE UNLOGGED TABLE IF NOT EXISTS ${schemaName}.${tableName}
       (key varchar(255) PRIMARY KEY, points integer NOT NULL DEFAULT 0, expire bigint)`,
    );
    await client.query("COMMIT");
    client.release();
  } catch (error) {
    // A connection in an unknown state does not go back to the pool.
    client.release(true);
    throw error;
  }
}
