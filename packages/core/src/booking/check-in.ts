import type { CheckInInput, CheckInOutput } from "@looklook/contracts";
import type { Tx } from "@looklook/db";
import type { z } from "zod";
import { recordFulfilment } from "../message";
import { AppError, type Deps, idOf, recordEvent, today } from "../shared";
import { type Booking, checkInRefusal } from "./booking";
import { type ByDesk, lastCheckIn } from "./desk-actor";
import { deskColumns, toDeskBooking } from "./desk-booking";
import { recordDeskAction } from "./record-desk-action";
import { lockBooking, recordTransition } from "./record-transition";
import { findByCode } from "./typed-code";

/**
 * Starts the stay that a guest's check-in code stands for, once. The same `requestId` again is harmless and answers
 * the booking as it is by then.
 * @throws AppError CHECK_IN_CODE_UNKNOWN, also for another merchant's code, so nothing leaks
 * @throws AppError CHECK_IN_LOCKED with { retryAfterMs }
 * @throws AppError BOOKING_NOT_CONFIRMED | STAY_NOT_STARTED | STAY_OVER | CHECK_IN_CODE_USED with { at, by }
 */
export async function checkIn(
  deps: Pick<Deps, "db" | "clock" | "random" | "traceparent" | "limiter" | "codes">,
  { code, requestId, merchantId, actor }: z.infer<typeof CheckInInput> & ByDesk,
): Promise<z.infer<typeof CheckInOutput>> {
  const { clock } = deps;
  // The limiter may live in another process, so the code is looked up before the transaction.
  const id = idOf(await findByCode(deps, code, { merchantId, consoleUserId: actor.consoleUserId }));
  return deps.db.$transaction(async (tx) => {
    // Two desks can both get this far; one of them waits here and then sees what the other did.
    const booking = await lockBooking(tx, id);
    if (!booking) throw new Error(`booking ${id} is gone`);
    if (!(await isRepeat(tx, booking, requestId))) {
      const refusal = checkInRefusal(booking, today(clock, booking.timeZone));
      if (refusal === "CHECK_IN_CODE_USED") throw new AppError(refusal, await usedFacts(tx, booking));
      if (refusal) throw new AppError(refusal);
      const now = clock.now();
      await tx.booking.update({
        where: { id },
        data: { status: "checked_in", checkedInAt: now, version: { increment: 1 }, updatedAt: now },
        select: { id: true },
      });
      await recordTransition(tx, booking, "checked_in", actor, now, { requestId });
      await recordFulfilment(tx, deps, booking);
      await recordEvent(tx, deps, "booking.checked_in", booking.bookingNo, {
        bookingNo: booking.bookingNo,
        merchantId,
        listingId: booking.listingId,
      });
      await recordDeskAction(tx, "booking.check_in", booking, actor, now, { requestId });
    }
    const row = await tx.booking.findUniqueOrThrow({ where: { id }, select: deskColumns });
    return { booking: toDeskBooking(row, clock) };
  });
}

/** Whether this booking has already moved by a desk request of this id. */
export async function isRepeat(tx: Tx, booking: Booking, requestId: string): Promise<boolean> {
  const earlier = await tx.bookingTransition.findUnique({
    where: { bookingId_requestId: { bookingId: booking.id, requestId } },
    select: { id: true },
  });
  return earlier !== null;
}

async function usedFacts(tx: Tx, booking: Booking) {
  const used = await lastCheckIn(tx, booking.id);
  return { at: used?.at.toISOString() ?? null, by: used?.by ?? null };
}
