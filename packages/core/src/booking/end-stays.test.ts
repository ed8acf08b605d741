import { testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endStays } from "./end-stays";

let world: World;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.drop());

const statusOf = async ({ id }: { id: number }) =>
  (await world.db.booking.findUniqueOrThrow({ where: { id } })).status;

test("stays end on their check-out day, each as it was lived, and once", async () => {
  const stay = { checkInDate: "2025-05-01", checkOutDate: "2025-05-03" };
  const slept = await world.given.checkedInBooking(stay);
  const missed = await world.given.confirmedBooking(stay);
  const longer = await world.given.checkedInBooking({ ...stay, checkOutDate: "2025-05-04" });
  const unpaid = await world.given.pendingBooking(stay);
  const gone = await world.given.cancelledBooking(stay);

  // A guest may still arrive on the last evening.
  expect(await endStays(world.depsAt("2025-05-02T23:59:59+08:00"))).toEqual({ completed: 0, noShows: 0 });
  const deps = world.depsAt("2025-05-03T00:00:00+08:00");
  expect(await endStays(deps)).toEqual({ completed: 1, noShows: 1 });
  expect(await endStays(deps)).toEqual({ completed: 0, noShows: 0 });
  expect(await Promise.all([slept, missed, longer, unpaid, gone].map(statusOf))).toEqual([
    "completed",
    "no_show",
    "checked_in",
    "pending_payment",
    "cancelled",
  ]);
  const history = await world.db.bookingTransition.findMany({
    where: { at: deps.clock.now() },
    orderBy: { id: "asc" },
  });
  expect(
    history.map(({ bookingId, from, to, actorKind }) => [Number(bookingId), from, to, actorKind]),
  ).toEqual([
    [slept.id, "checked_in", "completed", "system"],
    [missed.id, "confirmed", "no_show", "system"],
  ]);
});

test("a check-in that can still be taken back is left alone", async () => {
  const late = await world.given.checkedInBooking({
    checkInDate: "2025-06-01",
    checkOutDate: "2025-06-02",
    checkedInAt: "2025-06-01T23:55:00+08:00",
  });
  await endStays(world.depsAt("2025-06-02T00:10:00+08:00"));
  expect(await statusOf(late)).toBe("checked_in");
  await endStays(world.depsAt("2025-06-02T00:10:00.001+08:00"));
  expect(await statusOf(late)).toBe("completed");
});

test("two workers that end stays at once end each one once", async () => {
  const stay = { checkInDate: "2025-07-01", checkOutDate: "2025-07-02" };
  for (let nth = 0; nth < 4; nth += 1) await world.given.checkedInBooking(stay);
  const deps = world.depsAt("2025-07-02T12:00:00+08:00");
  const counts = await Promise.all([endStays(deps), endStays(deps), endStays(deps)]);
  expect(counts.reduce((sum, { completed }) => sum + completed, 0)).toBe(4);
});
