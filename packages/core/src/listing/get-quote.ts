import type { Quote, QuoteInput } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, fen, today } from "../shared";
import { type NightOffer, nightsRefusal, priceOf, stayRefusal } from "./stay";

/**
 * What a stay costs and how long it would be held, refused as booking it now would be. Nothing is held.
 * @throws AppError LISTING_NOT_FOUND | LISTING_OFF_SHELF | MERCHANT_CLOSED | STAY_IN_PAST | STAY_WITHOUT_NIGHTS |
 *   STAY_TOO_LONG | BOOKING_TOO_FAR | TOO_FEW_GUESTS | TOO_MANY_GUESTS | NIGHT_CLOSED | NIGHTS_TAKEN
 */
export async function getQuote(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: z.infer<typeof QuoteInput>,
): Promise<Quote> {
  const listing = await db.listing.findUnique({
    where: { id: input.listingId },
    select: {
      onShelf: true,
      guestsMax: true,
      pricing: true,
      mealPriceFen: true,
      timeZone: true,
      merchant: { select: { status: true, holdMinutes: true } },
    },
  });
  if (!listing) throw new AppError("LISTING_NOT_FOUND");
  const { merchant } = listing;
  const refusal = stayRefusal(
    { ...listing, merchantOpen: merchant.status === "open" },
    input,
    today(clock, listing.timeZone),
  );
  if (refusal) throw new AppError(refusal);
  const nights = await db.$queryRaw<NightOffer[]>`
    SELECT night::text AS night, price_fen AS "priceFen", closed, (total - sold)::int AS free FROM listing_night
    WHERE listing_id = ${input.listingId}::bigint
      AND night >= ${input.checkInDate}::date AND night < ${input.checkOutDate}::date
    ORDER BY night`;
  const taken = nightsRefusal(nights, input);
  if (taken) throw new AppError(taken);
  return {
    nights: nights.map(({ night, priceFen }) => ({ night, priceFen })),
    ...priceOf({ ...listing, ...input, nights, mealPriceFen: fen(listing.mealPriceFen) }),
    holdMinutes: merchant.holdMinutes,
  };
}
