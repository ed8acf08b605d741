import { expect, test } from "vitest";
import { refusalText, textsFor } from "./texts";

test("words are filled in", () => {
  expect(textsFor("zh")("people", { n: 2 })).toBe("2 人");
  expect(textsFor("en")("nights", { n: 1 })).toBe("1 night");
  expect(textsFor("en")("nights", { n: 2 })).toBe("2 nights");
  expect(textsFor("en")("pictureOf", { n: 1, of: 3 })).toBe("Picture 1 of 3");
});

test.each([
  [{ status: 400, code: 101310, message: "所选日期已被订完" }, "zh", "所选日期已被订完"],
  [
    { status: 400, code: 101310, message: "所选日期已被订完" },
    "en",
    "Somebody has just booked these nights.",
  ],
  [{ status: 0, code: 0, message: "offline" }, "en", "No connection. Please try again shortly."],
  [{ status: 429, code: 101001, message: "x", retryAfterSeconds: 7 }, "zh", "操作太快了，请 7 秒后再试"],
  [{ status: 500, code: 0, message: "" }, "zh", "出了点问题"],
  [{ message: "a bug" }, "en", "Something went wrong"],
] as const)("the refusal %o is told in %s", (error, language, text) =>
  expect(refusalText(error, language)).toBe(text),
);
