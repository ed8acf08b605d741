/**
 * Every refusal that a caller can meet, once. Each edge has one table over this list: `trpc/src/errors.ts`
 * (code → tRPC code), `apps/api/src/bridge/errors.ts` (code → `{code,msg}`), the console's message files (zh, en).
 */
export const errorCodes = [
  // any edge
  "INVALID_INPUT",
  "NOT_SIGNED_IN",
  "FORBIDDEN",
  "NOT_FOUND",
  "RATE_LIMITED",
  "UNAVAILABLE",
  "INTERNAL",
  "IDEMPOTENCY_KEY_REUSED",
  // account
  "USER_ALREADY_REGISTERED",
  "USER_NOT_FOUND",
  "WRONG_PASSWORD",
  "WEAK_PASSWORD",
  "WECHAT_LOGIN_FAILED",
  "WECHAT_ALREADY_BOUND",
  "SIGN_IN_FAILED",
  // listing
  "LISTING_NOT_FOUND",
  "MERCHANT_NOT_FOUND",
  // booking
  "STAY_IN_PAST",
  "STAY_WITHOUT_NIGHTS",
  "STAY_TOO_LONG",
  "BOOKING_TOO_FAR",
  "TOO_FEW_GUESTS",
  "TOO_MANY_GUESTS",
  "LISTING_OFF_SHELF",
  "MERCHANT_CLOSED",
  "NIGHT_CLOSED",
  "NIGHTS_TAKEN",
  "REMARK_TOO_LONG",
  "TOO_MANY_OPEN_HOLDS",
  "BOOKING_NOT_FOUND",
  "BOOKING_NOT_PENDING",
  "BOOKING_NOT_CONFIRMED",
  "BOOKING_NOT_CHECKED_IN",
  // check-in
  "CHECK_IN_CODE_UNKNOWN",
  "CHECK_IN_CODE_USED",
  "CHECK_IN_LOCKED",
  "STAY_NOT_STARTED",
  "STAY_OVER",
  "UNDO_WINDOW_OVER",
  // payment
  "PAYMENT_SERVICE_TYPE_UNSUPPORTED",
  "PAYMENT_NEEDS_WECHAT",
  "PAYMENT_FAILED",
  "PAYMENT_WINDOW_OVER",
  // review
  "REVIEW_NOT_ALLOWED",
  "REVIEW_ALREADY_WRITTEN",
  // operations
  "DEAD_LETTER_NOT_FOUND",
] as const;

export type ErrorCode = (typeof errorCodes)[number];
