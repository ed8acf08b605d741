import { ListingView, limits, SearchListingsOutput } from "@looklook/contracts";
import { testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addDays } from "../shared";
import { extendInventory } from "./extend-inventory";
import { addFavourite, findFavourites, removeFavourite } from "./favourites";
import {
  findLatestListings,
  findListingChoices,
  findListingsByMerchant,
  findPreferredListings,
} from "./find-listings";
import { getAvailability } from "./get-availability";
import { getListing } from "./get-listing";
import { getQuote } from "./get-quote";
import { searchListings } from "./search-listings";

let world: World;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.drop());

const now = "2025-04-01T12:00:00+08:00";
const idsOf = ({ listings }: { listings: readonly { id: number }[] }) => listings.map(({ id }) => id);
const nightOf = (listingId: number, night: string) => ({
  where: { listingId_night: { listingId, night: new Date(`${night}T00:00:00Z`) } },
});

describe("a listing", () => {
  test("is shown as it is, also off the shelf", async () => {
    const { merchantId, ownerUserId } = await world.given.merchant();
    const { listingId } = await world.given.listing({ merchantId, title: "湖景房", onShelf: false });
    const shown = await getListing(world.depsAt(now), { id: listingId });
    expect(ListingView.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      id: listingId,
      merchantId,
      hostUserId: ownerUserId,
      title: "湖景房",
      onShelf: false,
    });
  });

  test.each([987_654_321, 0, -1, Number.MAX_SAFE_INTEGER])("with id %d there is none", async (id) => {
    await expect(getListing(world.depsAt(now), { id })).rejects.toMatchObject({ code: "LISTING_NOT_FOUND" });
  });
});

describe("lists", () => {
  beforeEach(async () => {
    await world.db.activity.deleteMany();
  });

  test("put forward what is on, newest target first, in full pages without what is not for sale", async () => {
    const made = [];
    for (let nth = 0; nth < 6; nth += 1) made.unshift(await world.given.listing());
    const off = await world.given.listing({ onShelf: false });
    const shut = await world.given.listing({
      merchantId: (await world.given.merchant({ status: "closed" })).merchantId,
    });
    const notOn = await world.given.listing();
    await world.db.activity.createMany({
      data: [...made, off, shut, notOn].map(({ listingId }) => ({
        kind: "preferred_listing" as const,
        targetId: listingId,
        isOn: listingId !== notOn.listingId,
      })),
    });
    const ids = made.map(({ listingId }) => listingId);
    const page = (page: number, pageSize: number) =>
      findPreferredListings(world.depsAt(now), { page, pageSize });
    expect(idsOf(await page(1, 4))).toEqual(ids.slice(0, 4));
    expect(idsOf(await page(2, 4))).toEqual(ids.slice(4));
    expect(idsOf(await page(3, 4))).toEqual([]);
    expect(idsOf(await page(0, 4))).toEqual(ids.slice(0, 4));
    expect(idsOf(await page(-5, 100))).toEqual(ids);
    expect(idsOf(await page(1, 0))).toEqual([]);
    expect(idsOf(await page(1, -1))).toEqual(ids);
    expect(idsOf(await page(Number.MAX_SAFE_INTEGER, 100))).toEqual([]);
    expect(idsOf(await page(1, Number.MAX_SAFE_INTEGER))).toEqual(ids);
  });

  test("a house's listings come newest first, below the last one seen", async () => {
    const { merchantId } = await world.given.merchant();
    const made = [];
    for (let nth = 0; nth < 4; nth += 1) made.unshift((await world.given.listing({ merchantId })).listingId);
    const off = await world.given.listing({ merchantId, onShelf: false });
    const page = (lastId: number, pageSize = 20) =>
      findListingsByMerchant(world.depsAt(now), { merchantId, lastId, pageSize });
    expect(idsOf(await page(0))).toEqual(made);
    expect(idsOf(await page(made[1] ?? 0, 1))).toEqual([made[2]]);
    expect(idsOf(await page(-3))).toEqual(made);
    expect(idsOf(await page(0, 0))).toEqual([]);
    const choices = await findListingChoices(world.depsAt(now), { merchantId });
    expect(idsOf(choices)).toEqual([...[...made].reverse(), off.listingId]);
    expect(
      idsOf(await findListingsByMerchant(world.depsAt(now), { merchantId: -1, lastId: 0, pageSize: 5 })),
    ).toEqual([]);
  });

  test("the latest are five", async () => {
    const made = [];
    for (let nth = 0; nth < 6; nth += 1) made.unshift((await world.given.listing()).listingId);
    await world.given.listing({ onShelf: false });
    expect(idsOf(await findLatestListings(world.depsAt(now)))).toEqual(made.slice(0, 5));
  });
});

