import type { Prisma, Tx } from "@looklook/db";
import { type Booking, confirmBooking, lockBooking, retakeNights } from "../booking";
import { type Actor, idOf, recordEvent, today, withRetry } from "../shared";
import { applyOrdinaryPayment } from "./apply-ordinary-payment";
import type { Trade } from "./gateway";
import { openCase, resolveCases } from "./operator-case";
import { attemptColumns, matchTrade, type PaidTrade, type PaymentDeps, type TradeMismatch } from "./payment";
import { requestRefund } from "./refund";

/** `suspense`: the money is genuine and fits nothing, an operator's case says so. */
export type TradeOutcome = "applied" | "repeated" | "suspense" | "ignored";

/**
 * Notes what WeChat says of a payment and lets the booking follow: once, whoever says it and how often, and in one
 * transaction with the booking's own change, the refund of money that cannot be used, and the events.
 */
export async function applyTrade(
  deps: PaymentDeps,
  trade: Trade,
  source: "notification" | "query",
): Promise<TradeOutcome> {
  const actorKind = source === "query" ? "system" : "wechat";
  return withRetry(async () => {
    if (trade.tradeState === "SUCCESS" && (await applyOrdinaryPayment(deps, trade, actorKind, null)))
      return "applied";
    return deps.db.$transaction(async (tx) => {
      const booking = await lockBookingOf(tx, trade.paymentNo);
      return applyTradeIn(tx, deps, trade, booking, { kind: actorKind });
    });
  });
}

/** The booking that a payment number belongs to, locked; null when nobody knows the number. */
export async function lockBookingOf(tx: Tx, paymentNo: string): Promise<Booking | null> {
  const payment = await tx.payment.findUnique({ where: { paymentNo }, select: { bookingId: true } });
  return payment ? lockBooking(tx, idOf(payment.bookingId)) : null;
}

/** The same within the caller's transaction, which holds the lock of `booking`. */
export async function applyTradeIn(
  tx: Tx,
  deps: PaymentDeps,
  trade: Trade,
  booking: Booking | null,
  actor: Extract<Actor, { kind: "wechat" | "system" }>,
): Promise<TradeOutcome> {
  const cameIn = trade.tradeState === "SUCCESS" || trade.tradeState === "REFUND";
  if (!cameIn) return "ignored";
  if (!booking) {
    await openCase(tx, deps, {
      kind: "payment_unknown",
      subject: trade.transactionId ?? trade.paymentNo,
      amountFen: trade.totalFen ?? 0,
      detail: { paymentNo: trade.paymentNo, tradeState: trade.tradeState },
    });
    return "suspense";
  }
  const attempt = await tx.payment.findUniqueOrThrow({
    where: { paymentNo: trade.paymentNo },
    select: attemptColumns,
  });
  const now = deps.clock.now();
  const match = matchTrade(trade, attempt, deps.pay, now);
  if ("mismatch" in match) return suspend(tx, deps, trade, attempt, match.mismatch);
  if (attempt.status === "succeeded") return "repeated";
  // Given back in WeChat's portal before we ever heard of it: a person has to say what the booking should be.
  if (trade.tradeState === "REFUND") return suspend(tx, deps, trade, attempt, "transaction");

  const { paid } = match;
  const { transactionId } = paid;
  // WeChat's number for one payment, already ours for another.
  const isTaken = await tx.payment.findUnique({ where: { transactionId }, select: { id: true } });
  if (isTaken) return suspend(tx, deps, trade, attempt, "transaction");
  await tx.payment.update({
    where: { id: attempt.id },
    data: {
      status: "succeeded",
      transactionId: paid.transactionId,
      tradeType: paid.tradeType,
      tradeState: "SUCCESS",
      payerTotalFen: paid.payerTotalFen,
      paidAt: paid.paidAt,
      nextSyncAt: null,
      updatedAt: now,
    },
    select: { id: true },
  });
  await resolveCases(tx, deps, ["payment_mismatch", "payment_unknown"], paid.transactionId);
  await recordEvent(tx, deps, "payment.succeeded", booking.bookingNo, {
    bookingNo: booking.bookingNo,
    merchantId: booking.merchantId,
    listingId: booking.listingId,
    paymentNo: paid.paymentNo,
    amountFen: paid.totalFen,
  });
  if (await isWanted(tx, deps, booking)) await confirmBooking(tx, deps, booking, confirmation(paid), actor);
  else
    await requestRefund(tx, deps, {
      paymentId: attempt.id,
      amountFen: paid.totalFen,
      reason: booking.status === "cancelled" ? "late_payment" : "double_payment",
    });
  return "applied";
}

/** Whether the booking can still use the money; takes its nights again where it had lost them (wechat: late money). */
async function isWanted(tx: Tx, deps: PaymentDeps, booking: Booking): Promise<boolean> {
  if (booking.status === "pending_payment") return true;
  if (booking.status !== "cancelled") return false;
  return retakeNights(tx, booking, today(deps.clock, booking.timeZone));
}

function confirmation(paid: PaidTrade) {
  return { paymentNo: paid.paymentNo, amountFen: paid.totalFen, paidAt: paid.paidAt };
}

/**
 * Money that is genuinely WeChat's word and contradicts what we asked for: nothing is confirmed, an operator decides.
 * An attempt of ours that was paid cannot be paid again, so it holds the booking's nights no longer.
 */
async function suspend(
  tx: Tx,
  deps: PaymentDeps,
  trade: Trade,
  attempt: Prisma.PaymentGetPayload<{ select: typeof attemptColumns }>,
  mismatch: TradeMismatch,
): Promise<TradeOutcome> {
  await openCase(tx, deps, {
    kind: "payment_mismatch",
    subject: trade.transactionId ?? trade.paymentNo,
    amountFen: trade.totalFen ?? 0,
    detail: {
      paymentNo: trade.paymentNo,
      mismatch,
      tradeState: trade.tradeState,
      askedFen: attempt.amountFen,
    },
  });
  // Another account's order that happens to carry our number says nothing about ours.
  const isOurs = mismatch !== "appid" && mismatch !== "mchid";
  if (isOurs)
    await tx.payment.updateMany({
      where: { id: attempt.id, status: "open" },
      data: { status: "closed", tradeState: trade.tradeState, nextSyncAt: null, updatedAt: deps.clock.now() },
    });
  return "suspense";
}
