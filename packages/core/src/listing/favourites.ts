import type { FavouriteInput, FindFavouritesInput, FindFavouritesOutput } from "@looklook/contracts";
import type { Prisma } from "@looklook/db";
import type { z } from "zod";
import { AppError, belowId, type Deps, idOf, legacyTake } from "../shared";

const favouriteColumns = {
  id: true,
  listing: { select: { id: true, title: true, pictures: true } },
  merchant: { select: { id: true, name: true, cover: true } },
} as const satisfies Prisma.FavouriteSelect;

type FavouriteRow = Prisma.FavouriteGetPayload<{ select: typeof favouriteColumns }>;
type Favourite = z.infer<typeof FavouriteInput> & { userId: number };

/** Keeps a listing or a merchant for its guest; once more is harmless. @throws AppError LISTING_NOT_FOUND | MERCHANT_NOT_FOUND */
export async function addFavourite(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { userId, kind, id }: Favourite,
): Promise<{ ok: true }> {
  const target =
    kind === "listing"
      ? await db.listing.findUnique({ where: { id }, select: { id: true } })
      : await db.merchant.findUnique({ where: { id }, select: { id: true } });
  if (!target) throw new AppError(kind === "listing" ? "LISTING_NOT_FOUND" : "MERCHANT_NOT_FOUND");
  await db.favourite.createMany({
    data: [{ userId, ...columnOf(kind, id), createdAt: clock.now() }],
    skipDuplicates: true,
  });
  return { ok: true };
}

/** Takes a favourite away; one that is none is no error. */
export async function removeFavourite(
  { db }: Pick<Deps, "db">,
  { userId, kind, id }: Favourite,
): Promise<{ ok: true }> {
  await db.favourite.deleteMany({ where: { userId, ...columnOf(kind, id) } });
  return { ok: true };
}

/** A guest's favourites, the latest first, below the favourite `lastId` when it is above 0. */
export async function findFavourites(
  { db }: Pick<Deps, "db">,
  { userId, lastId, pageSize }: z.infer<typeof FindFavouritesInput> & { userId: number },
): Promise<z.infer<typeof FindFavouritesOutput>> {
  const rows = await db.favourite.findMany({
    where: { userId, id: belowId(lastId) },
    orderBy: { id: "desc" },
    take: legacyTake(pageSize),
    select: favouriteColumns,
  });
  return { favourites: rows.flatMap(toFavourite) };
}

/** At most one: the table's CHECK leaves exactly one target, its types cannot say so. */
function toFavourite({
  id,
  listing,
  merchant,
}: FavouriteRow): z.infer<typeof FindFavouritesOutput>["favourites"] {
  const favouriteId = idOf(id);
  if (listing) {
    const { title, pictures } = listing;
    return [{ favouriteId, kind: "listing", id: idOf(listing.id), title, cover: pictures[0] ?? "" }];
  }
  if (!merchant) return [];
  return [
    { favouriteId, kind: "merchant", id: idOf(merchant.id), title: merchant.name, cover: merchant.cover },
  ];
}

function columnOf(kind: Favourite["kind"], id: number) {
  return kind === "listing" ? { listingId: id } : { merchantId: id };
}
