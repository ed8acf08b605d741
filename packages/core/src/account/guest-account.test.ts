import { limits, type RateLimiter } from "@looklook/contracts";
import { testWorld, type World } from "@looklook/testing";
import { SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { authenticateGuest } from "./authenticate-guest";
import { logOutGuest, refreshGuestToken } from "./guest-session";
import { createGuestTokens } from "./guest-tokens";
import { logInGuest } from "./log-in-guest";
import { getProfile, updateProfile } from "./profile";
import { registerGuest } from "./register-guest";

const now = "2025-04-01T10:00:00.700+08:00";
const secret = "a secret that only this file knows, and long";
const password = "湖边-7319-不常见";
let world: World;
let deps: ReturnType<World["depsAt"]>;
beforeAll(async () => {
  world = await testWorld({ seed: "guests" });
});
afterAll(() => world.drop());
let numbers = 13_500_000_000;
let mobile: string;
beforeEach(() => {
  numbers += 1;
  mobile = String(numbers);
  const at = world.depsAt(now);
  deps = { ...at, guestTokens: createGuestTokens({ secret, random: at.random }) };
});

const register = (of = mobile) => registerGuest(deps, { mobile: of, password, ip: "10.0.0.1" });
const logIn = (typed: string, of = mobile) =>
  logInGuest(deps, { mobile: of, password: typed, ip: "10.0.0.1" });
const idOfToken = async (token: { accessToken: string }) =>
  (await authenticateGuest(deps, token.accessToken)).userId;
/** A token as the legacy system signed it: no jti. */
const legacyToken = (userId: number, { alg = "HS256", iat = seconds(), exp = seconds() + 60 } = {}) =>
  new SignJWT({ jwtUserId: userId, iat, exp }).setProtectedHeader({ alg }).sign(Buffer.from(secret));
const seconds = () => Math.floor(deps.clock.now().getTime() / 1_000);

test("a registered guest logs in, and the answer's times are absolute", async () => {
  const registered = await register();
  const token = await logIn(password);
  expect(await idOfToken(token)).toBe(await idOfToken(registered));
  expect([token.accessExpire - seconds(), token.refreshAfter - seconds()]).toEqual([31_536_000, 15_768_000]);
});

test("a number is registered once, also by two at the same moment", async () => {
  const outcomes = await Promise.allSettled([register(), register()]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  await expect(register()).rejects.toMatchObject({ code: "USER_ALREADY_REGISTERED" });
});

test.each([
  ["password1", "everybody's"],
  ["PASSWORD1", "everybody's in capitals"],
  [`a${13_500_000_000}b`, "the number itself"],
])("%s is refused: %s", async (weak) => {
  const own = weak.replace("13500000000", mobile);
  await expect(registerGuest(deps, { mobile, password: own, ip: "10.0.0.1" })).rejects.toMatchObject({
    code: "WEAK_PASSWORD",
  });
});

test("a wrong password and an unknown number are told apart in words, not in time", async () => {
  await register();
  await expect(logIn("wrong")).rejects.toMatchObject({ code: "WRONG_PASSWORD" });
  await expect(logIn("wrong", "13000000000")).rejects.toMatchObject({ code: "USER_NOT_FOUND" });
  const timed = async (of: string) => {
    const begun = performance.now();
    await logIn("wrong", of).catch(() => {});
    return performance.now() - begun;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let n = 0; n < 5; n += 1) {
    known.push(await timed(mobile));
    unknown.push(await timed("13000000000"));
  }
  // Hashing dominates both; without it the unknown number would answer within a millisecond or two.
  expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 3);
});

test("the number is neither in the table's plain columns nor the same twice when sealed", async () => {
  await register();
  const row = await world.db.user.findFirstOrThrow({ orderBy: { id: "desc" } });
  expect(
    JSON.stringify({ ...row, id: 0, mobileHmac: Buffer.from(row.mobileHmac ?? []).toString("hex") }),
  ).not.toContain(mobile);
  expect(row.passwordHash).toMatch(/^\$argon2id\$/);
  const place = { table: "user", column: "mobile_sealed", id: Number(row.id) };
  expect(deps.personalData.open(row.mobileSealed ?? "", place)).toBe(mobile);
  expect(() => deps.personalData.open(row.mobileSealed ?? "", { ...place, id: 1_000_000 })).toThrow();
  expect(deps.personalData.seal(mobile, place)).not.toBe(deps.personalData.seal(mobile, place));
});

test("attempts are counted for each address and account, and waiting is said", async () => {
  const counted: string[] = [];
  const limiter: RateLimiter = {
    ...deps.limiter,
    take: async (name, subject) => {
      counted.push(`${name} ${subject}`);
      return { allowed: false, retryAfterMs: 12_000 };
    },
  };
  const input = { mobile, password, ip: "10.0.0.7" };
  for (const attempt of [logInGuest, registerGuest])
    await expect(attempt({ ...deps, limiter }, input)).rejects.toMatchObject({
      code: "RATE_LIMITED",
      facts: { retryAfterMs: 12_000 },
    });
  expect(counted).toEqual([`login 10.0.0.7:${mobile}`, `register 10.0.0.7:${mobile}`]);
});

test("without somebody who counts, nobody gets in", async () => {
  const limiter: RateLimiter = { ...deps.limiter, take: () => Promise.reject(new Error("redis is away")) };
  await expect(logInGuest({ ...deps, limiter }, { mobile, password, ip: "" })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
});

test("a legacy token without a jti is taken, one of another algorithm or secret is not", async () => {
  const userId = await idOfToken(await register());
  expect(await authenticateGuest(deps, await legacyToken(userId))).toEqual({ userId, jti: null });
  for (const bad of [
    await legacyToken(userId, { alg: "HS512" }),
    await legacyToken(userId, { exp: seconds() - 1 }),
    await legacyToken(999_999),
    `${await legacyToken(userId)}x`,
    await new SignJWT({ jwtUserId: userId, iat: 1, exp: seconds() + 60 })
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.from("another secret")),
    await new SignJWT({ jwtUserId: String(userId), iat: 1, exp: seconds() + 60 })
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.from(secret)),
    "",
    "a.b.c",
  ])
    await expect(authenticateGuest(deps, bad)).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
});

