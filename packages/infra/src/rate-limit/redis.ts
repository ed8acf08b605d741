import type { RateLimiter, RateLimitName } from "@looklook/contracts";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { InfraConfig } from "../config";
import { closeRedis, openRedis } from "../redis";
import { overRules, rulesOf } from "./limiter";

export function redisLimiter(config: InfraConfig): RateLimiter {
  const redis = openRedis(config, "rate-limit", "fail");
  const prefix = config.prefix ?? "looklook";
  const limiters = new Map(
    Object.entries(rulesOf(config.rateLimits)).map(([name, { points, windowSeconds }]) => [
      name,
      new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `${prefix}:limit:${name}`,
        points,
        duration: windowSeconds,
      }),
    ]),
  );
  return overRules(
    async (name: RateLimitName) => limiters.get(name) as RateLimiterRedis,
    () => closeRedis(redis),
  );
}
