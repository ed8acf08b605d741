import { expect, test } from "vitest";
import { links, safeNext } from "./links";

test.each([
  ["a path of ours", "/m/haiwan/bookings?q=8800", "/m/haiwan/bookings?q=8800"],
  ["nothing", null, "/"],
  ["another host without a scheme", "//evil.example", "/"],
  ["another host behind a backslash", "/\\evil.example", "/"],
  ["a full address", "https://evil.example/m", "/"],
  ["a line break that browsers drop", "/\n/evil.example", "/"],
  ["the sign-in page itself", "/sign-in?next=/", "/"],
  ["an address that is no page", "/api/auth/signout", "/"],
])("after signing in, %s leads to the right place", (_reason, next, expected) => {
  expect(safeNext(next)).toBe(expected);
});

test("a slug cannot leave its place in an address", () => {
  expect(links.checkIn("../ops")).toBe("/m/..%2Fops/check-in");
});
