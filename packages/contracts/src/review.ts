import { z } from "zod";
import { BookingNo, Id, LegacyPage, Text } from "./common";
import { limits } from "./limits";

const Rating = z.int().min(1).max(5);
export const ReviewRatings = z.strictObject({
  cleanliness: Rating,
  location: Rating,
  service: Rating,
  value: Rating,
});
export type ReviewRatings = z.infer<typeof ReviewRatings>;

export const CreateReviewInput = z.strictObject({
  bookingNo: BookingNo,
  content: Text.trim().min(1).max(limits.reviewLengthMax),
  ratings: ReviewRatings,
});
export const CreateReviewOutput = z.strictObject({ reviewId: Id });

export const ReviewView = z.strictObject({
  id: Id,
  listingId: Id,
  content: z.string(),
  /** Mean of the dimensions, one decimal. */
  star: z.number(),
  ratings: ReviewRatings,
  userId: Id,
  nickname: z.string(),
  avatar: z.string(),
  reply: z.string().nullable(),
  createdAt: z.date(),
});
export type ReviewView = z.infer<typeof ReviewView>;
/** `listingId` null: of all listings. */
export const FindReviewsInput = z.strictObject({
  ...LegacyPage,
  listingId: z.int().nullable().default(null),
});
export const FindReviewsOutput = z.strictObject({ reviews: z.array(ReviewView) });
