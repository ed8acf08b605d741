import { limits } from "@looklook/contracts";
import type { Payment } from "@looklook/db";
import { type Deps, type Fen, fen } from "../shared";
import type { Trade, TradeState } from "./gateway";

/** What every use case of this folder may need. */
export type PaymentDeps = Pick<Deps, "db" | "clock" | "random" | "codes" | "pay" | "traceparent">;

/** One attempt to collect, as the rules below see it. */
export type Attempt = Pick<
  Payment,
  | "id"
  | "paymentNo"
  | "bookingId"
  | "openid"
  | "amountFen"
  | "profitSharing"
  | "status"
  | "prepayId"
  | "prepaidAt"
  | "timeExpireAt"
  | "transactionId"
  | "createdAt"
>;

export const attemptColumns = {
  id: true,
  paymentNo: true,
  bookingId: true,
  openid: true,
  amountFen: true,
  profitSharing: true,
  status: true,
  prepayId: true,
  prepaidAt: true,
  timeExpireAt: true,
  transactionId: true,
  createdAt: true,
} as const satisfies { [Column in keyof Attempt]: true };

/** When WeChat is asked about an attempt that says nothing by itself, counted from its beginning (wechat: poll). */
const pollAfterMs = [10_000, 30_000, 60_000, 180_000, 600_000, 1_800_000] as const;
const pollEveryMs = 3_600_000;

/** The next time to ask about an attempt begun at `createdAt`; hourly when the table is used up. */
export function nextPollAt(createdAt: Date, now: Date): Date {
  const begunMs = createdAt.getTime();
  const offset = pollAfterMs.find((ms) => begunMs + ms > now.getTime());
  return new Date(offset === undefined ? now.getTime() + pollEveryMs : begunMs + offset);
}

/** WeChat's `time_expire` knows whole seconds; rounding down keeps it inside the hold. */
export function timeExpireOf(expiresAt: Date): Date {
  return new Date(Math.trunc(expiresAt.getTime() / 1000) * 1000);
}

/**
 * From when an unpaid booking's attempt may be closed. WeChat refuses a close in the first five minutes after a
 * pre-pay; a guest who gave up does not wait for the end of the hold (wechat: our payment protocol, step 4).
 */
export function closeDueAt(
  booking: { expiresAt: Date; closingAt: Date | null },
  attempt: Pick<Attempt, "prepaidAt" | "createdAt"> | null,
): Date {
  const fromBooking = booking.closingAt ?? booking.expiresAt;
  if (!attempt) return fromBooking;
  const closableMs = (attempt.prepaidAt ?? attempt.createdAt).getTime() + limits.paymentCloseAfterMs;
  return new Date(Math.max(fromBooking.getTime(), closableMs));
}

/**
 * From when an attempt that WeChat does not know counts as closed: it refuses a `time_expire` that has passed, so
 * a pre-pay that is still on its way can no longer arrive.
 */
export function unknownIsClosedAt(attempt: Pick<Attempt, "timeExpireAt">): Date {
  return new Date(attempt.timeExpireAt.getTime() + 60_000);
}

/** States in which nobody can pay this attempt any more and nobody has. */
export function isClosed(state: TradeState): boolean {
  return state === "CLOSED" || state === "REVOKED" || state === "PAYERROR";
}

/** A trade whose money has come, with everything that such a trade has to say. */
export interface PaidTrade {
  paymentNo: string;
  transactionId: string;
  tradeType: string;
  totalFen: Fen;
  payerTotalFen: Fen;
  payerOpenid: string;
  paidAt: Date;
}

export type TradeMismatch =
  | "appid"
  | "mchid"
  | "currency"
  | "transaction_id"
  | "openid"
  | "amount"
  | "transaction";

/**
 * Compares a paid trade with the attempt it names. The amount is `amount.total`: the payer's own part is less when a
 * WeChat coupon bore the rest, and is still our whole price.
 */
export function matchTrade(
  trade: Trade,
  attempt: Pick<Attempt, "amountFen" | "openid" | "transactionId">,
  account: { appId: string; mchId: string },
  now: Date,
): { mismatch: TradeMismatch } | { paid: PaidTrade } {
  if (trade.appId !== account.appId) return { mismatch: "appid" };
  if (trade.mchId !== account.mchId) return { mismatch: "mchid" };
  if (trade.currency !== "CNY") return { mismatch: "currency" };
  if (!trade.transactionId) return { mismatch: "transaction_id" };
  if (trade.payerOpenid !== attempt.openid) return { mismatch: "openid" };
  if (trade.totalFen !== attempt.amountFen) return { mismatch: "amount" };
  // One attempt is one order at WeChat and is paid once.
  if (attempt.transactionId !== null && attempt.transactionId !== trade.transactionId)
    return { mismatch: "transaction" };
  return {
    paid: {
      paymentNo: trade.paymentNo,
      transactionId: trade.transactionId,
      tradeType: trade.tradeType,
      totalFen: fen(trade.totalFen),
      payerTotalFen: fen(trade.payerTotalFen ?? trade.totalFen),
      payerOpenid: trade.payerOpenid,
      paidAt: trade.paidAt ?? now,
    },
  };
}
