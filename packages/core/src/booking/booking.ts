import { type BookingStatus, type ErrorCode, limits } from "@looklook/contracts";
import type { Prisma } from "@looklook/db";
import { type Actor, type Fen, fen, fromDbDate, idOf, type StayDate } from "../shared";

/** The columns that the rules below and every change of a booking need. */
export const bookingColumns = {
  id: true,
  bookingNo: true,
  userId: true,
  listingId: true,
  merchantId: true,
  title: true,
  timeZone: true,
  checkInDate: true,
  checkOutDate: true,
  totalFen: true,
  status: true,
  expiresAt: true,
  closingAt: true,
  cancelReason: true,
  wasPaid: true,
  paidAt: true,
  checkedInAt: true,
} as const satisfies Prisma.BookingSelect;

export type BookingRow = Prisma.BookingGetPayload<{ select: typeof bookingColumns }>;

/** A guest's contract. Days are YYYY-MM-DD in the listing's time zone; the check-out day is not a night of the stay. */
export interface Booking {
  id: number;
  bookingNo: string;
  userId: number;
  listingId: number;
  merchantId: number;
  title: string;
  timeZone: string;
  checkInDate: StayDate;
  checkOutDate: StayDate;
  totalFen: Fen;
  status: BookingStatus;
  /** The end of the hold, while it is unpaid. */
  expiresAt: Date;
  /** The guest gave it up and WeChat has not yet said that nobody can pay any more. */
  closingAt: Date | null;
  cancelReason: BookingRow["cancelReason"];
  wasPaid: boolean;
  paidAt: Date | null;
  checkedInAt: Date | null;
}

export function toBooking(row: BookingRow): Booking {
  return {
    ...row,
    id: idOf(row.id),
    userId: idOf(row.userId),
    listingId: idOf(row.listingId),
    merchantId: idOf(row.merchantId),
    checkInDate: fromDbDate(row.checkInDate),
    checkOutDate: fromDbDate(row.checkOutDate),
    totalFen: fen(row.totalFen),
  };
}

/** Every change of state there is and who may cause it; what is not in this table cannot happen. */
export const transitions: readonly {
  from: BookingStatus | null;
  to: BookingStatus;
  by: readonly Actor["kind"][];
}[] = [
  { from: null, to: "pending_payment", by: ["guest"] },
  { from: "pending_payment", to: "confirmed", by: ["wechat", "system"] },
  { from: "pending_payment", to: "cancelled", by: ["guest", "system", "operator"] },
  { from: "confirmed", to: "checked_in", by: ["console_user", "operator"] },
  { from: "confirmed", to: "cancelled", by: ["guest", "console_user", "operator"] },
  { from: "confirmed", to: "no_show", by: ["system"] },
  { from: "checked_in", to: "completed", by: ["system"] },
  // An undo, within its window.
  { from: "checked_in", to: "confirmed", by: ["console_user", "operator"] },
  // Late money only.
  { from: "cancelled", to: "confirmed", by: ["wechat", "system"] },
  { from: "no_show", to: "completed", by: ["console_user", "operator"] },
];

export function canMove(from: BookingStatus | null, to: BookingStatus, by: Actor["kind"]): boolean {
  return transitions.some((row) => row.from === from && row.to === to && row.by.includes(by));
}

/**
 * Why this booking cannot start its stay on `today`, or null when it can.
 * Dates are YYYY-MM-DD in the listing's time zone, so comparing text compares days;
 * the check-out day is not a night of the stay.
 */
export function checkInRefusal(
  booking: Pick<Booking, "status" | "checkInDate" | "checkOutDate">,
  today: StayDate,
) {
  if (booking.status === "checked_in" || booking.status === "completed") return "CHECK_IN_CODE_USED";
  if (booking.status !== "confirmed") return "BOOKING_NOT_CONFIRMED";
  if (today < booking.checkInDate) return "STAY_NOT_STARTED";
  if (today >= booking.checkOutDate) return "STAY_OVER";
  return null satisfies ErrorCode | null;
}

/** Until when a check-in can be taken back, or null when the booking is not checked in. */
export function undoUntil(booking: Pick<Booking, "status" | "checkedInAt">): Date | null {
  if (booking.status !== "checked_in" || !booking.checkedInAt) return null;
  return new Date(booking.checkedInAt.getTime() + limits.undoCheckInMs);
}

/** Why this check-in cannot be taken back at `now`, or null when it can. */
export function undoRefusal(booking: Pick<Booking, "status" | "checkedInAt">, now: Date) {
  const until = undoUntil(booking);
  if (!until) return "BOOKING_NOT_CHECKED_IN";
  if (now > until) return "UNDO_WINDOW_OVER";
  return null;
}

/** What a late payment meets: the booking as it is, and whether its listing and merchant still sell. */
interface LateMoney {
  booking: Pick<Booking, "status" | "cancelReason" | "checkInDate">;
  onShelf: boolean;
  merchantOpen: boolean;
  today: StayDate;
}

/**
 * Whether money for a cancelled booking may bring it back, nights permitting: only what expired, never what somebody
 * gave up, and only while its first night can still be slept (wechat: late money).
 */
export function mayRevive({ booking, onShelf, merchantOpen, today }: LateMoney): boolean {
  return (
    booking.status === "cancelled" &&
    booking.cancelReason === "expired" &&
    booking.checkInDate >= today &&
    onShelf &&
    merchantOpen
  );
}

/**
 * The legacy system's number for a state: 0 to be paid, 1 to be used, 2 used, 3 given back after payment,
 * -1 cancelled before it, 4 expired. What its guest gave up counts as cancelled at once.
 */
export function legacyStateOf(booking: {
  status: BookingStatus;
  isClosing: boolean;
  wasPaid: boolean;
}): -1 | 0 | 1 | 2 | 3 | 4 {
  switch (booking.status) {
    case "pending_payment":
      return booking.isClosing ? -1 : 0;
    case "confirmed":
      return 1;
    case "checked_in":
    case "completed":
      return 2;
    case "cancelled":
      return booking.wasPaid ? 3 : -1;
    case "no_show":
      return 4;
  }
}

/** The same the other way round: which bookings a legacy list filter means; null for a number that is no state. */
export function whereLegacyState(legacyState: number | null): Prisma.BookingWhereInput | null {
  switch (legacyState) {
    case -1:
      return {
        OR: [
          { status: "cancelled", wasPaid: false },
          { status: "pending_payment", closingAt: { not: null } },
        ],
      };
    case 0:
      return { status: "pending_payment", closingAt: null };
    case 1:
      return { status: "confirmed" };
    case 2:
      return { status: { in: ["checked_in", "completed"] } };
    case 3:
      return { status: "cancelled", wasPaid: true };
    case 4:
      return { status: "no_show" };
    default:
      return null;
  }
}
