import {
  CreateReviewInput,
  CreateReviewOutput,
  FindReviewsInput,
  FindReviewsOutput,
} from "@looklook/contracts";
import { createReview, findReviews } from "@looklook/core";
import { describe, guestProcedure, publicProcedure, router } from "../procedures";

export const reviewRouter = router({
  create: guestProcedure
    .meta(describe("review.create", "A guest's word after the stay, once for each booking"))
    .input(CreateReviewInput)
    .output(CreateReviewOutput)
    .mutation(({ ctx, input }) => createReview(ctx, { ...input, userId: ctx.userId })),

  find: publicProcedure
    .meta(describe("review.find", "Reviews of one listing or of all, newest first"))
    .input(FindReviewsInput)
    .output(FindReviewsOutput)
    .query(({ ctx, input }) => findReviews(ctx, input)),
});
