import { createHash } from "node:crypto";
import { type RateLimiter, type RateLimitName, type RateLimitRule, rateLimits } from "@looklook/contracts";
import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";

/** The table in contracts with this installation's changes. */
export function rulesOf(
  overrides: Partial<Record<RateLimitName, RateLimitRule>> = {},
): Record<RateLimitName, RateLimitRule> {
  return { ...rateLimits, ...overrides };
}

/**
 * One limiter for each rule. There is no counting in memory while the store is away: the limits are there for codes
 * and passwords, so a store that is away throws and the edge answers 503.
 */
export function overRules(
  limiterOf: (name: RateLimitName) => Promise<RateLimiterAbstract>,
  close: () => Promise<void>,
): RateLimiter {
  return {
    async take(name, subject) {
      const limiter = await limiterOf(name);
      try {
        await limiter.consume(keyOf(subject));
        return { allowed: true, retryAfterMs: 0 };
      } catch (outcome) {
        // The library rejects both with its verdict and with the store's error.
        if (outcome instanceof RateLimiterRes) return { allowed: false, retryAfterMs: outcome.msBeforeNext };
        throw outcome;
      }
    },
    async peek(name, subject) {
      const state = await (await limiterOf(name)).get(keyOf(subject));
      if (!state || state.remainingPoints > 0) return { allowed: true, retryAfterMs: 0 };
      return { allowed: false, retryAfterMs: state.msBeforeNext };
    },
    close,
  };
}

/** Subjects are phone numbers, addresses, accounts: the store sees a digest of fixed length and never the person. */
function keyOf(subject: string): string {
  return createHash("sha256").update(subject).digest("base64url");
}
