import type { Broadcast } from "@looklook/contracts";
import pg from "pg";
import { calm } from "../calm";
import type { InfraConfig } from "../config";
import { encode, listenerSet } from "./listeners";

/**
 * LISTEN/NOTIFY. The listening connection is this process's own, opened by the first `subscribe` and opened again
 * whenever it is lost: a pool would hand it to somebody else. NOTIFY goes through the shared pool.
 */
export function postgresBroadcast(config: InfraConfig, pool: pg.Pool): Broadcast {
  const channel = `${config.prefix ?? "looklook"}_broadcast`;
  const listeners = listenerSet(config.logger);
  const warn = calm(config.logger);
  let isClosed = false;
  let hasListened = false;
  let client: pg.Client | undefined;
  let isListening = false;
  let retry: NodeJS.Timeout | undefined;
  let attempt = 0;

  async function listen() {
    const candidate = new pg.Client({
      connectionString: config.databaseUrl,
      application_name: `looklook-${config.clientId}-broadcast`,
      connectionTimeoutMillis: 5_000,
      // A line that is cut without a word is noticed in half a minute, not in two hours.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    client = candidate;
    let isLost = false;
    const lost = (error?: Error) => {
      if (isLost) return;
      isLost = true;
      isListening = false;
      candidate.end().catch(() => {});
      if (isClosed) return;
      warn({ err: error }, "broadcasts are not heard until PostgreSQL answers again");
      attempt += 1;
      retry = setTimeout(() => void listen(), Math.min(100 * 2 ** Math.min(attempt, 5), 2_000));
    };
    candidate.on("error", lost);
    candidate.on("end", () => lost());
    candidate.on("notification", ({ payload }) => listeners.tell(payload ?? ""));
    try {
      await candidate.connect();
      await candidate.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      lost(error as Error);
      return;
    }
    isListening = true;
    attempt = 0;
    if (hasListened) listeners.tellGap();
    hasListened = true;
  }

  return {
    async publish(message) {
      await pool.query("SELECT pg_notify($1, $2)", [channel, encode(message)]);
    },
    subscribe(listener, onGap) {
      if (!client) void listen();
      return listeners.subscribe(listener, onGap);
    },
    async ready() {
      return isListening;
    },
    async close() {
      isClosed = true;
      clearTimeout(retry);
      await client?.end().catch(() => {});
    },
  };
}
