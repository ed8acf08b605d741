import type { SearchListingsInput, SearchListingsOutput } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, daysBetween, fen, idOf, today } from "../shared";
import { listingColumns, shownInLists, toListingView } from "./listing";
import { datesRefusal } from "./stay";

/** Days in a search are days where most listings are; each listing's own zone decides when it is booked. */
const searchTimeZone = "Asia/Shanghai";

/**
 * Listings with every night of the stay free, newest first, each with what its rooms would cost. `city` matches the
 * Chinese or the English name, "" is everywhere.
 * @throws AppError STAY_IN_PAST | STAY_WITHOUT_NIGHTS | STAY_TOO_LONG | BOOKING_TOO_FAR
 */
export async function searchListings(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { city, checkInDate, checkOutDate, guests, cursor, limit }: z.infer<typeof SearchListingsInput>,
): Promise<z.infer<typeof SearchListingsOutput>> {
  const refusal = datesRefusal({ checkInDate, checkOutDate }, today(clock, searchTimeZone));
  if (refusal) throw new AppError(refusal);
  const found = await db.$queryRaw<{ id: bigint; roomTotalFen: bigint }[]>`
    SELECT l.id, sum(n.price_fen) * CASE l.pricing WHEN 'per_person' THEN ${guests}::int ELSE 1 END AS "roomTotalFen"
    FROM listing l
    JOIN merchant m ON m.id = l.merchant_id AND m.status = 'open'
    JOIN listing_night n ON n.listing_id = l.id AND NOT n.closed AND n.sold < n.total
      AND n.night >= ${checkInDate}::date AND n.night < ${checkOutDate}::date
    WHERE l.on_shelf AND l.guests_max >= ${guests}::int
      AND (${city} = '' OR l.city = ${city} OR lower(l.city_en) = lower(${city}))
      AND (${cursor}::bigint IS NULL OR l.id < ${cursor}::bigint)
    GROUP BY l.id
    HAVING count(*) = ${daysBetween(checkInDate, checkOutDate)}::bigint
    ORDER BY l.id DESC
    LIMIT ${limit + 1}::int`;
  const page = found.slice(0, limit);
  const rows = await db.listing.findMany({
    where: { id: { in: page.map(({ id }) => id) }, ...shownInLists },
    select: listingColumns,
  });
  const listings = page.flatMap(({ id, roomTotalFen }) => {
    const row = rows.find((candidate) => candidate.id === id);
    return row ? [{ listing: toListingView(row), roomTotalFen: fen(roomTotalFen) }] : [];
  });
  const last = page.at(-1);
  return { listings, nextCursor: found.length > limit && last ? idOf(last.id) : null };
}
