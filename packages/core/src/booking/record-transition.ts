import type { BookingStatus } from "@looklook/contracts";
import { Prisma, type Tx } from "@looklook/db";
import { type Actor, actorColumns } from "../shared";
import { type Booking, type BookingRow, canMove, toBooking } from "./booking";

/** `bookingColumns` in SQL. */
const columns = Prisma.sql`id, booking_no AS "bookingNo", user_id AS "userId", listing_id AS "listingId",
  merchant_id AS "merchantId", title, time_zone AS "timeZone", check_in_date AS "checkInDate",
  check_out_date AS "checkOutDate", total_fen AS "totalFen", status, expires_at AS "expiresAt",
  closing_at AS "closingAt", cancel_reason AS "cancelReason", was_paid AS "wasPaid", paid_at AS "paidAt",
  checked_in_at AS "checkedInAt"`;

/**
 * Takes the booking's row for the rest of the transaction and reads it, by its number or its row id; null when there
 * is none. Everything that changes a booking starts here, so that changes and their events come one after the other.
 * Nights are locked after it, never before.
 */
export async function lockBooking(tx: Tx, ref: string | number): Promise<Booking | null> {
  // One statement: whoever waits for the lock gets the columns as they are after the wait.
  const [row] =
    typeof ref === "number"
      ? await tx.$queryRaw<BookingRow[]>`/* prepared lock-booking-by-id */
          SELECT ${columns} FROM booking WHERE id = ${ref}::bigint FOR UPDATE`
      : await tx.$queryRaw<BookingRow[]>`/* prepared lock-booking-by-no */
          SELECT ${columns} FROM booking WHERE booking_no = ${ref} FOR UPDATE`;
  return row ? toBooking(row) : null;
}

/**
 * Writes the history row of a change of state.
 * `requestId` is the desk's, so that a repeat of that request can be told.
 * @throws Error for a change that the table of transitions does not know
 */
export async function recordTransition(
  tx: Tx,
  booking: Pick<Booking, "id" | "status">,
  to: BookingStatus,
  actor: Actor,
  at: Date,
  { reason = "", requestId = null }: { reason?: string; requestId?: string | null } = {},
): Promise<void> {
  if (!canMove(booking.status, to, actor.kind))
    throw new Error(`booking ${booking.id} cannot go from ${booking.status} to ${to} by ${actor.kind}`);
  await tx.bookingTransition.create({
    data: {
      bookingId: booking.id,
      from: booking.status,
      to,
      ...actorColumns(actor),
      reason,
      requestId,
      at,
    },
    select: { id: true },
  });
}
