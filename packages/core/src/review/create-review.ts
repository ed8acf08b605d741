import type { CreateReviewInput, CreateReviewOutput } from "@looklook/contracts";
import { sqlStateOf } from "@looklook/db";
import type { z } from "zod";
import { AppError, type Deps, fromDbDate, idOf, recordEvent, takePoint, today } from "../shared";

/**
 * A guest's word after the stay, once for each booking. The stay is over when it is completed, or from the check-out
 * day on when the guest was checked in.
 * @throws AppError BOOKING_NOT_FOUND, also for another guest's | REVIEW_NOT_ALLOWED | REVIEW_ALREADY_WRITTEN
 */
export async function createReview(
  deps: Pick<Deps, "db" | "clock" | "random" | "traceparent" | "limiter">,
  input: z.infer<typeof CreateReviewInput> & { userId: number },
): Promise<z.infer<typeof CreateReviewOutput>> {
  await takePoint(deps, "review-create", String(input.userId));
  try {
    return await deps.db.$transaction(async (tx) => {
      const booking = await tx.booking.findUnique({
        where: { bookingNo: input.bookingNo, userId: input.userId },
        select: {
          id: true,
          listingId: true,
          merchantId: true,
          status: true,
          timeZone: true,
          checkOutDate: true,
        },
      });
      if (!booking) throw new AppError("BOOKING_NOT_FOUND");
      const isOver =
        booking.status === "completed" ||
        (booking.status === "checked_in" &&
          today(deps.clock, booking.timeZone) >= fromDbDate(booking.checkOutDate));
      if (!isOver) throw new AppError("REVIEW_NOT_ALLOWED");
      const { id } = await tx.review.create({
        data: {
          bookingId: booking.id,
          listingId: booking.listingId,
          merchantId: booking.merchantId,
          userId: input.userId,
          content: input.content,
          ...input.ratings,
          createdAt: deps.clock.now(),
        },
        select: { id: true },
      });
      const reviewId = idOf(id);
      const listingId = idOf(booking.listingId);
      await recordEvent(tx, deps, "review.created", `listing:${listingId}`, {
        listingId,
        merchantId: idOf(booking.merchantId),
        reviewId,
      });
      return { reviewId };
    });
  } catch (error) {
    if (sqlStateOf(error) === "23505") throw new AppError("REVIEW_ALREADY_WRITTEN");
    throw error;
  }
}
