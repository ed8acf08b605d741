import type { ErrorCode } from "@looklook/contracts";

/**
 * An expected refusal. `facts` is what the caller may know about it (when and by whom a code was used, how long
 * to wait); it reaches the response, so it never holds a secret.
 */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly facts: Record<string, string | number | null> = {},
  ) {
    super(code);
    this.name = "AppError";
  }
}

/** Somebody must wait. `retryAfterMs` becomes Retry-After at the edge. */
export function rateLimited(retryAfterMs: number): AppError {
  return new AppError("RATE_LIMITED", { retryAfterMs });
}
