import type { RefundReason, RefundStatus, Tx } from "@looklook/db";
import { type Booking, lockBooking } from "../booking";
import { type Fen, idOf, publicNumber, recordEvent, recordJob, sweepOver, withRetry } from "../shared";
import { GatewayError, type RefundResult } from "./gateway";
import { openCase, resolveCases } from "./operator-case";
import type { PaymentDeps } from "./payment";

/** The refund's own machine; what is not in this table is not done. Mended by hand at WeChat, abnormal ones succeed. */
const moves: Record<RefundStatus, readonly RefundStatus[]> = {
  requested: ["accepted", "succeeded", "abnormal", "closed"],
  accepted: ["succeeded", "abnormal", "closed"],
  abnormal: ["succeeded", "closed"],
  succeeded: [],
  closed: [],
};

const statusOf = {
  PROCESSING: "accepted",
  SUCCESS: "succeeded",
  ABNORMAL: "abnormal",
  CLOSED: "closed",
} as const satisfies Record<RefundResult["status"], RefundStatus>;

/** WeChat takes refunds of one order at least a minute apart. */
const spacingMs = 61_000;
/** WeChat gives nothing back a year after the payment. */
const refundableMs = 365 * 86_400_000;
const retryMs = { first: 5_000, most: 3_600_000 };
/** From here on somebody should know that it does not work. */
const attemptsBeforeCase = 8;

function retryAt(attempts: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(retryMs.most, retryMs.first * 2 ** Math.min(attempts, 20)));
}

/**
 * Promises money back, in the caller's transaction, which holds the booking's lock. The job that asks WeChat follows
 * the commit. The database refuses more than came in.
 */
export async function requestRefund(
  tx: Tx,
  deps: Pick<PaymentDeps, "clock" | "random" | "traceparent">,
  request: { paymentId: bigint; amountFen: Fen; reason: RefundReason },
): Promise<{ refundNo: string }> {
  const now = deps.clock.now();
  const payment = await tx.payment.update({
    where: { id: request.paymentId },
    data: { refundedFen: { increment: request.amountFen }, updatedAt: now },
    select: { booking: { select: { id: true, bookingNo: true, merchantId: true, listingId: true } } },
  });
  const { booking } = payment;
  const earlier = await tx.refund.findFirst({
    where: { paymentId: request.paymentId },
    orderBy: { requestedAt: "desc" },
    select: { requestedAt: true },
  });
  const runAt = new Date(Math.max(now.getTime(), (earlier?.requestedAt.getTime() ?? 0) + spacingMs));
  const startAt = earlier ? runAt : now;

  const refundNo = await insertRefund(tx, deps, { ...request, bookingId: booking.id, startAt, now });
  await recordEvent(tx, deps, "refund.requested", booking.bookingNo, {
    bookingNo: booking.bookingNo,
    merchantId: idOf(booking.merchantId),
    listingId: idOf(booking.listingId),
    refundNo,
    amountFen: request.amountFen,
    full: await isAllGivenBack(tx, booking.id),
  });
  await recordJob(tx, deps, "refund.submit", booking.bookingNo, { refundNo }, startAt);
  return { refundNo };
}

async function insertRefund(
  tx: Tx,
  { random }: Pick<PaymentDeps, "random">,
  row: {
    paymentId: bigint;
    bookingId: bigint;
    amountFen: Fen;
    reason: RefundReason;
    startAt: Date;
    now: Date;
  },
): Promise<string> {
  for (;;) {
    const refundNo = publicNumber("RFD", random, row.now);
    const { count } = await tx.refund.createMany({
      data: [
        {
          refundNo,
          paymentId: row.paymentId,
          bookingId: row.bookingId,
          amountFen: row.amountFen,
          reason: row.reason,
          nextTryAt: row.startAt,
          requestedAt: row.now,
        },
      ],
      skipDuplicates: true,
    });
    if (count === 1) return refundNo;
  }
}

/** Whether nothing of what was paid for this booking is kept any more. */
async function isAllGivenBack(tx: Tx, bookingId: bigint): Promise<boolean> {
  const { _sum: sums } = await tx.payment.aggregate({
    where: { bookingId, status: "succeeded" },
    _sum: { amountFen: true, refundedFen: true },
  });
  return sums.amountFen === sums.refundedFen;
}

/**
 * Asks WeChat to give the money back, always under the same number: repeats are one refund there.
 * @throws GatewayError when WeChat refused or could not say; the row keeps when to try again
 */
export async function submitRefund(deps: PaymentDeps, { refundNo }: { refundNo: string }): Promise<void> {
  const refund = await claim(deps, refundNo, "requested");
  if (!refund) return;
  const { payment } = refund;
  const now = deps.clock.now();
  if (payment.paidAt && now.getTime() - payment.paidAt.getTime() >= refundableMs) {
    await deps.db.refund.update({ where: { refundNo }, data: { nextTryAt: null }, select: { id: true } });
    await openRefundCase(deps.db, deps, refundNo, refund.amountFen, "too_old");
    return;
  }
  let result: RefundResult;
  try {
    result = await deps.pay.refund({
      paymentNo: payment.paymentNo,
      refundNo,
      amountFen: refund.amountFen,
      totalFen: payment.amountFen,
      reason: reasonTexts[refund.reason],
    });
  } catch (error) {
    if (error instanceof GatewayError && (isDefinite(error) || refund.attempts >= attemptsBeforeCase))
      await openRefundCase(deps.db, deps, refundNo, refund.amountFen, error.code);
    throw error;
  }
  await applyRefund(deps, result);
}

