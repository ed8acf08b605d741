import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { getMyBooking } from "../booking";
import { type PayingWorld, payingWorld } from "../payment/test-world";
import { authenticateGuest } from "./authenticate-guest";
import { logInGuest } from "./log-in-guest";
import { logInWithWechat } from "./log-in-with-wechat";
import { getProfile } from "./profile";
import { registerGuest } from "./register-guest";

let world: PayingWorld;
beforeAll(async () => {
  world = await payingWorld({ seed: "wechat login" });
});
afterAll(() => world.drop());

const password = "湖边-7319-不常见";
let numbers = 13_600_000_000;
let mobile: string;
beforeEach(() => {
  numbers += 1;
  mobile = String(numbers);
});

const person = (phoneNumber = mobile) => world.sandbox.phone.user({ phoneNumber }).openid;
const nobody = { encryptedData: "", iv: "", phoneCode: "", userId: null, ip: "10.0.0.1" };
/** A login of this person, with their number by the button's code unless told otherwise. */
function logIn(openid: string, more: Partial<Parameters<typeof logInWithWechat>[1]> = {}) {
  const { phone } = world.sandbox;
  return logInWithWechat(world.deps, {
    ...nobody,
    code: phone.login(openid),
    phoneCode: phone.phoneNumberCode(openid),
    ...more,
  });
}
const whoIs = async (token: { accessToken: string }) =>
  (await authenticateGuest(world.deps, token.accessToken)).userId;
const profileOf = async (token: { accessToken: string }) =>
  getProfile(world.deps, { userId: await whoIs(token) });

test("a first login opens an account named after the number, and the next one finds it", async () => {
  const openid = person();
  const first = await logIn(openid);
  expect(await profileOf(first)).toMatchObject({ mobile, nickname: `LookLook${mobile.slice(7)}` });
  const again = await logIn(openid, { phoneCode: "" });
  expect(await whoIs(again)).toBe(await whoIs(first));
});

test("the older way of sending the number works, too", async () => {
  const openid = person();
  const { phone } = world.sandbox;
  const code = phone.login(openid);
  // Sealed under the session key of this very login, as the legacy mini-program sends it.
  const sealed = phone.encryptedPhone(openid);
  if (!sealed) throw new Error("the phone has no session yet");
  const token = await logInWithWechat(world.deps, { ...nobody, ...sealed, code });
  expect(await profileOf(token)).toMatchObject({ mobile });
});

test("without a number nobody unknown gets in", async () => {
  await expect(logIn(person(), { phoneCode: "" })).rejects.toMatchObject({ code: "WECHAT_LOGIN_FAILED" });
});

test("a code that WeChat refuses fails, and so does one that was used", async () => {
  const openid = person();
  await expect(logIn(openid, { code: "nonsense" })).rejects.toMatchObject({ code: "WECHAT_LOGIN_FAILED" });
  const code = world.sandbox.phone.login(openid);
  await logIn(openid, { code });
  await expect(logIn(openid, { code })).rejects.toMatchObject({ code: "WECHAT_LOGIN_FAILED" });
});

test("a number sealed for another app, or long ago, proves nothing", async () => {
  const at = (change: { appId?: string; ageMs?: number }) => ({
    ...world.deps,
    miniProgram: {
      ...world.deps.miniProgram,
      phoneNumberOf: async () => ({
        mobile,
        appId: change.appId ?? world.deps.pay.appId,
        at: new Date(world.clock.now().getTime() - (change.ageMs ?? 0)),
      }),
    },
  });
  const openid = person();
  const input = () => ({ ...nobody, code: world.sandbox.phone.login(openid), phoneCode: "x" });
  for (const change of [{ appId: "wx-somebody-else" }, { ageMs: 301_000 }])
    await expect(logInWithWechat(at(change), input())).rejects.toMatchObject({ code: "WECHAT_LOGIN_FAILED" });
  await expect(logInWithWechat(at({ ageMs: 299_000 }), input())).resolves.toBeDefined();
});

test("whoever registered a number without proof loses password and tokens to the person who has it", async () => {
  const squatter = await registerGuest(world.deps, { mobile, password, ip: "10.0.0.9" });
  const userId = await whoIs(squatter);
  // In the same second: the worst moment to tell old tokens from new ones.
  const owner = await logIn(person());
  expect(await whoIs(owner)).toBe(userId);
  await expect(whoIs(squatter)).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
  await expect(logInGuest(world.deps, { mobile, password, ip: "10.0.0.9" })).rejects.toMatchObject({
    code: "WRONG_PASSWORD",
  });
  world.clock.advance(60_000);
  expect(await whoIs(owner)).toBe(userId);
});

