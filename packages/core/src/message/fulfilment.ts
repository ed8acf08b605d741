import { limits } from "@looklook/contracts";
import type { Prisma, Tx } from "@looklook/db";
import { type Deps, recordJob, sweepOver } from "../shared";

export type FulfilmentDeps = Pick<Deps, "db" | "clock" | "miniProgram">;

/** WeChat's errcodes of upload_shipping_info: it has the upload already; this account needs none. */
const alreadyUploaded = new Set([10060002, 10060003]);
const notNeeded = new Set([48001, 10060001]);
/** Wrong in itself: no repeat helps. */
const badUpload = new Set([47001, 268485228]);

const retryMs = { first: 60_000, most: 6 * 3_600_000 };
const attemptsMax = 12;

function retryAt(attempts: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(retryMs.most, retryMs.first * 2 ** attempts));
}

/**
 * Intends to tell WeChat that what was paid for has been delivered, once the check-in can no longer be taken back.
 * Called in the check-in's transaction; a second check-in after an undo moves the time.
 */
export async function recordFulfilment(
  tx: Tx,
  deps: Pick<Deps, "clock" | "random" | "traceparent">,
  booking: { id: bigint | number; bookingNo: string },
): Promise<void> {
  const nextTryAt = new Date(deps.clock.now().getTime() + limits.undoCheckInMs);
  const { count } = await tx.fulfilmentUpload.updateMany({
    where: { bookingId: booking.id, status: "pending" },
    data: { nextTryAt },
  });
  if (count === 0) {
    const inserted = await tx.fulfilmentUpload.createMany({
      data: [{ bookingId: booking.id, nextTryAt }],
      skipDuplicates: true,
    });
    if (inserted.count === 0) return;
  }
  const { bookingNo } = booking;
  await recordJob(tx, deps, "fulfilment.upload", bookingNo, { bookingNo }, nextTryAt);
}

/**
 * Tells WeChat that a booking's guest has arrived. A check-in that was taken back is not told.
 * @throws GatewayError when WeChat could not say; the row keeps when to try again
 */
export async function uploadFulfilment(
  { db, clock, miniProgram }: FulfilmentDeps,
  { bookingNo }: { bookingNo: string },
): Promise<void> {
  const now = clock.now();
  const upload = await db.fulfilmentUpload.findFirst({
    where: { booking: { bookingNo }, status: "pending", nextTryAt: { lte: now } },
    select: {
      bookingId: true,
      attempts: true,
      booking: {
        select: {
          title: true,
          status: true,
          checkedInAt: true,
          payments: {
            where: { status: "succeeded" },
            orderBy: { paidAt: "asc" },
            select: { transactionId: true, openid: true, amountFen: true, refundedFen: true },
          },
        },
      },
    },
  });
  if (!upload) return;
  const { bookingId, attempts, booking } = upload;
  const isDelivered = booking.status === "checked_in" || booking.status === "completed";
  if (!isDelivered) {
    // Taken back: the next check-in intends it anew.
    await db.fulfilmentUpload.deleteMany({ where: { bookingId, status: "pending", attempts } });
    return;
  }
  // Of two payments the second was given back; what was delivered is what is kept.
  const payment = booking.payments.find(({ amountFen, refundedFen }) => refundedFen < amountFen);
  if (!payment?.transactionId) return note({ status: "not_needed" });

  const { count } = await db.fulfilmentUpload.updateMany({
    where: { bookingId, status: "pending", attempts },
    data: { attempts: { increment: 1 }, nextTryAt: retryAt(attempts, now) },
  });
  if (count === 0) return;
  let errorCode: number;
  try {
    errorCode = await miniProgram.uploadShipping({
      transactionId: payment.transactionId,
      openid: payment.openid,
      itemDescription: booking.title,
      at: booking.checkedInAt ?? now,
    });
  } catch (error) {
    if (attempts + 1 >= attemptsMax) await note({ status: "failed" });
    throw error;
  }
  if (errorCode === 0 || (alreadyUploaded.has(errorCode) && attempts > 0))
    await note({ status: "uploaded", errorCode, uploadedAt: clock.now() });
  else if (notNeeded.has(errorCode)) await note({ status: "not_needed", errorCode });
  else if (badUpload.has(errorCode) || attempts + 1 >= attemptsMax)
    await note({ status: "failed", errorCode });
  else await note({ errorCode });

  async function note(data: Prisma.FulfilmentUploadUpdateInput): Promise<void> {
    await db.fulfilmentUpload.update({ where: { bookingId }, data, select: { bookingId: true } });
  }
}

/** Uploads whatever is due. @returns how many */
export async function sweepFulfilments(deps: FulfilmentDeps): Promise<number> {
  const due = await deps.db.fulfilmentUpload.findMany({
    where: { status: "pending", nextTryAt: { lte: deps.clock.now() } },
    orderBy: { nextTryAt: "asc" },
    take: 200,
    select: { booking: { select: { bookingNo: true } } },
  });
  return sweepOver(due, ({ booking }) => uploadFulfilment(deps, { bookingNo: booking.bookingNo }));
}
