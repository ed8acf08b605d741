import type { RateLimitName } from "@looklook/contracts";
import { AppError, rateLimited } from "./app-error";
import type { Deps } from "./deps";

/**
 * Counts one attempt.
 * @throws AppError RATE_LIMITED with how long to wait
 * @throws AppError UNAVAILABLE when nobody can count: limits guard passwords and codes, so without them nothing passes
 */
export async function takePoint(
  { limiter }: Pick<Deps, "limiter">,
  name: RateLimitName,
  subject: string,
): Promise<void> {
  const outcome = await limiter.take(name, subject).catch(storeAway);
  if (!outcome.allowed) throw rateLimited(outcome.retryAfterMs);
}

/** Looks whether an attempt would pass, without counting it. @throws as takePoint */
export async function checkPoint(
  { limiter }: Pick<Deps, "limiter">,
  name: RateLimitName,
  subject: string,
): Promise<void> {
  const outcome = await limiter.peek(name, subject).catch(storeAway);
  if (!outcome.allowed) throw rateLimited(outcome.retryAfterMs);
}

function storeAway(cause: unknown): never {
  throw Object.assign(new AppError("UNAVAILABLE", { retryAfterMs: 2_000 }), { cause });
}
