import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addDays, daysBetween } from "../shared";
import { datesRefusal, type NightOffer, nightsRefusal, priceOf, stayRefusal } from "./stay";

const today = "2025-04-01";
const offer = { onShelf: true, merchantOpen: true, guestsMax: 4 };
const stay = { checkInDate: "2025-05-01", checkOutDate: "2025-05-03", guests: 2 };
const night = (date: string, change: Partial<NightOffer> = {}): NightOffer => ({
  night: date,
  priceFen: 30_000,
  closed: false,
  free: 1,
  ...change,
});

describe("what is not for sale", () => {
  test.each([
    ["an ordinary stay", {}, {}, null],
    ["a stay that starts today", {}, { checkInDate: today }, null],
    ["as many guests as fit", {}, { guests: 4 }, null],
    ["a listing off the shelf", { onShelf: false }, {}, "LISTING_OFF_SHELF"],
    ["a house that is closed", { merchantOpen: false }, {}, "MERCHANT_CLOSED"],
    ["a stay that started yesterday", {}, { checkInDate: "2025-03-31" }, "STAY_IN_PAST"],
    ["a stay without a night", {}, { checkOutDate: "2025-05-01" }, "STAY_WITHOUT_NIGHTS"],
    ["a stay that ends before it starts", {}, { checkOutDate: "2025-04-20" }, "STAY_WITHOUT_NIGHTS"],
    ["91 nights", {}, { checkOutDate: addDays("2025-05-01", 91) }, "STAY_TOO_LONG"],
    ["nobody", {}, { guests: 0 }, "TOO_FEW_GUESTS"],
    ["one guest too many", {}, { guests: 5 }, "TOO_MANY_GUESTS"],
  ])("%s", (_what, offered, wanted, refusal) => {
    expect(stayRefusal({ ...offer, ...offered }, { ...stay, ...wanted }, today)).toBe(refusal);
  });

  test("is told by one rule before the next: what no guest can change comes first", () => {
    const everything = { checkInDate: "2025-03-01", checkOutDate: "2025-03-01", guests: 0 };
    const shut = { onShelf: false, merchantOpen: false, guestsMax: 4 };
    expect(stayRefusal(shut, everything, today)).toBe("LISTING_OFF_SHELF");
    expect(stayRefusal({ ...shut, onShelf: true }, everything, today)).toBe("MERCHANT_CLOSED");
    expect(stayRefusal(offer, everything, today)).toBe("STAY_IN_PAST");
  });

  test("any stay of 1 to 90 nights that starts from today on and ends within 330 days is for sale, and no other", () => {
    fc.assert(
      fc.property(fc.integer({ min: -3, max: 340 }), fc.integer({ min: -2, max: 95 }), (ahead, nights) => {
        const checkInDate = addDays(today, ahead);
        const checkOutDate = addDays(checkInDate, nights);
        const isForSale = ahead >= 0 && nights >= 1 && nights <= 90 && ahead + nights <= 330;
        expect(datesRefusal({ checkInDate, checkOutDate }, today) === null).toBe(isForSale);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("nights that cannot be had", () => {
  test.each([
    ["all free", [night("2025-05-01"), night("2025-05-02")], null],
    ["one beyond the calendar", [night("2025-05-01")], "NIGHT_CLOSED"],
    ["one closed", [night("2025-05-01"), night("2025-05-02", { closed: true })], "NIGHT_CLOSED"],
    ["one taken", [night("2025-05-01", { free: 0 }), night("2025-05-02")], "NIGHTS_TAKEN"],
    [
      "closed says more than taken",
      [night("2025-05-01", { free: 0 }), night("2025-05-02", { closed: true })],
      "NIGHT_CLOSED",
    ],
  ])("%s", (_what, nights, refusal) => {
    expect(nightsRefusal(nights, stay)).toBe(refusal);
  });
});

describe("the price", () => {
  const nights = [night("2025-05-01", { priceFen: 30_000 }), night("2025-05-02", { priceFen: 42_000 })];
  test.each([
    ["a room for its nights", "per_room", 3, false, 72_000, 0],
    ["a room and meals for three", "per_room", 3, true, 72_000, 30_000],
    ["a bed for each of three", "per_person", 3, false, 216_000, 0],
    ["a bed and meals for each of three", "per_person", 3, true, 216_000, 30_000],
  ] as const)("%s", (_what, pricing, guests, withMeals, roomTotalFen, mealTotalFen) => {
    expect(priceOf({ nights, pricing, guests, withMeals, mealPriceFen: 5_000 })).toEqual({
      roomTotalFen,
      mealTotalFen,
      totalFen: roomTotalFen + mealTotalFen,
    });
  });

  test("of a stay cut in two is the price of its halves", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2, maxLength: 90 }),
        fc.nat(),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom("per_room" as const, "per_person" as const),
        (prices, cut, guests, pricing) => {
          const all = prices.map((priceFen) => ({ priceFen }));
          const at = (cut % (all.length - 1)) + 1;
          const total = (part: typeof all) =>
            priceOf({ nights: part, pricing, guests, withMeals: true, mealPriceFen: 777 }).totalFen;
          expect(total(all.slice(0, at)) + total(all.slice(at))).toBe(total(all));
        },
      ),
    );
  });

  test("counts as many nights as the calendar has between two days", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000 }),
        fc.integer({ min: 0, max: 90 }),
        (ahead, nightCount) => {
          const from = addDays("2023-12-01", ahead);
          expect(daysBetween(from, addDays(from, nightCount))).toBe(nightCount);
        },
      ),
    );
  });
});
