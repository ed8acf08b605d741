import type {
  BookingRefInput,
  FindMyBookingsInput,
  FindMyBookingsOutput,
  GuestBooking,
} from "@looklook/contracts";
import type { Prisma } from "@looklook/db";
import type { z } from "zod";
import { AppError, belowId, type Deps, fen, idOf, legacyTake } from "../shared";
import { bookingColumns, toBooking, whereLegacyState } from "./booking";

const columns = {
  ...bookingColumns,
  hostUserId: true,
  subTitle: true,
  cover: true,
  info: true,
  mealInfo: true,
  pricing: true,
  nightlyPriceFen: true,
  mealPriceFen: true,
  marketPriceFen: true,
  roomTotalFen: true,
  mealTotalFen: true,
  guests: true,
  withMeals: true,
  remark: true,
  createdAt: true,
  codeSealed: true,
  user: { select: { mobileProvenAt: true } },
  review: { select: { id: true } },
} as const satisfies Prisma.BookingSelect;

type Row = Prisma.BookingGetPayload<{ select: typeof columns }>;

/** A guest's own bookings, newest first, below `lastId` when it is above 0, in one legacy state or all. */
export async function findMyBookings(
  { db, codes }: Pick<Deps, "db" | "codes">,
  { userId, lastId, pageSize, legacyState }: z.infer<typeof FindMyBookingsInput> & { userId: number },
): Promise<z.infer<typeof FindMyBookingsOutput>> {
  const rows = await db.booking.findMany({
    where: { userId, id: belowId(lastId), ...whereLegacyState(legacyState) },
    orderBy: { id: "desc" },
    take: legacyTake(pageSize),
    select: columns,
  });
  return { bookings: await Promise.all(rows.map((row) => toGuestBooking(row, codes))) };
}

/** One of a guest's own bookings. @throws AppError BOOKING_NOT_FOUND, also for somebody else's */
export async function getMyBooking(
  { db, codes }: Pick<Deps, "db" | "codes">,
  { userId, bookingNo }: z.infer<typeof BookingRefInput> & { userId: number },
): Promise<GuestBooking> {
  const row = await db.booking.findFirst({ where: { bookingNo, userId }, select: columns });
  if (!row) throw new AppError("BOOKING_NOT_FOUND");
  return toGuestBooking(row, codes);
}

async function toGuestBooking(row: Row, codes: Deps["codes"]): Promise<GuestBooking> {
  const booking = toBooking(row);
  const { user, review, codeSealed, hostUserId, closingAt, checkedInAt, cancelReason, timeZone, ...shown } =
    row;
  const code = { checkInCode: "", checkInQr: "" };
  // Anybody may register any number: only one that WeChat has vouched for gets to see a code.
  if (codeSealed && user.mobileProvenAt && ["confirmed", "checked_in"].includes(booking.status)) {
    code.checkInCode = codes.open(codeSealed, booking.bookingNo);
    code.checkInQr = await codes.sign({ ...booking, code: code.checkInCode });
  }
  return {
    ...shown,
    id: booking.id,
    userId: booking.userId,
    listingId: booking.listingId,
    merchantId: booking.merchantId,
    hostUserId: idOf(hostUserId),
    checkInDate: booking.checkInDate,
    checkOutDate: booking.checkOutDate,
    nightlyPriceFen: fen(row.nightlyPriceFen),
    mealPriceFen: fen(row.mealPriceFen),
    marketPriceFen: fen(row.marketPriceFen),
    roomTotalFen: fen(row.roomTotalFen),
    mealTotalFen: fen(row.mealTotalFen),
    totalFen: booking.totalFen,
    isClosing: booking.status === "pending_payment" && booking.closingAt !== null,
    hasReview: review !== null,
    ...code,
  };
}
