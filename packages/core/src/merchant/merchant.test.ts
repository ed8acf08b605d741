import { testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addFavourite } from "../listing";
import { findMerchants } from "./find-merchants";
import { findGoodHosts, getHost } from "./hosts";
import { requireMembership } from "./require-membership";

let world: World;
let busy: { merchantId: number; slug: string; ownerUserId: number };
let quiet: typeof busy;
let shut: typeof busy;
const now = "2025-04-01T10:00:00+08:00";

beforeAll(async () => {
  world = await testWorld({ seed: "merchants", instant: now });
  const { given } = world;
  busy = await given.merchant({ name: "热闹" });
  quiet = await given.merchant({ name: "清静" });
  shut = await given.merchant({ name: "关着", status: "closed" });
  const { listingId } = await given.listing({
    merchantId: busy.merchantId,
    units: 5,
    nightlyPriceFen: 30_000,
  });
  const other = await given.listing({ merchantId: quiet.merchantId, nightlyPriceFen: 10_000 });
  // Two people for two nights, 600.00; one for one night, 300.00: 900.00 over five person-nights.
  const first = await given.confirmedBooking({ listingId, checkInDate: "2025-04-02", guests: 2 });
  await given.confirmedBooking({
    listingId,
    checkInDate: "2025-04-03",
    checkOutDate: "2025-04-04",
    guests: 1,
  });
  await given.confirmedBooking({
    listingId: other.listingId,
    checkInDate: "2025-04-02",
    checkOutDate: "2025-04-03",
  });
  // Neither an unpaid nor a cancelled booking counts.
  await given.pendingBooking({ listingId, checkInDate: "2025-05-03" });
  await given.cancelledBooking({ listingId, checkInDate: "2025-06-03" });
  await world.db.review.create({
    data: {
      bookingId: first.id,
      listingId,
      merchantId: busy.merchantId,
      userId: first.userId,
      content: "好",
      cleanliness: 5,
      location: 4,
      service: 5,
      value: 4,
      createdAt: new Date(now),
    },
  });
});
afterAll(() => world.drop());

const find = (input: { lastId?: number; pageSize?: number; userId?: number | null } = {}, at = now) =>
  findMerchants(world.depsAt(at), { lastId: 0, pageSize: 20, userId: null, ...input });

test("cards carry what really happened, newest house first, closed ones left out", async () => {
  const { merchants } = await find();
  expect(merchants.map(({ id }) => id)).toEqual([quiet.merchantId, busy.merchantId]);
  expect(merchants[1]).toMatchObject({
    star: 4.5,
    soldLastMonth: 2,
    spendPerPersonFen: 18_000,
    isFavourite: false,
  });
  expect(merchants[0]).toMatchObject({ star: 0, soldLastMonth: 1, spendPerPersonFen: 5_000 });
});

test("sales are of the last thirty days", async () => {
  const { merchants } = await find({}, "2025-05-02T10:00:00+08:00");
  expect(merchants.map(({ soldLastMonth, spendPerPersonFen }) => [soldLastMonth, spendPerPersonFen])).toEqual(
    [
      [0, 5_000],
      [0, 18_000],
    ],
  );
});

test("a favourite is one to its guest only", async () => {
  const { userId } = await world.given.guest();
  await addFavourite(world.depsAt(now), { userId, kind: "merchant", id: busy.merchantId });
  const seen = async (by: number | null) =>
    (await find({ userId: by })).merchants.filter(({ isFavourite }) => isFavourite).map(({ id }) => id);
  expect(await seen(userId)).toEqual([busy.merchantId]);
  expect(await seen(userId + 1)).toEqual([]);
  expect(await seen(null)).toEqual([]);
});

test.each([
  [{ pageSize: 1 }, 1],
  [{ pageSize: 0 }, 0],
  [{ pageSize: -5 }, 2],
  [{ pageSize: 1_000_000 }, 2],
])("a page %j has %i houses", async (page, length) => {
  expect((await find(page)).merchants).toHaveLength(length);
});

test("a page goes on below the last id", async () => {
  expect((await find({ lastId: quiet.merchantId })).merchants.map(({ id }) => id)).toEqual([busy.merchantId]);
});

test("a host has their rank by nights sold, and 0 without any", async () => {
  const deps = world.depsAt(now);
  const rankOf = async (merchantId: number) => (await getHost(deps, { merchantId })).rank;
  expect([
    await rankOf(busy.merchantId),
    await rankOf(quiet.merchantId),
    await rankOf(shut.merchantId),
  ]).toEqual([1, 2, 0]);
  await expect(getHost(deps, { merchantId: 999_999 })).rejects.toMatchObject({ code: "MERCHANT_NOT_FOUND" });
});

test("the front page's hosts are those who are put forward, at most ten", async () => {
  const targets = [busy.ownerUserId, quiet.ownerUserId];
  await world.db.activity.createMany({
    data: [
      { kind: "good_business", targetId: busy.ownerUserId },
      { kind: "good_business", targetId: quiet.ownerUserId },
      { kind: "good_business", targetId: shut.ownerUserId, isOn: false },
    ],
  });
  const { hosts } = await findGoodHosts(world.depsAt(now));
  expect(hosts.map(({ userId }) => userId)).toEqual(targets.sort((a, b) => b - a));
});

test("somebody else's house answers as one that does not exist", async () => {
  const deps = world.depsAt(now);
  const { actor } = await world.given.desk(busy.merchantId, { role: "manager" });
  await expect(requireMembership(deps, actor.consoleUserId, busy.slug)).resolves.toEqual({
    merchant: { id: busy.merchantId, slug: busy.slug, name: "热闹" },
    role: "manager",
  });
  const refusals = await Promise.allSettled(
    [quiet.slug, "no-such-house", ""].map((slug) => requireMembership(deps, actor.consoleUserId, slug)),
  );
  for (const refusal of refusals)
    expect(refusal).toMatchObject({ status: "rejected", reason: { code: "MERCHANT_NOT_FOUND", facts: {} } });
});
