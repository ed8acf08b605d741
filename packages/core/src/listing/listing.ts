import type { ListingView } from "@looklook/contracts";
import type { Prisma } from "@looklook/db";
import { fen, idOf } from "../shared";

/** The columns of what a guest is shown of a listing. */
export const listingColumns = {
  id: true,
  merchantId: true,
  title: true,
  titleEn: true,
  subTitle: true,
  subTitleEn: true,
  info: true,
  infoEn: true,
  city: true,
  cityEn: true,
  pictures: true,
  guestsMax: true,
  pricing: true,
  onShelf: true,
  mealInfo: true,
  mealPriceFen: true,
  nightlyPriceFen: true,
  marketPriceFen: true,
  merchant: { select: { ownerUserId: true } },
} as const satisfies Prisma.ListingSelect;

type ListingRow = Prisma.ListingGetPayload<{ select: typeof listingColumns }>;

/** Listings that a list may show: on the shelf, of a merchant that is open. */
export const shownInLists = {
  onShelf: true,
  merchant: { status: "open" },
} as const satisfies Prisma.ListingWhereInput;

export function toListingView({ merchant, ...row }: ListingRow): ListingView {
  return {
    ...row,
    id: idOf(row.id),
    merchantId: idOf(row.merchantId),
    hostUserId: idOf(merchant.ownerUserId),
    mealPriceFen: fen(row.mealPriceFen),
    nightlyPriceFen: fen(row.nightlyPriceFen),
    marketPriceFen: fen(row.marketPriceFen),
  };
}
