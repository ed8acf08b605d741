import { type BookingRefInput, type CancelUnpaidOutput, limits } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, recordJob } from "../shared";
import { cancelBooking } from "./cancel-booking";
import { lockBooking } from "./record-transition";

/**
 * A guest gives up a booking that is not paid. Without an open payment it is cancelled at once; otherwise its nights
 * stay taken until WeChat has said that nobody can pay any more, which `booking.close-unpaid` asks (wechat: closing).
 * Doing it twice is harmless.
 * @throws AppError BOOKING_NOT_FOUND, also for somebody else's
 * @throws AppError BOOKING_NOT_PENDING
 */
export function cancelUnpaidBooking(
  deps: Pick<Deps, "db" | "clock" | "random" | "traceparent">,
  { userId, bookingNo }: z.infer<typeof BookingRefInput> & { userId: number },
): Promise<z.infer<typeof CancelUnpaidOutput>> {
  return deps.db.$transaction(async (tx) => {
    const booking = await lockBooking(tx, bookingNo);
    if (booking?.userId !== userId) throw new AppError("BOOKING_NOT_FOUND");
    if (booking.status === "cancelled" && booking.cancelReason === "by_guest" && !booking.wasPaid)
      return { state: "cancelled" };
    if (booking.status !== "pending_payment") throw new AppError("BOOKING_NOT_PENDING");
    if (booking.closingAt) return { state: "closing" };

    const attempt = await tx.payment.findFirst({
      where: { bookingId: booking.id, status: "open" },
      select: { prepaidAt: true, createdAt: true },
    });
    if (!attempt) {
      await cancelBooking(tx, deps, booking, "by_guest", { kind: "guest", userId });
      return { state: "cancelled" };
    }
    const now = deps.clock.now();
    await tx.booking.update({
      where: { id: booking.id },
      data: { closingAt: now, version: { increment: 1 }, updatedAt: now },
      select: { id: true },
    });
    const closableAt = (attempt.prepaidAt ?? attempt.createdAt).getTime() + limits.paymentCloseAfterMs;
    await recordJob(
      tx,
      deps,
      "booking.close-unpaid",
      bookingNo,
      { bookingNo },
      new Date(Math.max(closableAt, now.getTime())),
    );
    return { state: "closing" };
  });
}