describe("the calendar of a listing", () => {
  const free = async (listingId: number, fromDate: string, toDate: string, instant = now) =>
    (await getAvailability(world.depsAt(instant), { listingId, fromDate, toDate })).nights;

  test("says for each night what is free and what it costs", async () => {
    const { listingId } = await world.given.listing({ units: 2, weekendPriceFen: 45_000 });
    await world.given.confirmedBooking({ listingId, checkInDate: "2025-05-01", checkOutDate: "2025-05-02" });
    await world.db.listingNight.update({ ...nightOf(listingId, "2025-05-03"), data: { closed: true } });
    expect(await free(listingId, "2025-05-01", "2025-05-05")).toEqual([
      { night: "2025-05-01", priceFen: 30_000, free: 1, closed: false },
      { night: "2025-05-02", priceFen: 45_000, free: 2, closed: false },
      { night: "2025-05-03", priceFen: 45_000, free: 0, closed: true },
      { night: "2025-05-04", priceFen: 30_000, free: 2, closed: false },
    ]);
  });

  test("begins today and ends where nights end", async () => {
    const { listingId } = await world.given.listing();
    const nights = await free(listingId, "2025-03-20", "2025-04-03", "2025-04-02T00:00:00+08:00");
    expect(nights.map(({ night }) => night)).toEqual(["2025-04-02"]);
    expect(await free(listingId, "0000-01-01", "0000-02-01")).toEqual([]);
    expect(await free(listingId, "9999-11-01", "9999-12-31")).toEqual([]);
    expect(await free(listingId, "2025-05-02", "2025-05-01")).toEqual([]);
  });

  test("has nothing free where nothing is for sale", async () => {
    const { listingId } = await world.given.listing({ onShelf: false });
    expect((await free(listingId, "2025-05-01", "2025-05-03")).map((night) => night.free)).toEqual([0, 0]);
  });

  test("answers 92 days at most, and of no listing none", async () => {
    const { listingId } = await world.given.listing();
    expect(await free(listingId, "2025-05-01", addDays("2025-05-01", 92))).toHaveLength(92);
    await expect(free(listingId, "2025-05-01", addDays("2025-05-01", 93))).rejects.toMatchObject({
      code: "INVALID_INPUT",
      facts: { field: "toDate" },
    });
    await expect(free(-1, "2025-05-01", "2025-05-02")).rejects.toMatchObject({ code: "LISTING_NOT_FOUND" });
  });
});

describe("a quote", () => {
  const asked = { checkInDate: "2025-05-01", checkOutDate: "2025-05-03", guests: 2, withMeals: true };

  test("is what booking it now would cost", async () => {
    const { merchantId } = await world.given.merchant({ holdMinutes: 20 });
    const { listingId } = await world.given.listing({ merchantId, weekendPriceFen: 45_000 });
    const quote = await getQuote(world.depsAt(now), { listingId, ...asked });
    expect(quote).toEqual({
      nights: [
        { night: "2025-05-01", priceFen: 30_000 },
        { night: "2025-05-02", priceFen: 45_000 },
      ],
      roomTotalFen: 75_000,
      mealTotalFen: 20_000,
      totalFen: 95_000,
      holdMinutes: 20,
    });
    const booked = await world.given.pendingBooking({ listingId, ...asked });
    expect(booked.totalFen).toBe(quote.totalFen);
  });

  test.each([
    ["TOO_MANY_GUESTS", { guests: 9 }],
    ["STAY_IN_PAST", { checkInDate: "2025-03-01" }],
    ["STAY_WITHOUT_NIGHTS", { checkOutDate: "2025-05-01" }],
    ["NIGHTS_TAKEN", { checkInDate: "2025-06-01", checkOutDate: "2025-06-02" }],
    ["NIGHT_CLOSED", { checkInDate: "2025-06-02", checkOutDate: "2025-06-03" }],
    ["LISTING_NOT_FOUND", { listingId: 987_654_321 }],
  ])("is refused with %s as booking would be", async (code, change) => {
    const { listingId } = await world.given.listing();
    await world.db.listingNight.update({ ...nightOf(listingId, "2025-06-01"), data: { total: 0 } });
    await world.db.listingNight.update({ ...nightOf(listingId, "2025-06-02"), data: { closed: true } });
    await expect(getQuote(world.depsAt(now), { listingId, ...asked, ...change })).rejects.toMatchObject({
      code,
    });
  });
});

