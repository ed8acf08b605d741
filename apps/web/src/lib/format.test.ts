import { expect, test } from "vitest";
import { bookingNoGroups, codeGroups, dateTime, dayOf, money, stayDate, time } from "./format";

test.each([
  [128_000, "¥1,280.00"],
  [0, "¥0.00"],
  [5, "¥0.05"],
  [99_999_999_99, "¥99,999,999.99"],
  [100_000_00, "¥100,000.00"],
  [-128_050, "\u2212¥1,280.50"],
])("%i fen reads %s", (fen, text) => {
  expect(money(fen)).toBe(text);
});

test.each([
  ["2026-11-23", "zh-CN", "11月23日 周一"],
  ["2026-11-23", "en", "Mon 23 Nov"],
  ["2027-02-28", "zh-CN", "2027年2月28日 周日"],
  ["2027-02-28", "en", "Sun 28 Feb 2027"],
  ["2028-02-29", "en", "Tue 29 Feb 2028"],
] as const)("the day %s reads, in %s, %s", (day, locale, text) => {
  expect(stayDate(day, locale, "2026-11-01")).toBe(text);
});

test("an instant is shown on the houses' day, not on the reader's", () => {
  const lateEvening = new Date("2026-11-22T16:30:00Z");
  expect(dayOf(lateEvening)).toBe("2026-11-23");
  expect(time(lateEvening)).toBe("00:30");
  expect(dateTime(lateEvening, "zh-CN", "2026-11-23")).toBe("11月23日 周一 00:30");
  expect(dateTime(lateEvening, "en", "2026-11-23")).toBe("Mon 23 Nov, 00:30");
});

test("codes and numbers are read in groups, and what is neither is left alone", () => {
  expect(codeGroups("K7QM4T9X")).toBe("K7QM 4T9X");
  expect(codeGroups("K7Q")).toBe("K7Q");
  expect(bookingNoGroups("HSO2026112314153012345678")).toBe("HSO20261123 141530 12345678");
  expect(bookingNoGroups("HSO1")).toBe("HSO1");
});
