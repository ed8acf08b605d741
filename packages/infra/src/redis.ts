import { Redis } from "ioredis";
import { calm } from "./calm";
import type { InfraConfig } from "./config";

/**
 * One connection to Redis, opened by its first command and opened again whenever it is lost.
 * `patience` says what a command does meanwhile: `fail` rejects after one missed reconnect, for requests that somebody
 * waits for; `wait` stays, as BullMQ demands of the connections its workers block on.
 */
export function openRedis(
  config: Pick<InfraConfig, "redisUrl" | "clientId" | "logger">,
  role: string,
  patience: "fail" | "wait",
): Redis {
  if (!config.redisUrl) throw new Error("REDIS_URL is not set");
  const redis = new Redis(config.redisUrl, {
    lazyConnect: true,
    connectionName: `looklook-${config.clientId}-${role}`,
    maxRetriesPerRequest: patience === "wait" ? null : 1,
    connectTimeout: 3_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
  });
  const warn = calm(config.logger);
  redis.on("error", (error) => warn({ err: error, role }, "Redis is away"));
  return redis;
}

/** Ends a connection whether it is up or not. */
export async function closeRedis(redis: Redis): Promise<void> {
  if (redis.status === "ready") await redis.quit().catch(() => redis.disconnect());
  else redis.disconnect();
}
