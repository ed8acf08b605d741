import type { AvailabilityInput, AvailabilityOutput, NightAvailability } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, daysBetween, today } from "../shared";

const daysMax = 92;

/**
 * Free units and price of each night from `fromDate` up to, and without, `toDate`: a calendar. Nights that are over
 * and nights beyond the calendar are left out; a listing or merchant that does not sell has no free unit.
 * @throws AppError LISTING_NOT_FOUND
 * @throws AppError INVALID_INPUT for more than 92 days
 */
export async function getAvailability(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { listingId, fromDate, toDate }: z.infer<typeof AvailabilityInput>,
): Promise<z.infer<typeof AvailabilityOutput>> {
  if (daysBetween(fromDate, toDate) > daysMax) throw new AppError("INVALID_INPUT", { field: "toDate" });
  const listing = await db.listing.findUnique({
    where: { id: listingId },
    select: { timeZone: true },
  });
  if (!listing) throw new AppError("LISTING_NOT_FOUND");
  const now = today(clock, listing.timeZone);
  const from = fromDate > now ? fromDate : now;
  if (toDate <= from) return { nights: [] };
  const nights = await db.$queryRaw<NightAvailability[]>`
    SELECT n.night::text AS night, n.price_fen AS "priceFen", n.closed,
      (CASE WHEN n.closed OR NOT l.on_shelf OR m.status <> 'open' THEN 0 ELSE n.total - n.sold END)::int AS free
    FROM listing_night n JOIN listing l ON l.id = n.listing_id JOIN merchant m ON m.id = l.merchant_id
    WHERE n.listing_id = ${listingId}::bigint AND n.night >= ${from}::date AND n.night < ${toDate}::date
    ORDER BY n.night`;
  return { nights };
}
