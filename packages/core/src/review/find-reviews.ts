import type { FindReviewsInput, FindReviewsOutput } from "@looklook/contracts";
import type { z } from "zod";
import { belowId, type Deps, idOf, legacyTake } from "../shared";

/** Reviews of one listing, or of all where `listingId` is null, newest first. */
export async function findReviews(
  { db }: Pick<Deps, "db">,
  input: z.infer<typeof FindReviewsInput>,
): Promise<z.infer<typeof FindReviewsOutput>> {
  const rows = await db.review.findMany({
    where: { listingId: input.listingId ?? undefined, id: belowId(input.lastId) },
    orderBy: { id: "desc" },
    take: legacyTake(input.pageSize),
    select: {
      id: true,
      listingId: true,
      userId: true,
      content: true,
      cleanliness: true,
      location: true,
      service: true,
      value: true,
      reply: true,
      createdAt: true,
      user: { select: { nickname: true, avatar: true } },
    },
  });
  return {
    reviews: rows.map(({ user, cleanliness, location, service, value, ...row }) => ({
      ...row,
      id: idOf(row.id),
      listingId: idOf(row.listingId),
      userId: idOf(row.userId),
      // Sums of four whole ratings: tenths are exact enough to round once.
      star: Math.round(((cleanliness + location + service + value) / 4) * 10) / 10,
      ratings: { cleanliness, location, service, value },
      nickname: user.nickname,
      avatar: user.avatar,
    })),
  };
}
