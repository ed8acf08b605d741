/** Bounds of the product that more than one room quotes. Lengths carry their unit. */
export const limits = {
  pageSizeMax: 100,
  nightsMax: 90,
  /** WeChat refunds for 365 days after payment; a stay ends early enough to be refundable (wechat: refund rules). */
  checkOutAheadDaysMax: 330,
  calendarAheadDays: 366,
  remarkLengthMax: 64,
  reviewLengthMax: 500,
  openHoldsPerGuestMax: 3,
  holdMinutes: { min: 1, max: 120, default: 30 },
  /** A pre-pay is refused when less than this is left of the hold; WeChat wants at least a minute of `time_expire`. */
  prepayLeftMsMin: 2 * 60_000,
  /** WeChat refuses to close a payment younger than this. */
  paymentCloseAfterMs: 5 * 60_000,
  undoCheckInMs: 15 * 60_000,
  /** The same guest sending the same booking body within this time gets the first answer. */
  doubleTapMs: 10_000,
  idempotencyKeepMs: 24 * 3_600_000,
  guestTokenSeconds: 31_536_000,
  consoleSession: { idleMs: 30 * 60_000, absoluteMs: 12 * 3_600_000 },
  checkInCode: { length: 8, wrongPerMinute: 5, lockMs: 60_000 },
  sweepEveryMs: 30_000,
  outboxPollMs: 100,
  /** A subscriber tries an event this often in place before it goes to the dead letters. */
  eventAttemptsMax: 5,
  wechatTimestampSkewMs: 300_000,
} as const;

/**
 * Rate limits, one row for each thing that is counted; `RATE_LIMIT_<NAME>=points/seconds` in the environment
 * overrides a row (dots and dashes become underscores). WeChat's callback has none.
 */
export const rateLimits = {
  login: { points: 5, windowSeconds: 60 },
  register: { points: 5, windowSeconds: 60 },
  "wechat-login": { points: 10, windowSeconds: 60 },
  "console-sign-in": { points: 5, windowSeconds: 60 },
  "booking-create": { points: 10, windowSeconds: 60 },
  quote: { points: 60, windowSeconds: 60 },
  prepay: { points: 20, windowSeconds: 60 },
  "payment-result": { points: 60, windowSeconds: 60 },
  "review-create": { points: 10, windowSeconds: 60 },
  "check-in-wrong-code": { points: 5, windowSeconds: 60 },
  "check-in-wrong-code-merchant": { points: 60, windowSeconds: 60 },
} as const satisfies Record<string, RateLimitRule>;

export interface RateLimitRule {
  points: number;
  windowSeconds: number;
}
export type RateLimitName = keyof typeof rateLimits;
