import type { ErrorCode } from "@looklook/contracts";
import { AppError, isUnavailable, isUnstorableText } from "@looklook/core";
import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import { z } from "zod";

/** This edge's table: our code → tRPC's, which fixes the HTTP status. */
export const trpcCodeOf: Record<ErrorCode, TRPC_ERROR_CODE_KEY> = {
  INVALID_INPUT: "BAD_REQUEST",
  NOT_SIGNED_IN: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  RATE_LIMITED: "TOO_MANY_REQUESTS",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  INTERNAL: "INTERNAL_SERVER_ERROR",
  IDEMPOTENCY_KEY_REUSED: "CONFLICT",
  USER_ALREADY_REGISTERED: "CONFLICT",
  USER_NOT_FOUND: "NOT_FOUND",
  WRONG_PASSWORD: "UNAUTHORIZED",
  WEAK_PASSWORD: "BAD_REQUEST",
  WECHAT_LOGIN_FAILED: "UNAUTHORIZED",
  WECHAT_ALREADY_BOUND: "CONFLICT",
  SIGN_IN_FAILED: "UNAUTHORIZED",
  LISTING_NOT_FOUND: "NOT_FOUND",
  MERCHANT_NOT_FOUND: "NOT_FOUND",
  STAY_IN_PAST: "UNPROCESSABLE_CONTENT",
  STAY_WITHOUT_NIGHTS: "UNPROCESSABLE_CONTENT",
  STAY_TOO_LONG: "UNPROCESSABLE_CONTENT",
  BOOKING_TOO_FAR: "UNPROCESSABLE_CONTENT",
  TOO_FEW_GUESTS: "UNPROCESSABLE_CONTENT",
  TOO_MANY_GUESTS: "UNPROCESSABLE_CONTENT",
  LISTING_OFF_SHELF: "CONFLICT",
  MERCHANT_CLOSED: "CONFLICT",
  NIGHT_CLOSED: "CONFLICT",
  NIGHTS_TAKEN: "CONFLICT",
  REMARK_TOO_LONG: "UNPROCESSABLE_CONTENT",
  TOO_MANY_OPEN_HOLDS: "CONFLICT",
  BOOKING_NOT_FOUND: "NOT_FOUND",
  BOOKING_NOT_PENDING: "CONFLICT",
  BOOKING_NOT_CONFIRMED: "CONFLICT",
  BOOKING_NOT_CHECKED_IN: "CONFLICT",
  CHECK_IN_CODE_UNKNOWN: "NOT_FOUND",
  CHECK_IN_CODE_USED: "CONFLICT",
  CHECK_IN_LOCKED: "TOO_MANY_REQUESTS",
  STAY_NOT_STARTED: "CONFLICT",
  STAY_OVER: "CONFLICT",
  UNDO_WINDOW_OVER: "CONFLICT",
  PAYMENT_SERVICE_TYPE_UNSUPPORTED: "BAD_REQUEST",
  PAYMENT_NEEDS_WECHAT: "PRECONDITION_FAILED",
  PAYMENT_FAILED: "BAD_GATEWAY",
  PAYMENT_WINDOW_OVER: "CONFLICT",
  REVIEW_NOT_ALLOWED: "CONFLICT",
  REVIEW_ALREADY_WRITTEN: "CONFLICT",
  DEAD_LETTER_NOT_FOUND: "NOT_FOUND",
};

/** What a caller may know about a failure: never a message or a stack of something unexpected. */
export interface Refusal {
  code: ErrorCode;
  facts: AppError["facts"];
  /** Bad fields and why, by name; "" is the input as a whole. Only with INVALID_INPUT. */
  fields: Record<string, string[]> | null;
}

/** How long a caller waits where nothing better is known: a database that is away is back within seconds. */
const unavailableRetryMs = 2_000;

/** The refusal behind whatever a procedure threw. */
export function refusalOf(error: unknown): Refusal {
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof AppError) return { code: cause.code, facts: cause.facts, fields: null };
  if (isUnavailable(cause))
    return { code: "UNAVAILABLE", facts: { retryAfterMs: unavailableRetryMs }, fields: null };
  if (isUnstorableText(cause)) return { code: "INVALID_INPUT", facts: {}, fields: { "": ["contains NUL"] } };
  if (error instanceof TRPCError) {
    if (error.code === "BAD_REQUEST" && cause instanceof z.ZodError)
      return { code: "INVALID_INPUT", facts: {}, fields: fieldsOf(cause) };
    const code = codeOfTrpc[error.code];
    if (code) return { code, facts: {}, fields: null };
  }
  return { code: "INTERNAL", facts: {}, fields: null };
}

/** What tRPC itself refuses: unknown paths, bodies it cannot read, wrong methods. */
const codeOfTrpc: Partial<Record<TRPC_ERROR_CODE_KEY, ErrorCode>> = {
  BAD_REQUEST: "INVALID_INPUT",
  PARSE_ERROR: "INVALID_INPUT",
  NOT_FOUND: "NOT_FOUND",
  METHOD_NOT_SUPPORTED: "INVALID_INPUT",
  UNSUPPORTED_MEDIA_TYPE: "INVALID_INPUT",
  PAYLOAD_TOO_LARGE: "INVALID_INPUT",
};

function fieldsOf(error: z.ZodError): Record<string, string[]> {
  const { fieldErrors, formErrors } = z.flattenError(error) as {
    fieldErrors: Record<string, string[] | undefined>;
    formErrors: string[];
  };
  const fields: Record<string, string[]> = {};
  if (formErrors.length > 0) fields[""] = formErrors;
  for (const [name, messages] of Object.entries(fieldErrors)) if (messages) fields[name] = messages;
  return fields;
}

/** Whole seconds for a Retry-After header, or null when waiting changes nothing. */
export function retryAfterSeconds({ code, facts }: Refusal): number | null {
  if (trpcCodeOf[code] !== "TOO_MANY_REQUESTS" && trpcCodeOf[code] !== "SERVICE_UNAVAILABLE") return null;
  const ms = typeof facts.retryAfterMs === "number" ? facts.retryAfterMs : unavailableRetryMs;
  return Math.max(1, Math.ceil(ms / 1_000));
}
