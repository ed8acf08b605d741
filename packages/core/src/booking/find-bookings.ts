import type { FindBookingsInput, FindBookingsOutput } from "@looklook/contracts";
import type { Prisma } from "@looklook/db";
import type { z } from "zod";
import { type Deps, idOf, type StayDate, toDbDate } from "../shared";
import type { ByDesk } from "./desk-actor";
import { deskColumns, toDeskBooking } from "./desk-booking";

/** A merchant's bookings, newest first: by state, listing, days that the stay touches, and what was typed. */
export async function findBookings(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: z.infer<typeof FindBookingsInput> & ByDesk,
): Promise<z.infer<typeof FindBookingsOutput>> {
  const { merchantId, cursor, limit, status, query, listingId, fromDate, toDate } = input;
  const rows = await db.booking.findMany({
    where: {
      merchantId,
      ...(cursor === null ? {} : { id: { lt: cursor } }),
      ...(status.length === 0 ? {} : { status: { in: status } }),
      ...(listingId === null ? {} : { listingId }),
      ...(fromDate === null ? {} : { checkOutDate: { gt: dayColumn(fromDate) } }),
      ...(toDate === null ? {} : { checkInDate: { lt: dayColumn(toDate) } }),
      ...whereTyped(query),
    },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: deskColumns,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    bookings: page.map((row) => toDeskBooking(row, clock)),
    nextCursor: rows.length > limit && last ? idOf(last.id) : null,
  };
}

/** Text knows a year 0 and PostgreSQL does not; nobody has booked before there were computers. */
function dayColumn(day: StayDate): Date {
  return toDbDate(day < "1970-01-01" ? "1970-01-01" : day);
}

/** Digits of a booking's number, the last four of a mobile, or words of a title. "" is everything. */
function whereTyped(query: string): Prisma.BookingWhereInput {
  if (query === "") return {};
  // `contains` becomes LIKE, where these would match anything.
  const text = query.replace(/[\\%_]/g, "\\$&");
  const digits = query.replace(/^HSO/i, "");
  return {
    OR: [
      { title: { contains: text, mode: "insensitive" } },
      { titleEn: { contains: text, mode: "insensitive" } },
      ...(/^\d+$/.test(digits) ? [{ bookingNo: { contains: digits } }] : []),
      ...(/^\d{4}$/.test(query) ? [{ user: { mobileLast4: query } }] : []),
    ],
  };
}
