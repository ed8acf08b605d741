import type { Tx } from "@looklook/db";
import { daysBetween, type StayDate } from "../shared";
import { type Booking, mayRevive } from "./booking";

type Stay = Pick<Booking, "listingId" | "checkInDate" | "checkOutDate">;

/**
 * Gives back the nights of a stay, from `fromDate` on when only a part is still ahead. The caller holds the booking's
 * lock and has seen that it has them.
 */
export async function releaseNights(
  tx: Tx,
  stay: Stay,
  fromDate: StayDate = stay.checkInDate,
): Promise<void> {
  const from = fromDate > stay.checkInDate ? fromDate : stay.checkInDate;
  if (from >= stay.checkOutDate) return;
  const released = await tx.$executeRaw`
    WITH locked AS (
      SELECT night FROM listing_night
      WHERE listing_id = ${stay.listingId}::bigint AND night >= ${from}::date AND night < ${stay.checkOutDate}::date
      ORDER BY night FOR UPDATE
    )
    UPDATE listing_night n SET sold = n.sold - 1
    FROM locked WHERE n.listing_id = ${stay.listingId}::bigint AND n.night = locked.night`;
  if (released !== daysBetween(from, stay.checkOutDate))
    throw new Error(`nights of listing ${stay.listingId} are missing from the calendar`);
}

/**
 * Takes the nights of a booking that expired a second time, because its money has come after all: all of them, or
 * none and the answer is false. `today` is the day at the listing. The caller holds the booking's lock and then
 * confirms it or gives the money back (wechat: late money).
 */
export async function retakeNights(tx: Tx, booking: Booking, today: StayDate): Promise<boolean> {
  const listing = await tx.listing.findUniqueOrThrow({
    where: { id: booking.listingId },
    select: { onShelf: true, merchant: { select: { status: true } } },
  });
  const merchantOpen = listing.merchant.status === "open";
  if (!mayRevive({ booking, onShelf: listing.onShelf, merchantOpen, today })) return false;
  const nights = daysBetween(booking.checkInDate, booking.checkOutDate);
  const taken = await tx.$executeRaw`
    WITH locked AS (
      SELECT night, NOT closed AND sold < total AS is_free FROM listing_night
      WHERE listing_id = ${booking.listingId}::bigint
        AND night >= ${booking.checkInDate}::date AND night < ${booking.checkOutDate}::date
      ORDER BY night FOR UPDATE
    )
    UPDATE listing_night n SET sold = n.sold + 1
    FROM (SELECT count(*) AS free FROM locked WHERE is_free) verdict
    WHERE verdict.free = ${nights}::bigint AND n.listing_id = ${booking.listingId}::bigint
      AND n.night >= ${booking.checkInDate}::date AND n.night < ${booking.checkOutDate}::date`;
  return taken === nights;
}