test("an account that only registered sees no check-in code until WeChat proves its number", async () => {
  const token = await registerGuest(world.deps, { mobile, password, ip: "10.0.0.9" });
  const userId = await whoIs(token);
  const { bookingNo } = await world.given.confirmedBooking({ userId, checkInDate: "2026-06-20" });
  const seen = () => getMyBooking(world.deps, { userId, bookingNo });
  expect(await seen()).toMatchObject({ checkInCode: "", checkInQr: "" });
  await logIn(person(), { userId });
  expect((await seen()).checkInCode).toHaveLength(8);
});

test("a token that is sent binds WeChat to its guest, who keeps the password", async () => {
  const registered = await registerGuest(world.deps, { mobile, password, ip: "10.0.0.9" });
  const userId = await whoIs(registered);
  const openid = person();
  const bound = await logIn(openid, { userId });
  expect(await whoIs(bound)).toBe(userId);
  expect(await whoIs(await logIn(openid, { phoneCode: "" }))).toBe(userId);
  expect(await whoIs(await logInGuest(world.deps, { mobile, password, ip: "10.0.0.9" }))).toBe(userId);
  expect(await whoIs(registered)).toBe(userId);
});

test("nobody is bound twice, in either direction", async () => {
  const first = await whoIs(await logIn(person()));
  numbers += 1;
  const other = person(String(numbers));
  const second = await whoIs(await logIn(other));
  await expect(logIn(other, { userId: first })).rejects.toMatchObject({ code: "WECHAT_ALREADY_BOUND" });
  numbers += 1;
  await expect(logIn(person(String(numbers)), { userId: second })).rejects.toMatchObject({
    code: "WECHAT_ALREADY_BOUND",
  });
});

test("a proven number stays with its WeChat account", async () => {
  await logIn(person());
  await expect(logIn(person(mobile))).rejects.toMatchObject({ code: "WECHAT_ALREADY_BOUND" });
});

test("a number that another WeChat account only claims goes to the person who has it", async () => {
  const claimed = await registerGuest(world.deps, { mobile, password, ip: "10.0.0.9" });
  const claimant = await whoIs(claimed);
  numbers += 1;
  await logIn(person(String(numbers)), { userId: claimant, phoneCode: "" });
  const owner = await whoIs(await logIn(person()));
  expect(owner).not.toBe(claimant);
  expect(await getProfile(world.deps, { userId: claimant })).toMatchObject({ mobile: "" });
  expect(await getProfile(world.deps, { userId: owner })).toMatchObject({ mobile });
});

test("two taps at once are one account", async () => {
  const openid = person();
  const both = await Promise.all([logIn(openid), logIn(openid)]);
  expect(await whoIs(both[0])).toBe(await whoIs(both[1]));
});

test("a phone code, which costs money, is spent only where a number is still to be proven", async () => {
  const openid = person();
  await logIn(openid);
  let asked = 0;
  const deps = {
    ...world.deps,
    miniProgram: {
      ...world.deps.miniProgram,
      phoneNumberOf: async () => {
        asked += 1;
        throw new Error("not to be asked");
      },
    },
  };
  await logInWithWechat(deps, { ...nobody, code: world.sandbox.phone.login(openid), phoneCode: "x" });
  expect(asked).toBe(0);
});

test("only refused codes count against an address", async () => {
  const taken: string[] = [];
  const deps = {
    ...world.deps,
    limiter: {
      ...world.deps.limiter,
      take: async (name: string, subject: string) => {
        taken.push(`${name} ${subject.split(":")[0]}`);
        return { allowed: true, retryAfterMs: 0 };
      },
    },
  };
  const openid = person();
  await logInWithWechat(deps, {
    ...nobody,
    code: world.sandbox.phone.login(openid),
    phoneCode: world.sandbox.phone.phoneNumberCode(openid),
  });
  await logInWithWechat(deps, { ...nobody, code: "nonsense" }).catch(() => {});
  expect(taken).toEqual(["wechat-login openid", "wechat-login refused"]);
});
