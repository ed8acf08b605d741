import { testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createReview } from "./create-review";
import { findReviews } from "./find-reviews";

let world: World;
beforeAll(async () => {
  world = await testWorld({ seed: "reviews" });
});
afterAll(() => world.drop());

const words = { content: "安静，早餐好吃", ratings: { cleanliness: 5, location: 4, service: 5, value: 3 } };
const stay = { checkInDate: "2025-05-01", checkOutDate: "2025-05-03" };
const write = (booking: { bookingNo: string; userId: number }, at: string) =>
  createReview(world.depsAt(at), { ...words, bookingNo: booking.bookingNo, userId: booking.userId });

test("a guest writes from the check-out day on, once, and others read it", async () => {
  const booking = await world.given.checkedInBooking(stay);
  await expect(write(booking, "2025-05-02T23:59:59+08:00")).rejects.toMatchObject({
    code: "REVIEW_NOT_ALLOWED",
  });
  const { reviewId } = await write(booking, "2025-05-03T00:00:00+08:00");
  await expect(write(booking, "2025-05-04T10:00:00+08:00")).rejects.toMatchObject({
    code: "REVIEW_ALREADY_WRITTEN",
  });
  const deps = world.depsAt("2025-05-04T10:00:00+08:00");
  const { reviews } = await findReviews(deps, { listingId: booking.listingId, lastId: 0, pageSize: 10 });
  expect(reviews).toEqual([
    {
      id: reviewId,
      listingId: booking.listingId,
      userId: booking.userId,
      ...words,
      star: 4.3,
      nickname: expect.stringContaining("住客"),
      avatar: "",
      reply: null,
      createdAt: new Date("2025-05-03T00:00:00+08:00"),
    },
  ]);
  expect((await findReviews(deps, { listingId: 999_999, lastId: 0, pageSize: 10 })).reviews).toEqual([]);
  expect((await findReviews(deps, { listingId: null, lastId: reviewId, pageSize: 10 })).reviews).toEqual([]);
  const event = await world.db.outbox.findFirstOrThrow({ where: { name: "review.created" } });
  expect(event).toMatchObject({
    key: `listing:${booking.listingId}`,
    payload: { reviewId, listingId: booking.listingId, merchantId: booking.merchantId },
  });
});

test("two taps at once write one review", async () => {
  const booking = await world.given.checkedInBooking(stay);
  const at = "2025-05-03T10:00:00+08:00";
  const outcomes = await Promise.allSettled([write(booking, at), write(booking, at)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(await world.db.review.count({ where: { bookingId: booking.id } })).toBe(1);
});

test.each([
  ["pending", (given: World["given"]) => given.pendingBooking(stay)],
  ["paid and never arrived", (given: World["given"]) => given.confirmedBooking(stay)],
  ["cancelled", (given: World["given"]) => given.cancelledBooking(stay)],
])("a booking that is %s has nothing to review", async (_, make) => {
  const booking = await make(world.given);
  await expect(write(booking, "2025-05-10T10:00:00+08:00")).rejects.toMatchObject({
    code: "REVIEW_NOT_ALLOWED",
  });
});

test("another guest's booking is not there", async () => {
  const booking = await world.given.checkedInBooking(stay);
  const { userId } = await world.given.guest();
  await expect(write({ ...booking, userId }, "2025-05-10T10:00:00+08:00")).rejects.toMatchObject({
    code: "BOOKING_NOT_FOUND",
  });
});
