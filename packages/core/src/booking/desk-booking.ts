import type { DeskBooking } from "@looklook/contracts";
import type { Prisma } from "@looklook/db";
import { type Clock, daysBetween, fen, today } from "../shared";
import { bookingColumns, checkInRefusal, toBooking, undoRefusal, undoUntil } from "./booking";

/** The columns of what the front desk is shown. */
export const deskColumns = {
  ...bookingColumns,
  titleEn: true,
  cover: true,
  guests: true,
  withMeals: true,
  remark: true,
  createdAt: true,
  user: { select: { nickname: true, mobileLast4: true } },
  payments: { where: { status: "succeeded" }, select: { amountFen: true, refundedFen: true } },
} as const satisfies Prisma.BookingSelect;

export type DeskRow = Prisma.BookingGetPayload<{ select: typeof deskColumns }>;

/** A booking as the front desk sees it, with what may be done with it now: the console works out no rule of its own. */
export function toDeskBooking(row: DeskRow, clock: Clock): DeskBooking {
  const booking = toBooking(row);
  return {
    id: booking.id,
    bookingNo: booking.bookingNo,
    listingId: booking.listingId,
    title: row.title,
    titleEn: row.titleEn,
    cover: row.cover,
    guestName: row.user.nickname,
    mobileLast4: row.user.mobileLast4,
    guests: row.guests,
    checkInDate: booking.checkInDate,
    checkOutDate: booking.checkOutDate,
    nights: daysBetween(booking.checkInDate, booking.checkOutDate),
    withMeals: row.withMeals,
    remark: row.remark,
    totalFen: booking.totalFen,
    // What the house still has of the guest's money.
    paidFen: fen(row.payments.reduce((sum, { amountFen, refundedFen }) => sum + amountFen - refundedFen, 0)),
    status: booking.status,
    createdAt: row.createdAt,
    paidAt: booking.paidAt,
    checkedInAt: booking.checkedInAt,
    undoUntil: undoUntil(booking),
    actions: {
      checkIn: checkInRefusal(booking, today(clock, booking.timeZone)),
      undoCheckIn: undoRefusal(booking, clock.now()),
    },
  };
}
