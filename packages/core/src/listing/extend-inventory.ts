import { limits } from "@looklook/contracts";
import type { Deps } from "../shared";

/**
 * Gives every listing a calendar of `limits.calendarAheadDays` nights from its own today on, Friday and Saturday at
 * the weekend price where it has one, and answers how many nights are new. What is there stays as it is, also when
 * two of these run at once. With `listingId` only that listing.
 */
export async function extendInventory(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { listingId = null }: { listingId?: number | null } = {},
): Promise<number> {
  return db.$executeRaw`
    INSERT INTO listing_night (listing_id, night, total, price_fen)
    SELECT l.id, night::date, l.units,
      CASE WHEN extract(isodow FROM night) IN (5, 6) THEN coalesce(l.weekend_price_fen, l.nightly_price_fen)
        ELSE l.nightly_price_fen END
    FROM listing l
    CROSS JOIN LATERAL (SELECT (${clock.now()}::timestamptz AT TIME ZONE l.time_zone)::date AS today) here
    -- Days without a time zone, or a server's own zone would have its say.
    CROSS JOIN LATERAL generate_series(
      -- A calendar has no gaps, so its end is where new nights begin.
      greatest(here.today, (SELECT max(n.night) + 1 FROM listing_night n WHERE n.listing_id = l.id))::timestamp,
      (here.today + ${limits.calendarAheadDays - 1}::int)::timestamp,
      interval '1 day'
    ) AS night
    WHERE ${listingId}::bigint IS NULL OR l.id = ${listingId}::bigint
    ON CONFLICT (listing_id, night) DO NOTHING`;
}
