import { describe, expect, test } from "vitest";
import { codeText, countdown, dayText, mobileText, money, monthText, pictureUrl, shortMoney } from "./show";

describe("money", () => {
  test.each([
    [688, "¥688"],
    [1280.5, "¥1,280.50"],
    [0.01, "¥0.01"],
    [0, "¥0"],
    [-58, "−¥58"],
    // A sum that floats cannot hold exactly.
    [0.1 + 0.2, "¥0.30"],
  ])("%d yuan read as %s", (yuan, text) => expect(money(yuan)).toBe(text));

  test("a long price is told in tens of thousands, as the Chinese do", () => {
    expect(shortMoney(688)).toBe("688");
    expect(shortMoney(12_340)).toBe("1.2w");
  });
});

describe("days", () => {
  test("are named in both languages", () => {
    expect(dayText("2026-11-23", "zh")).toBe("11月23日 周一");
    expect(dayText("2026-11-23", "en")).toBe("Mon 23 Nov");
    expect(dayText("2026-11-23", "en", false)).toBe("23 Nov");
    expect(monthText("2026-02", "zh")).toBe("2026年2月");
  });
});

describe("countdown", () => {
  test.each([
    [1_800_000, "30:00", false],
    [59_001, "01:00", false],
    [1_000, "00:01", false],
    [0, "00:00", true],
    [-5_000, "00:00", true],
    [7_200_000, "120:00", false],
  ])("%d ms before the end it shows %s", (leftMs, text, isOver) => {
    const nowMs = 1_779_206_400_000;
    expect(countdown((nowMs + leftMs) / 1_000, nowMs)).toEqual({ text, isOver });
  });
});

test("a code is read in two groups", () => {
  expect(codeText("K7QM4T9X")).toBe("K7QM 4T9X");
  expect(codeText("")).toBe("");
});

test("a number is read in three groups", () => expect(mobileText("19900001001")).toBe("199 0000 1001"));

test.each([
  ["/static/listings/a-1.svg", "/bridge/static/listings/a-1.svg"],
  ["http://127.0.0.1:4000/static/a.svg", "/bridge/static/a.svg"],
  ["https://elsewhere.example/b.png", "https://elsewhere.example/b.png"],
  ["", ""],
])("the picture %s is fetched from %s", (address, url) => expect(pictureUrl(address)).toBe(url));
