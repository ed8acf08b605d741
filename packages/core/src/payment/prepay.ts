import { limits, type PrepayOutput } from "@looklook/contracts";
import type { Tx } from "@looklook/db";
import { type Booking, lockBooking } from "../booking";
import { AppError, publicNumber, recordJob } from "../shared";
import { applyTrade } from "./apply-trade";
import { askWechat } from "./ask-wechat";
import { closeAttempt } from "./close-attempt";
import { GatewayError } from "./gateway";
import { type Attempt, attemptColumns, nextPollAt, type PaymentDeps, timeExpireOf } from "./payment";

interface PrepayRequest {
  userId: number;
  bookingNo: string;
}

/**
 * What `wx.requestPayment` takes for this booking. Asking again gives the same payment, freshly signed.
 * The attempt's row is written before WeChat hears of it, so that no money can come for a number we do not know.
 * @throws AppError BOOKING_NOT_FOUND, also for another guest's booking
 * @throws AppError BOOKING_NOT_PENDING | PAYMENT_WINDOW_OVER | PAYMENT_NEEDS_WECHAT
 * @throws AppError PAYMENT_FAILED when WeChat could not be asked or refused: try again
 */
export async function prepay(deps: PaymentDeps, request: PrepayRequest): Promise<PrepayOutput> {
  // Twice at most: the first attempt may have to make way (another openid, closed at WeChat).
  for (let round = 0; round < 2; round++) {
    const { attempt, title, isFitting } = await deps.db.$transaction((tx) => openAttempt(tx, deps, request));
    if (!isFitting) {
      await makeWay(deps, attempt);
      continue;
    }
    // A prepay_id lives for two hours and a hold no longer than that, so the stored one is good until the end.
    const prepayId =
      attempt.prepayId ?? (await orderAtWechat(deps, attempt, { bookingNo: request.bookingNo, title }));
    if (prepayId !== null) return { paymentNo: attempt.paymentNo, ...deps.pay.payParams(prepayId) };
  }
  throw new AppError("PAYMENT_FAILED");
}

/** The booking's open attempt, made when there is none; `isFitting` when it asks this payer for this amount. */
async function openAttempt(tx: Tx, deps: PaymentDeps, { userId, bookingNo }: PrepayRequest) {
  const booking = await lockBooking(tx, bookingNo);
  if (booking?.userId !== userId) throw new AppError("BOOKING_NOT_FOUND");
  const now = deps.clock.now();
  const refusal = prepayRefusal(booking, now);
  if (refusal) throw new AppError(refusal);
  const auth = await tx.userAuth.findUnique({
    where: { userId_authType: { userId, authType: "wechat_mini" } },
    select: { authKey: true },
  });
  if (!auth) throw new AppError("PAYMENT_NEEDS_WECHAT");
  const openid = auth.authKey;

  const open = await tx.payment.findFirst({
    where: { bookingId: booking.id, status: "open" },
    select: attemptColumns,
  });
  const attempt = open ?? (await insertAttempt(tx, deps, booking, openid, now));
  const isFitting = attempt.openid === openid && attempt.amountFen === booking.totalFen;
  return { attempt, title: booking.title, isFitting };
}

/** Why this booking cannot be paid at `now`, or null when it can. */
function prepayRefusal(booking: Booking, now: Date) {
  if (booking.status !== "pending_payment" || booking.closingAt) return "BOOKING_NOT_PENDING";
  if (booking.expiresAt.getTime() - now.getTime() < limits.prepayLeftMsMin) return "PAYMENT_WINDOW_OVER";
  // WeChat orders start at one fen.
  if (booking.totalFen < 1) return "PAYMENT_FAILED";
  return null;
}

async function insertAttempt(
  tx: Tx,
  deps: PaymentDeps,
  booking: Booking,
  openid: string,
  now: Date,
): Promise<Attempt> {
  const nextSyncAt = nextPollAt(now, now);
  for (;;) {
    const [attempt] = await tx.payment.createManyAndReturn({
      data: [
        {
          paymentNo: publicNumber("PMT", deps.random, now),
          bookingId: booking.id,
          userId: booking.userId,
          openid,
          amountFen: booking.totalFen,
          timeExpireAt: timeExpireOf(booking.expiresAt),
          nextSyncAt,
          createdAt: now,
          updatedAt: now,
        },
      ],
      skipDuplicates: true,
      select: attemptColumns,
    });
    if (!attempt) continue;
    const { paymentNo } = attempt;
    await recordJob(tx, deps, "payment.sync", booking.bookingNo, { paymentNo }, nextSyncAt);
    return attempt;
  }
}

/** Asks for the prepay_id and keeps it; null when WeChat has closed this order and another number is needed. */
async function orderAtWechat(
  deps: PaymentDeps,
  attempt: Attempt,
  booking: Pick<Booking, "bookingNo" | "title">,
): Promise<string | null> {
  const { db, clock, pay } = deps;
  try {
    const { prepayId } = await pay.prepay({
      paymentNo: attempt.paymentNo,
      description: booking.title || "homestay pay",
      attach: booking.bookingNo,
      amountFen: attempt.amountFen,
      openid: attempt.openid,
      timeExpireAt: attempt.timeExpireAt,
      profitSharing: attempt.profitSharing,
    });
    const now = clock.now();
    const { count } = await db.payment.updateMany({
      where: { id: attempt.id, status: "open" },
      data: { prepayId, prepaidAt: now, updatedAt: now },
    });
    if (count === 0) throw new AppError("BOOKING_NOT_PENDING");
    return prepayId;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.code !== "ORDERPAID" && error.code !== "ORDER_CLOSED") throw new AppError("PAYMENT_FAILED");
    await makeWay(deps, attempt);
    return null;
  }
}

/** Ends an attempt at WeChat and with us. @throws AppError when it was paid, or cannot be ended just now */
async function makeWay(deps: PaymentDeps, attempt: Attempt): Promise<void> {
  let asked: Awaited<ReturnType<typeof askWechat>>;
  try {
    asked = await askWechat(deps.pay, attempt, deps.clock.now(), { close: true });
  } catch (error) {
    if (error instanceof GatewayError) throw new AppError("PAYMENT_FAILED");
    throw error;
  }
  if (asked.state === "open") throw new AppError("PAYMENT_FAILED");
  if (asked.state === "closed") return closeAttempt(deps, attempt, asked.tradeState);
  await applyTrade(deps, asked.trade, "query");
  throw new AppError("BOOKING_NOT_PENDING");
}
