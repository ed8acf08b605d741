import {
  type FindByMerchantInput,
  type FindPreferredInput,
  type ListingsOutput,
  limits,
} from "@looklook/contracts";
import type { z } from "zod";
import { belowId, type Deps, idOf, legacyTake } from "../shared";
import { listingColumns, shownInLists, toListingView } from "./listing";

type Listings = Promise<z.infer<typeof ListingsOutput>>;

/** Legacy system: guessList is the five newest listings and guesses nothing. */
const latestCount = 5;

/**
 * A page of the listings that the front page puts forward, newest target first (legacy system: homestayList, whose
 * order was left to chance). A page below 1 is the first.
 */
export async function findPreferredListings(
  { db }: Pick<Deps, "db">,
  { page, pageSize }: z.infer<typeof FindPreferredInput>,
): Listings {
  const take = legacyTake(pageSize);
  const skip = (Math.max(page, 1) - 1) * take;
  // Nobody puts that many forward, and a page number has no bound of its own.
  if (skip > limits.pageSizeMax * 1_000) return { listings: [] };
  // The page is cut after what is off the shelf has been left out, so that pages are full.
  const targets = await db.$queryRaw<{ id: bigint }[]>`
    SELECT l.id FROM activity a
    JOIN listing l ON l.id = a.target_id AND l.on_shelf
    JOIN merchant m ON m.id = l.merchant_id AND m.status = 'open'
    WHERE a.kind = 'preferred_listing' AND a.is_on
    ORDER BY a.target_id DESC LIMIT ${take}::int OFFSET ${skip}::int`;
  const rows = await db.listing.findMany({
    where: { id: { in: targets.map(({ id }) => id) } },
    orderBy: { id: "desc" },
    select: listingColumns,
  });
  return { listings: rows.map(toListingView) };
}

/** A merchant's listings, newest first, below `lastId` when it is above 0. */
export async function findListingsByMerchant(
  { db }: Pick<Deps, "db">,
  { merchantId, lastId, pageSize }: z.infer<typeof FindByMerchantInput>,
): Listings {
  const rows = await db.listing.findMany({
    where: { merchantId, id: belowId(lastId), ...shownInLists },
    orderBy: { id: "desc" },
    take: legacyTake(pageSize),
    select: listingColumns,
  });
  return { listings: rows.map(toListingView) };
}

export async function findLatestListings({ db }: Pick<Deps, "db">): Listings {
  const rows = await db.listing.findMany({
    where: shownInLists,
    orderBy: { id: "desc" },
    take: latestCount,
    select: listingColumns,
  });
  return { listings: rows.map(toListingView) };
}

/** A merchant's listings for a filter in the console, also those off the shelf. */
export async function findListingChoices({ db }: Pick<Deps, "db">, { merchantId }: { merchantId: number }) {
  const rows = await db.listing.findMany({
    where: { merchantId },
    orderBy: { id: "asc" },
    select: { id: true, title: true, titleEn: true },
  });
  return { listings: rows.map((row) => ({ ...row, id: idOf(row.id) })) };
}
