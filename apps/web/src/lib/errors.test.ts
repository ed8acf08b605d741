import { expect, test } from "vitest";
import { packRefusal, refusalOf, unpackRefusal } from "./errors";

test("the API's refusal is read with its facts", () => {
  const error = Object.assign(new Error("CHECK_IN_CODE_USED"), {
    data: { code: "CHECK_IN_CODE_USED", facts: { at: "2026-11-23T06:05:00.000Z", by: "林静" } },
  });
  expect(refusalOf(error)).toEqual({
    code: "CHECK_IN_CODE_USED",
    facts: { at: "2026-11-23T06:05:00.000Z", by: "林静" },
  });
});

test.each([
  ["no network", new TypeError("Failed to fetch")],
  ["a proxy's own page", Object.assign(new Error("Unexpected token <"), { data: null })],
  ["a code that is not ours", Object.assign(new Error("x"), { data: { code: "PARSE_ERROR" } })],
  ["nothing at all", undefined],
])("%s reads as: the API cannot be reached", (_reason, error) => {
  expect(refusalOf(error)).toEqual({ code: "UNAVAILABLE", facts: {} });
});

test("how long to wait survives the way through next-auth", () => {
  expect(unpackRefusal(packRefusal({ code: "RATE_LIMITED", facts: { retryAfterMs: 42_000 } }))).toEqual({
    code: "RATE_LIMITED",
    facts: { retryAfterMs: 42_000 },
  });
  expect(unpackRefusal(packRefusal({ code: "SIGN_IN_FAILED", facts: {} }))).toEqual({
    code: "SIGN_IN_FAILED",
    facts: {},
  });
  expect(unpackRefusal("CredentialsSignin").code).toBe("SIGN_IN_FAILED");
});
