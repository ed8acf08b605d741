import { limits } from "@looklook/contracts";
import { testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  authenticateConsole,
  findConsoleSessions,
  revokeConsoleSession,
  signIn,
  signOut,
} from "./console-session";
import { createConsoleUser } from "./create-console-user";

const password = "前台-4471-不常见";
let world: World;
let deps: ReturnType<World["depsAt"]>;
let email: string;
let consoleUserId: number;
let count = 0;
beforeAll(async () => {
  world = await testWorld({ seed: "console sessions" });
});
afterAll(() => world.drop());
beforeEach(async () => {
  deps = world.depsAt("2025-04-01T10:00:00+08:00");
  count += 1;
  email = `desk-${count}@example.com`;
  ({ id: consoleUserId } = await createConsoleUser(deps, { email, password, name: "小李" }));
});

const enter = (typed: { email?: string; password?: string } = {}) =>
  signIn(deps, { email, password, userAgent: "Firefox", ip: "10.0.0.1", ...typed });
const who = (token: string, options?: { isPassive?: boolean }) => authenticateConsole(deps, token, options);

test("a token stands for its person with what they belong to, whatever the case of the address", async () => {
  const { merchantId, slug } = await world.given.merchant({ name: "湖畔" });
  await world.db.membership.create({
    data: { consoleUserId, merchantId, role: "front_desk", createdAt: deps.clock.now() },
  });
  const { token, expiresAt, user } = await enter({ email: email.toUpperCase() });
  expect(user).toEqual({ id: consoleUserId, name: "小李", email });
  expect(expiresAt.getTime() - deps.clock.now().getTime()).toBe(12 * 3_600_000);
  expect(await who(token)).toEqual({
    id: consoleUserId,
    name: "小李",
    email,
    isOperator: false,
    sessionId: expect.any(Number),
    memberships: [{ merchantId, slug, name: "湖畔", nameEn: "", role: "front_desk" }],
  });
});

test("the token has 32 random bytes and only its hash is stored", async () => {
  const { token } = await enter();
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  const rows = await world.db.consoleSession.findMany({ where: { consoleUserId } });
  expect(
    JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? Number(value) : value)),
  ).not.toContain(token);
  expect(rows).toHaveLength(1);
});

test.each([
  ["a wrong password", { password: "wrong" }],
  ["nobody's address", { email: "nobody@example.com" }],
])("%s is one and the same refusal", async (_, typed) => {
  await expect(enter(typed)).rejects.toMatchObject({ code: "SIGN_IN_FAILED", facts: {} });
});

test("somebody disabled neither signs in nor stays signed in", async () => {
  const { token } = await enter();
  await world.db.consoleUser.update({ where: { id: consoleUserId }, data: { disabledAt: deps.clock.now() } });
  await expect(enter()).rejects.toMatchObject({ code: "SIGN_IN_FAILED" });
  expect(await who(token)).toBeNull();
});

test("a session that sits idle for half an hour is over; one in use ends after twelve hours", async () => {
  const idle = await enter();
  deps.clock.forward(limits.consoleSession.idleMs);
  expect(await who(idle.token)).toBeNull();

  const busy = await enter();
  for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
    deps.clock.forward(20 * 60_000);
    expect(await who(busy.token)).not.toBeNull();
  }
  deps.clock.forward(20 * 60_000);
  expect(await who(busy.token)).toBeNull();
});

test("a page that only listens does not keep its session awake", async () => {
  const { token } = await enter();
  deps.clock.forward(20 * 60_000);
  expect(await who(token, { isPassive: true })).not.toBeNull();
  deps.clock.forward(10 * 60_000);
  expect(await who(token, { isPassive: true })).toBeNull();
});

test("being seen is written at most once a minute", async () => {
  const { token } = await enter();
  const seenAt = async () =>
    (await world.db.consoleSession.findFirstOrThrow({ where: { consoleUserId } })).lastSeenAt.getTime();
  const first = await seenAt();
  deps.clock.forward(59_000);
  await who(token);
  expect(await seenAt()).toBe(first);
  deps.clock.forward(1_000);
  await who(token);
  expect(await seenAt()).toBe(first + 60_000);
});

test("a person sees their sessions and ends another; somebody else's is not there", async () => {
  const here = await enter();
  const there = await enter();
  const sessionId = (await who(here.token))?.sessionId ?? 0;
  const { sessions } = await findConsoleSessions(deps, { consoleUserId, sessionId });
  expect(sessions.map(({ isCurrent, userAgent }) => [isCurrent, userAgent])).toEqual([
    [false, "Firefox"],
    [true, "Firefox"],
  ]);
  const other = sessions[0]?.id ?? 0;
  await expect(
    revokeConsoleSession(deps, { sessionId: other, consoleUserId: consoleUserId - 1 }),
  ).rejects.toMatchObject({ code: "NOT_FOUND" });
  await revokeConsoleSession(deps, { sessionId: other, consoleUserId });
  expect([await who(there.token), (await who(here.token))?.id]).toEqual([null, consoleUserId]);
});

test("a signed-out token opens nothing any more", async () => {
  const { token } = await enter();
  await signOut(deps, { sessionId: (await who(token))?.sessionId ?? 0 });
  expect(await who(token)).toBeNull();
  expect(await who("")).toBeNull();
});

test("signing in leaves a line that nobody can take back", async () => {
  await enter();
  const line = await world.db.audit.findFirstOrThrow({ where: { consoleUserId } });
  expect(line.action).toBe("console.signed-in");
  await expect(world.db.audit.delete({ where: { id: line.id } })).rejects.toThrow();
});

test("a common password makes no console user", async () => {
  await expect(
    createConsoleUser(deps, { email: "x@example.com", password: "password1", name: "x" }),
  ).rejects.toMatchObject({ code: "WEAK_PASSWORD" });
});