test("a token ends after a year", async () => {
  const token = await register();
  deps.clock.forward((limits.guestTokenSeconds - 1) * 1_000);
  await expect(idOfToken(token)).resolves.toBeGreaterThan(0);
  deps.clock.forward(2_000);
  await expect(idOfToken(token)).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
});

test("logging out ends that token and no other", async () => {
  const first = await register();
  const second = await logIn(password);
  const caller = await authenticateGuest(deps, first.accessToken);
  await logOutGuest(deps, caller);
  await logOutGuest(deps, caller);
  await expect(idOfToken(first)).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
  expect(await idOfToken(second)).toBe(caller.userId);
});

test("logging out with a legacy token ends all tokens so far, and the next one is good at once", async () => {
  const token = await register();
  const userId = await idOfToken(token);
  const legacy = await legacyToken(userId);
  await logOutGuest(deps, await authenticateGuest(deps, legacy));
  await expect(authenticateGuest(deps, legacy)).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
  await expect(idOfToken(token)).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
  expect(await idOfToken(await logIn(password))).toBe(userId);
});

test("a refreshed token is another one, and the old one lives on", async () => {
  const token = await register();
  const userId = await idOfToken(token);
  const fresh = await refreshGuestToken(deps, { userId });
  expect(fresh.accessToken).not.toBe(token.accessToken);
  expect([await idOfToken(fresh), await idOfToken(token)]).toEqual([userId, userId]);
});

test("a profile changes where it is told to", async () => {
  const userId = await idOfToken(await register());
  const before = await getProfile(deps, { userId });
  const after = await updateProfile(deps, { userId, nickname: "阿湖", sex: 1 });
  expect(after).toEqual({ ...before, nickname: "阿湖", sex: 1, mobile });
  await expect(updateProfile(deps, { userId: 999_999, info: "x" })).rejects.toMatchObject({
    code: "USER_NOT_FOUND",
  });
});