describe("searching", () => {
  const search = async (change: Partial<Parameters<typeof searchListings>[1]> = {}) => {
    const found = await searchListings(world.depsAt(now), {
      city: "",
      checkInDate: "2025-05-01",
      checkOutDate: "2025-05-03",
      guests: 2,
      cursor: null,
      limit: 20,
      ...change,
    });
    expect(SearchListingsOutput.parse(found)).toEqual(found);
    return { ...found, ids: found.listings.map(({ listing }) => listing.id) };
  };

  test("finds what has every night free for all guests, and what it would cost", async () => {
    const city = { city: "大理", cityEn: "Dali" };
    const room = await world.given.listing({ ...city, weekendPriceFen: 45_000 });
    const beds = await world.given.listing({ ...city, pricing: "per_person", nightlyPriceFen: 8_000 });
    const taken = await world.given.listing(city);
    await world.given.confirmedBooking({ listingId: taken.listingId, checkInDate: "2025-05-02" });
    const closed = await world.given.listing(city);
    await world.db.listingNight.update({
      ...nightOf(closed.listingId, "2025-05-01"),
      data: { closed: true },
    });
    const short = await world.given.listing(city);
    await world.db.listingNight.deleteMany({
      where: { listingId: short.listingId, night: new Date("2025-05-02T00:00:00Z") },
    });
    await world.given.listing({ ...city, onShelf: false });
    await world.given.listing({ ...city, guestsMax: 1 });
    await world.given.listing({
      ...city,
      merchantId: (await world.given.merchant({ status: "closed" })).merchantId,
    });
    const found = await search({ city: "大理" });
    expect(found.listings.map(({ listing, roomTotalFen }) => [listing.id, roomTotalFen])).toEqual([
      [beds.listingId, 32_000],
      [room.listingId, 75_000],
    ]);
    expect((await search({ city: "DALI" })).ids).toEqual(found.ids);
    expect((await search({ city: "大" })).ids).toEqual([]);
    expect(
      (await search({ city: "大理", checkInDate: "2025-05-01", checkOutDate: "2025-05-02" })).ids,
    ).toContain(taken.listingId);
    expect((await search({ limit: 100 })).ids).toEqual(expect.arrayContaining(found.ids));
  });

  test("goes on below its cursor", async () => {
    const made = [];
    for (let nth = 0; nth < 3; nth += 1)
      made.unshift((await world.given.listing({ city: "阳朔" })).listingId);
    const first = await search({ city: "阳朔", limit: 2 });
    expect([first.ids, first.nextCursor]).toEqual([made.slice(0, 2), made[1]]);
    const second = await search({ city: "阳朔", limit: 2, cursor: first.nextCursor });
    expect([second.ids, second.nextCursor]).toEqual([made.slice(2), null]);
  });

  test.each([
    ["STAY_IN_PAST", { checkInDate: "0000-01-01" }],
    ["STAY_WITHOUT_NIGHTS", { checkOutDate: "2025-05-01" }],
    ["STAY_TOO_LONG", { checkOutDate: "9999-12-31" }],
    ["BOOKING_TOO_FAR", { checkInDate: "2026-04-01", checkOutDate: "2026-04-02" }],
  ])("is refused with %s", async (code, change) => {
    await expect(search(change)).rejects.toMatchObject({ code });
  });
});

