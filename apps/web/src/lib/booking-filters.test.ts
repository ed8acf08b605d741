import { expect, test } from "vitest";
import { filterQuery, findInput, hasFilters } from "./booking-filters";

const none = { q: "", status: [], listing: null, from: null, to: null, cursor: null };

test("the last day that a person picks is part of what the API is asked for", () => {
  const day = new Date("2026-11-30T00:00:00Z");
  expect(findInput({ ...none, from: day, to: day })).toMatchObject({
    fromDate: "2026-11-30",
    toDate: "2026-12-01",
  });
});

test("filters travel in the address, and what is not set does not", () => {
  expect(filterQuery({ ...none, q: "8800", status: ["confirmed", "checked_in"] })).toBe(
    "q=8800&status=confirmed,checked_in",
  );
  expect(filterQuery(none)).toBe("");
});

test("a position in the list is not a filter", () => {
  expect(hasFilters({ ...none, cursor: 7 })).toBe(false);
  expect(hasFilters({ ...none, status: ["no_show"] })).toBe(true);
});
