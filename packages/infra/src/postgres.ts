import pg from "pg";
import { calm } from "./calm";
import type { InfraConfig } from "./config";

/** BullMQ's schema; its statements name no schema, so the pool's search path has to. */
export const bullSchema = "bullmq";

/**
 * The one pool under queues, event bus, broadcast and limits. Nothing connects before the first query. A query waits
 * 5 s for a connection and then throws, so a database that is away becomes a 503 and not a hanging request.
 */
export function openPool(
  config: Pick<InfraConfig, "databaseUrl" | "clientId" | "logger" | "poolMax">,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: withSearchPath(config.databaseUrl),
    max: config.poolMax ?? 20,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: `looklook-${config.clientId}`,
  });
  // Each queue and worker adds its own listener to the shared pool; that is no leak.
  pool.setMaxListeners(0);
  // An idle connection that dies must not end the process; the next query opens another.
  const warn = calm(config.logger);
  pool.on("error", (error) => warn({ err: error }, "a connection to PostgreSQL was lost"));
  return pool;
}

/** What the address carries as `options` wins over the pool's own, so the search path is written into the address. */
function withSearchPath(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  const given = url.searchParams.get("options");
  const searchPath = `-c search_path=${bullSchema}`;
  url.searchParams.set("options", given ? `${given} ${searchPath}` : searchPath);
  return url.toString();
}
