import type { CancelReason } from "@looklook/contracts";
import type { Tx } from "@looklook/db";
import type { z } from "zod";
import { type Actor, type Deps, recordEvent, today } from "../shared";
import type { Booking } from "./booking";
import { releaseNights } from "./nights";
import { recordTransition } from "./record-transition";

/**
 * Cancels a booking and gives its nights back: all of them before it was paid, those from today on afterwards.
 * The caller holds the lock; for an unpaid one it also knows that nobody can pay any more (wechat: closing).
 */
export async function cancelBooking(
  tx: Tx,
  deps: Pick<Deps, "clock" | "random" | "traceparent">,
  booking: Booking,
  reason: z.infer<typeof CancelReason>,
  actor: Actor,
): Promise<void> {
  const now = deps.clock.now();
  const { count } = await tx.booking.updateMany({
    where: { id: booking.id, status: booking.status },
    data: {
      status: "cancelled",
      cancelReason: reason,
      cancelledAt: now,
      version: { increment: 1 },
      updatedAt: now,
    },
  });
  if (count === 0) throw new Error(`booking ${booking.bookingNo} was cancelled without its lock`);
  await recordTransition(tx, booking, "cancelled", actor, now, { reason });
  await releaseNights(
    tx,
    booking,
    booking.status === "pending_payment" ? booking.checkInDate : today(deps.clock, booking.timeZone),
  );
  await recordEvent(tx, deps, "booking.cancelled", booking.bookingNo, {
    bookingNo: booking.bookingNo,
    merchantId: booking.merchantId,
    listingId: booking.listingId,
    reason,
    wasPaid: booking.wasPaid,
  });
}
