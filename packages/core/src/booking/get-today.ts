import type { TodayOutput } from "@looklook/contracts";
import type { z } from "zod";
import { type Deps, toDbDate, today } from "../shared";
import type { ByDesk } from "./desk-actor";
import { deskColumns, toDeskBooking } from "./desk-booking";

/**
 * A merchant's day: who comes (also whoever should have come on an earlier night and still may), who leaves, who is
 * in the house, and how full it is tonight. The day is the merchant's own.
 */
export async function getToday(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { merchantId }: ByDesk,
): Promise<z.infer<typeof TodayOutput>> {
  const merchant = await db.merchant.findUniqueOrThrow({
    where: { id: merchantId },
    select: { timeZone: true },
  });
  const day = today(clock, merchant.timeZone);
  const at = toDbDate(day);
  const [rows, [tonight]] = await Promise.all([
    db.booking.findMany({
      where: {
        merchantId,
        OR: [
          { status: { in: ["confirmed", "checked_in"] }, checkInDate: { lte: at }, checkOutDate: { gt: at } },
          { status: { in: ["checked_in", "completed"] }, checkOutDate: at },
        ],
      },
      orderBy: [{ checkInDate: "asc" }, { id: "asc" }],
      select: deskColumns,
    }),
    // A closed night still counts what was sold before it was closed: those guests sleep here.
    db.$queryRaw<{ units: number; sold: number }[]>`
      SELECT coalesce(sum(CASE WHEN l.on_shelf AND NOT n.closed THEN n.total ELSE n.sold END), 0)::int AS units,
        coalesce(sum(n.sold), 0)::int AS sold
      FROM listing l JOIN listing_night n ON n.listing_id = l.id AND n.night = ${day}::date
      WHERE l.merchant_id = ${merchantId}::bigint`,
  ]);
  const bookings = rows.map((row) => toDeskBooking(row, clock));
  return {
    today: day,
    arrivals: bookings.filter(
      ({ status, checkInDate, checkOutDate }) =>
        (status === "confirmed" && checkOutDate > day) || (status === "checked_in" && checkInDate === day),
    ),
    departures: bookings.filter(({ checkOutDate }) => checkOutDate === day),
    inHouse: bookings.filter(({ status, checkOutDate }) => status === "checked_in" && checkOutDate > day),
    unitsTonight: tonight?.units ?? 0,
    soldTonight: tonight?.sold ?? 0,
  };
}
