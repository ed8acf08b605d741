import type { CheckInOutput, UndoCheckInInput } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, recordEvent } from "../shared";
import { undoRefusal } from "./booking";
import { isRepeat } from "./check-in";
import type { ByDesk } from "./desk-actor";
import { deskColumns, toDeskBooking } from "./desk-booking";
import { recordDeskAction } from "./record-desk-action";
import { lockBooking, recordTransition } from "./record-transition";

/**
 * Takes a check-in back, for a mistake at the desk: the code can be used again. The same `requestId` again is
 * harmless.
 * @throws AppError BOOKING_NOT_FOUND, also for another merchant's
 * @throws AppError BOOKING_NOT_CHECKED_IN | UNDO_WINDOW_OVER
 */
export function undoCheckIn(
  deps: Pick<Deps, "db" | "clock" | "random" | "traceparent">,
  { bookingNo, reason, requestId, merchantId, actor }: z.infer<typeof UndoCheckInInput> & ByDesk,
): Promise<z.infer<typeof CheckInOutput>> {
  const { clock } = deps;
  return deps.db.$transaction(async (tx) => {
    const booking = await lockBooking(tx, bookingNo);
    if (booking?.merchantId !== merchantId) throw new AppError("BOOKING_NOT_FOUND");
    if (!(await isRepeat(tx, booking, requestId))) {
      const now = clock.now();
      const refusal = undoRefusal(booking, now);
      if (refusal) throw new AppError(refusal);
      await tx.booking.update({
        where: { id: booking.id },
        data: { status: "confirmed", checkedInAt: null, version: { increment: 1 }, updatedAt: now },
        select: { id: true },
      });
      await recordTransition(tx, booking, "confirmed", actor, now, { reason, requestId });
      await recordEvent(tx, deps, "booking.check_in_undone", bookingNo, {
        bookingNo,
        merchantId,
        listingId: booking.listingId,
      });
      await recordDeskAction(tx, "booking.undo_check_in", booking, actor, now, { reason, requestId });
    }
    const row = await tx.booking.findUniqueOrThrow({ where: { id: booking.id }, select: deskColumns });
    return { booking: toDeskBooking(row, clock) };
  });
}
