import type { Tx } from "@looklook/db";
import type { Booking } from "./booking";
import type { ConsoleActor } from "./desk-actor";

/** Writes who did what at the desk. The detail holds no personal data and no code: the table is never cleared. */
export async function recordDeskAction(
  tx: Tx,
  action: "booking.check_in" | "booking.undo_check_in",
  booking: Pick<Booking, "bookingNo" | "merchantId">,
  actor: ConsoleActor,
  at: Date,
  detail: Record<string, string>,
): Promise<void> {
  await tx.audit.create({
    data: {
      at,
      consoleUserId: actor.consoleUserId,
      merchantId: booking.merchantId,
      action,
      subject: booking.bookingNo,
      detail,
    },
    select: { id: true },
  });
}