describe("a calendar a year ahead", () => {
  const nightsOf = (listingId: number) =>
    world.db.listingNight.findMany({ where: { listingId }, orderBy: { night: "asc" } });
  const bare = async (change: { weekendPriceFen?: number | null; units?: number } = {}) => {
    const { listingId } = await world.given.listing(change);
    await world.db.listingNight.deleteMany({ where: { listingId } });
    return listingId;
  };

  test("begins with today at the listing and knows weekends", async () => {
    const listingId = await bare({ weekendPriceFen: 45_000, units: 3 });
    // Already 2 April in Shanghai.
    const deps = world.depsAt("2025-04-01T16:00:00Z");
    expect(await extendInventory(deps, { listingId })).toBe(limits.calendarAheadDays);
    const nights = await nightsOf(listingId);
    expect(nights).toHaveLength(366);
    expect(nights[0]?.night.toISOString()).toBe("2025-04-02T00:00:00.000Z");
    expect(nights.at(-1)?.night.toISOString()).toBe("2026-04-02T00:00:00.000Z");
    for (const { night, priceFen, total, sold, closed } of nights) {
      const isWeekend = [5, 6].includes(night.getUTCDay());
      expect({ priceFen, total, sold, closed }).toEqual({
        priceFen: isWeekend ? 45_000 : 30_000,
        total: 3,
        sold: 0,
        closed: false,
      });
    }
  });

  test("moves on with the days and leaves what is there alone, however often it runs", async () => {
    const listingId = await bare();
    const deps = world.depsAt("2025-04-01T12:00:00+08:00");
    await extendInventory(deps, { listingId });
    await world.db.listingNight.update({
      ...nightOf(listingId, "2025-05-01"),
      data: { priceFen: 1, closed: true },
    });
    expect(await extendInventory(deps, { listingId })).toBe(0);
    deps.clock.forward(3 * 86_400_000);
    const counts = await Promise.all([
      extendInventory(deps, { listingId }),
      extendInventory(deps, { listingId }),
    ]);
    expect(counts.sort()).toEqual([0, 3]);
    const nights = await nightsOf(listingId);
    expect(nights).toHaveLength(369);
    expect(nights.find(({ night }) => night.toISOString().startsWith("2025-05-01"))).toMatchObject({
      priceFen: 1,
      closed: true,
    });
  });

  test("is given to every listing, also one whose calendar ran out long ago", async () => {
    const [one, two] = [await bare(), await bare()];
    await extendInventory(world.depsAt("2023-01-01T12:00:00+08:00"), { listingId: two });
    await extendInventory(world.depsAt(now));
    for (const listingId of [one, two]) {
      const ahead = (await nightsOf(listingId)).filter(
        ({ night }) => night >= new Date("2025-04-01T00:00:00Z"),
      );
      expect(ahead).toHaveLength(366);
    }
  });
});

test("favourites are kept once, newest first, and taken away again", async () => {
  const { userId } = await world.given.guest();
  const { listingId, merchantId } = await world.given.listing({ title: "湖景房" });
  const deps = world.depsAt(now);
  const listing = { userId, kind: "listing", id: listingId } as const;
  const house = { userId, kind: "merchant", id: merchantId } as const;
  await Promise.all([addFavourite(deps, listing), addFavourite(deps, listing)]);
  await addFavourite(deps, house);
  const mine = async (change = {}) =>
    (await findFavourites(deps, { userId, lastId: 0, pageSize: 20, ...change })).favourites;
  expect(await mine()).toMatchObject([
    { kind: "merchant", id: merchantId },
    { kind: "listing", id: listingId, title: "湖景房", cover: "/pictures/1.webp" },
  ]);
  expect(await mine({ lastId: (await mine())[0]?.favouriteId })).toMatchObject([{ kind: "listing" }]);
  expect(await mine({ pageSize: 0 })).toEqual([]);
  await removeFavourite(deps, listing);
  await removeFavourite(deps, listing);
  // Somebody else's is not theirs to take.
  await removeFavourite(deps, { ...house, userId: (await world.given.guest()).userId });
  expect(await mine()).toMatchObject([{ kind: "merchant" }]);
  await expect(addFavourite(deps, { ...listing, id: 987_654_321 })).rejects.toMatchObject({
    code: "LISTING_NOT_FOUND",
  });
  await expect(addFavourite(deps, { ...house, id: 987_654_321 })).rejects.toMatchObject({
    code: "MERCHANT_NOT_FOUND",
  });
});
