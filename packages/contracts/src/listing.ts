import { z } from "zod";
import { Fen, Id, LegacyPage, StayDate, Text } from "./common";

export const PricingKind = z.enum(["per_room", "per_person"]);
export type PricingKind = z.infer<typeof PricingKind>;

export const ListingView = z.strictObject({
  id: Id,
  merchantId: Id,
  hostUserId: Id,
  title: z.string(),
  titleEn: z.string(),
  subTitle: z.string(),
  subTitleEn: z.string(),
  info: z.string(),
  infoEn: z.string(),
  city: z.string(),
  cityEn: z.string(),
  /** Addresses; the first is the cover. */
  pictures: z.array(z.string()),
  guestsMax: z.int(),
  pricing: PricingKind,
  onShelf: z.boolean(),
  mealInfo: z.string(),
  mealPriceFen: Fen,
  nightlyPriceFen: Fen,
  marketPriceFen: Fen,
});
export type ListingView = z.infer<typeof ListingView>;
export const ListingsOutput = z.strictObject({ listings: z.array(ListingView) });

/** Legacy paging by number: page below 1 counts as 1. */
export const FindPreferredInput = z.strictObject({ page: z.int().default(1), pageSize: z.int().default(20) });
export const FindByMerchantInput = z.strictObject({ ...LegacyPage, merchantId: z.int() });
export const GetListingInput = z.strictObject({ id: z.int() });

export const SearchListingsInput = z.strictObject({
  city: Text.max(32).default(""),
  checkInDate: StayDate,
  checkOutDate: StayDate,
  guests: z.int().min(1).max(50).default(1),
  cursor: Id.nullable().default(null),
  limit: z.int().min(1).max(100).default(20),
});
export const SearchListingsOutput = z.strictObject({
  listings: z.array(z.strictObject({ listing: ListingView, roomTotalFen: Fen })),
  nextCursor: Id.nullable(),
});

/** Half-open: `toDate` is not included; at most 92 days. */
export const AvailabilityInput = z.strictObject({ listingId: z.int(), fromDate: StayDate, toDate: StayDate });
export const NightAvailability = z.strictObject({
  night: StayDate,
  priceFen: Fen,
  /** Units still free; 0 when sold out or closed. */
  free: z.int(),
  closed: z.boolean(),
});
export type NightAvailability = z.infer<typeof NightAvailability>;
export const AvailabilityOutput = z.strictObject({ nights: z.array(NightAvailability) });

export const StayInput = {
  listingId: z.int(),
  checkInDate: StayDate,
  checkOutDate: StayDate,
  guests: z.int(),
  withMeals: z.boolean(),
};
export const QuoteInput = z.strictObject(StayInput);
export const Quote = z.strictObject({
  nights: z.array(z.strictObject({ night: StayDate, priceFen: Fen })),
  roomTotalFen: Fen,
  mealTotalFen: Fen,
  totalFen: Fen,
  /** Minutes the nights are held while the guest pays. */
  holdMinutes: z.int(),
});
export type Quote = z.infer<typeof Quote>;

export const FavouriteInput = z.strictObject({ kind: z.enum(["listing", "merchant"]), id: Id });
export const FindFavouritesInput = z.strictObject({ ...LegacyPage });
export const FindFavouritesOutput = z.strictObject({
  /** `favouriteId` is the cursor. */
  favourites: z.array(
    z.strictObject({
      favouriteId: Id,
      kind: z.enum(["listing", "merchant"]),
      id: Id,
      title: z.string(),
      cover: z.string(),
    }),
  ),
});
