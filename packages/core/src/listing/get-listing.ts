import type { GetListingInput, ListingView } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps } from "../shared";
import { listingColumns, toListingView } from "./listing";

/** One listing, also when it is off the shelf: a guest may have its link. @throws AppError LISTING_NOT_FOUND */
export async function getListing(
  { db }: Pick<Deps, "db">,
  { id }: z.infer<typeof GetListingInput>,
): Promise<ListingView> {
  const row = await db.listing.findUnique({ where: { id }, select: listingColumns });
  if (!row) throw new AppError("LISTING_NOT_FOUND");
  return toListingView(row);
}
