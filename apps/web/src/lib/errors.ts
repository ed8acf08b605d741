import { type ErrorCode, errorCodes } from "@looklook/contracts";

/** What the API said no with, or what stands in for it when it could not be reached. */
export interface Refusal {
  code: ErrorCode;
  /** What the caller may know: `retryAfterMs`, `at`, `by` … */
  facts: Record<string, string | number | null>;
}

const known = new Set<string>(errorCodes);

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && known.has(code);
}

/** Reads whatever a call threw. Without an answer from the API (no network, a proxy's page) it is `UNAVAILABLE`. */
export function refusalOf(error: unknown): Refusal {
  const data = (error as { data?: { code?: unknown; facts?: Refusal["facts"] } | null } | null)?.data;
  if (data && isErrorCode(data.code)) return { code: data.code, facts: data.facts ?? {} };
  return { code: "UNAVAILABLE", facts: {} };
}

/**
 * A refusal as one word for next-auth, which carries nothing but an error's message from `authorize` to the page:
 * `RATE_LIMITED:42000`.
 */
export function packRefusal({ code, facts }: Refusal): string {
  return typeof facts.retryAfterMs === "number" ? `${code}:${facts.retryAfterMs}` : code;
}

export function unpackRefusal(text: string): Refusal {
  const [code, retryAfterMs] = text.split(":");
  if (!isErrorCode(code)) return { code: "SIGN_IN_FAILED", facts: {} };
  return { code, facts: retryAfterMs ? { retryAfterMs: Number(retryAfterMs) } : {} };
}