/** What the guest reads beside the money. */
const reasonTexts: Record<RefundReason, string> = {
  late_payment: "付款晚于订单有效期，原路退回",
  double_payment: "重复付款，原路退回",
  cancellation: "订单取消退款",
};

/** WeChat understood and said no; asking again helps only once somebody has changed something. */
function isDefinite(error: GatewayError): boolean {
  return error.status !== null && error.status >= 400 && error.status < 500 && error.status !== 429;
}

/** Asks WeChat what became of a refund that it accepted, or could not pay out. @throws GatewayError */
export async function syncRefund(deps: PaymentDeps, { refundNo }: { refundNo: string }): Promise<void> {
  const refund = (await claim(deps, refundNo, "accepted")) ?? (await claim(deps, refundNo, "abnormal"));
  if (!refund) return;
  const result = await deps.pay.queryRefund(refundNo);
  if (result) await applyRefund(deps, result);
}

/** Submits and asks again about whatever is due. @returns how many */
export async function sweepRefunds(deps: PaymentDeps): Promise<number> {
  const due = await deps.db.refund.findMany({
    where: { nextTryAt: { lte: deps.clock.now() } },
    orderBy: { nextTryAt: "asc" },
    take: 200,
    select: { refundNo: true, status: true },
  });
  // One after the other: WeChat allows few refused refunds a second and none side by side for one guest.
  return sweepOver(
    due,
    ({ refundNo, status }) =>
      status === "requested" ? submitRefund(deps, { refundNo }) : syncRefund(deps, { refundNo }),
    1,
  );
}

/**
 * Takes a refund that is due for one try and sets when the next one is, so that runs side by side and runs after a
 * crash ask once each. null when it is not due or no longer in that state.
 */
async function claim({ db, clock }: PaymentDeps, refundNo: string, status: RefundStatus) {
  const now = clock.now();
  const refund = await db.refund.findUnique({
    where: { refundNo },
    select: {
      amountFen: true,
      attempts: true,
      reason: true,
      payment: { select: { paymentNo: true, amountFen: true, paidAt: true } },
    },
  });
  if (!refund) return null;
  const { count } = await db.refund.updateMany({
    where: { refundNo, status, attempts: refund.attempts, nextTryAt: { lte: now } },
    data: { attempts: { increment: 1 }, nextTryAt: retryAt(refund.attempts, now) },
  });
  return count === 1 ? refund : null;
}

/** Notes what WeChat answered about a refund of ours. */
function applyRefund(deps: PaymentDeps, result: RefundResult): Promise<"applied" | "repeated" | "suspense"> {
  return withRetry(() =>
    deps.db.$transaction(async (tx) => {
      const refund = await tx.refund.findUnique({
        where: { refundNo: result.refundNo },
        select: { bookingId: true },
      });
      const booking = refund ? await lockBooking(tx, idOf(refund.bookingId)) : null;
      return applyRefundIn(tx, deps, result, booking);
    }),
  );
}

/** The same within the caller's transaction, which holds the lock of `booking`. A refund nobody asked for is a case. */
export async function applyRefundIn(
  tx: Tx,
  deps: PaymentDeps,
  result: RefundResult & { amountFen?: number },
  booking: Booking | null,
): Promise<"applied" | "repeated" | "suspense"> {
  const { refundNo } = result;
  const refund = await tx.refund.findUnique({
    where: { refundNo },
    select: { id: true, status: true, amountFen: true, bookingId: true, acceptedAt: true },
  });
  if (!refund || !booking || idOf(refund.bookingId) !== booking.id) {
    await openRefundCase(tx, deps, refundNo, result.amountFen ?? 0, "unknown_refund");
    return "suspense";
  }
  if (result.amountFen !== undefined && result.amountFen !== refund.amountFen) {
    await openRefundCase(tx, deps, refundNo, result.amountFen, "amount");
    return "suspense";
  }
  const status = statusOf[result.status];
  if (!moves[refund.status].includes(status)) return "repeated";

  const now = deps.clock.now();
  const isOver = status === "succeeded" || status === "closed";
  const syncAt = new Date(now.getTime() + (status === "accepted" ? 60_000 : retryMs.most));
  await tx.refund.update({
    where: { id: refund.id },
    data: {
      status,
      wechatRefundId: result.wechatRefundId,
      acceptedAt: refund.acceptedAt ?? now,
      attempts: 0,
      nextTryAt: isOver ? null : syncAt,
      finishedAt: status === "accepted" ? null : (result.finishedAt ?? now),
    },
    select: { id: true },
  });
  switch (status) {
    case "accepted":
      await recordJob(tx, deps, "refund.sync", booking.bookingNo, { refundNo }, syncAt);
      break;
    case "succeeded":
      await resolveCases(tx, deps, ["refund_abnormal"], refundNo);
      await recordEvent(tx, deps, "refund.succeeded", booking.bookingNo, {
        bookingNo: booking.bookingNo,
        merchantId: booking.merchantId,
        listingId: booking.listingId,
        refundNo,
        amountFen: refund.amountFen,
        full: await isAllGivenBack(tx, refund.bookingId),
      });
      break;
    default:
      // The guest's card is gone, or WeChat gave up: a person has to find another way for the money.
      await openRefundCase(tx, deps, refundNo, refund.amountFen, status);
  }
  return "applied";
}

function openRefundCase(
  tx: Tx,
  deps: Pick<PaymentDeps, "clock">,
  refundNo: string,
  amountFen: number,
  why: string,
): Promise<void> {
  return openCase(tx, deps, { kind: "refund_abnormal", subject: refundNo, amountFen, detail: { why } });
}
