import { expect, test } from "vitest";
import { z } from "zod";
import { commonEnv, EnvError, parseEnv, rateLimitOverrides } from "./env";

test("a missing variable is named and no value is ever shown", () => {
  const read = () =>
    parseEnv(
      { JWT_ACCESS_SECRET: commonEnv.JWT_ACCESS_SECRET, PII_KEYS: commonEnv.PII_KEYS },
      { PII_KEYS: '{"k1":"c2hvcnQ="}' },
    );
  expect(read).toThrow(EnvError);
  expect(read).toThrow(/JWT_ACCESS_SECRET is missing/);
  expect(read).toThrow(/PII_KEYS has a key that is not 32 bytes/);
  expect(read).not.toThrow(/c2hvcnQ/);
});

test("no secret has a default", () => {
  const shown = parseEnvError({});
  for (const name of [
    "JWT_ACCESS_SECRET",
    "CHECK_IN_CODE_PEPPERS",
    "CHECK_IN_CODE_KEYS",
    "CHECK_IN_QR_KEYS",
    "PII_KEYS",
    "PII_INDEX_KEY",
    "WECHAT_SECRET",
    "WECHAT_API_V3_KEY",
    "WECHAT_MERCHANT_PRIVATE_KEY",
  ]) {
    expect(shown).toContain(`${name} is missing`);
  }
});

test("the current key is the first of its ring", () => {
  const key = (fill: number) => Buffer.alloc(32, fill).toString("base64");
  const { PII_KEYS } = parseEnv(
    { PII_KEYS: commonEnv.PII_KEYS },
    { PII_KEYS: JSON.stringify({ k2: key(2), k1: key(1) }) },
  );
  expect(PII_KEYS.map(({ id }) => id)).toEqual(["k2", "k1"]);
});

test("an empty variable counts as missing", () => {
  expect(parseEnv({ REDIS_URL: z.url().optional() }, { REDIS_URL: "" })).toEqual({});
});

test("a rate limit is overridden by points and seconds, and nonsense is refused by name", () => {
  expect(rateLimitOverrides({ RATE_LIMIT_BOOKING_CREATE: "1000/60" })).toEqual({
    "booking-create": { points: 1000, windowSeconds: 60 },
  });
  expect(() => rateLimitOverrides({ RATE_LIMIT_BOOKING_CREATE: "many" })).toThrow(
    /RATE_LIMIT_BOOKING_CREATE/,
  );
});

function parseEnvError(source: Record<string, string>): string {
  try {
    parseEnv(commonEnv, source);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
