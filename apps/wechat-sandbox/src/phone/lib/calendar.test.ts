import { describe, expect, test } from "vitest";
import {
  addDays,
  areFree,
  canChoose,
  choose,
  dayOf,
  monthsFrom,
  type Night,
  nightsBetween,
  nothingChosen,
  secondsOf,
} from "./calendar";

const night = (day: string, free = 1, isClosed = false): [string, Night] => [
  day,
  { day, price: 300, free, isClosed },
];
const nights = new Map<string, Night>([
  night("2026-05-01"),
  night("2026-05-02"),
  night("2026-05-03"),
  night("2026-05-04", 0),
  night("2026-05-05"),
  night("2026-05-06", 1, true),
]);

describe("days", () => {
  test.each([
    ["2026-01-01", 1_767_196_800],
    ["2026-05-20", 1_779_206_400],
  ])("%s begins at midnight in China", (day, seconds) => {
    expect(secondsOf(day)).toBe(seconds);
    expect(dayOf(seconds)).toBe(day);
    expect(dayOf(seconds + 86_399)).toBe(day);
    expect(dayOf(seconds - 1)).toBe(addDays(day, -1));
  });

  test("nights are counted over months and leap days", () => {
    expect(nightsBetween("2028-02-28", "2028-03-01")).toBe(2);
    expect(nightsBetween("2026-12-31", "2027-01-01")).toBe(1);
  });

  test("a month is whole weeks from Sunday on", () => {
    const [may, june] = monthsFrom("2026-05-20", 2);
    expect(may?.id).toBe("2026-05");
    expect(may?.weeks[0]).toEqual([null, null, null, null, null, "2026-05-01", "2026-05-02"]);
    expect(may?.weeks.flat().filter(Boolean)).toHaveLength(31);
    expect(june?.weeks.every((week) => week.length === 7)).toBe(true);
    expect(monthsFrom("2026-12-05", 2)[1]?.id).toBe("2027-01");
  });
});

describe("choosing a stay", () => {
  test("the first tap is the day of arrival, the second the day of leaving", () => {
    const first = choose(nothingChosen, "2026-05-01", nights);
    expect(first).toEqual({ checkIn: "2026-05-01", checkOut: null });
    expect(choose(first, "2026-05-03", nights)).toEqual({ checkIn: "2026-05-01", checkOut: "2026-05-03" });
  });

  test("a full night can be the day of leaving, and cannot be slept", () => {
    const first = choose(nothingChosen, "2026-05-03", nights);
    expect(choose(first, "2026-05-04", nights).checkOut).toBe("2026-05-04");
    expect(choose(nothingChosen, "2026-05-04", nights)).toBe(nothingChosen);
    expect(canChoose(nothingChosen, "2026-05-06", nights)).toBe(false);
  });

  test("a stay over a full night begins anew instead", () => {
    const first = choose(nothingChosen, "2026-05-02", nights);
    expect(choose(first, "2026-05-05", nights)).toEqual({ checkIn: "2026-05-05", checkOut: null });
  });

  test("an earlier day, or a third tap, begins anew", () => {
    const both = { checkIn: "2026-05-02", checkOut: "2026-05-03" };
    expect(choose(both, "2026-05-01", nights)).toEqual({ checkIn: "2026-05-01", checkOut: null });
    expect(choose({ checkIn: "2026-05-02", checkOut: null }, "2026-05-01", nights).checkIn).toBe(
      "2026-05-01",
    );
  });

  test("a day beyond the calendar is not free", () => {
    expect(areFree(nights, "2026-05-05", "2026-05-09")).toBe(false);
  });
});
