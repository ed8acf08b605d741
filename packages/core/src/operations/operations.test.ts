import { EventEnvelope } from "@looklook/contracts";
import { testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consumeEvent, eventStore, relayOutbox } from "../shared";
import { findDeadLetters, replayDeadLetter } from "./dead-letters";
import { findCases } from "./find-cases";
import { purgeExpired } from "./purge-expired";

let world: World;
const now = "2025-04-01T10:00:00+08:00";
const operator = { kind: "operator" as const, consoleUserId: 1, name: "值班" };
beforeAll(async () => {
  world = await testWorld({ seed: "operations" });
});
afterAll(() => world.drop());

test("a dead letter is listed without its body, replayed to its own subscriber, and told in the audit", async () => {
  const deps = world.depsAt(now);
  const booking = await world.given.pendingBooking({ checkInDate: "2025-05-01" });
  const sent: EventEnvelope[] = [];
  const relay = () =>
    relayOutbox(
      { pool: world.pool, clock: deps.clock },
      {
        async publish(messages) {
          for (const { value } of messages) sent.push(EventEnvelope.parse(JSON.parse(value)));
        },
        addJobs: async () => {},
        limit: 100,
        legacyPayStatus: false,
      },
    );
  await relay();
  const event = sent.find(({ key }) => key === booking.bookingNo);
  if (!event) throw new Error("the booking told nobody");
  const store = eventStore(world, deps.clock);
  await store.deadLetter({
    subscriber: "notification",
    key: event.key,
    eventId: event.id,
    body: JSON.stringify(event),
    error: "it kept failing",
    attempts: 5,
  });

  const { letters, nextCursor } = await findDeadLetters(deps, { cursor: null, limit: 10 });
  expect(nextCursor).toBeNull();
  expect(letters).toEqual([
    {
      id: expect.any(Number),
      subscriber: "notification",
      key: booking.bookingNo,
      eventType: "booking.created",
      error: "it kept failing",
      attempts: 5,
      createdAt: deps.clock.now(),
      replayedAt: null,
    },
  ]);

  await replayDeadLetter(deps, { id: letters[0]?.id ?? 0, actor: operator });
  sent.length = 0;
  await relay();
  expect(sent.map(({ id }) => id)).toContain(event.id);
  const handled: string[] = [];
  const effect = async () => void handled.push(event.id);
  await consumeEvent(deps, "notification", event, effect);
  await consumeEvent(deps, "notification", event, effect);
  expect(handled).toEqual([event.id]);
  expect((await findDeadLetters(deps, { cursor: null, limit: 10 })).letters[0]?.replayedAt).toEqual(
    deps.clock.now(),
  );
  const audit = await world.db.audit.findFirstOrThrow({ where: { action: "dead-letter.replayed" } });
  expect(audit).toMatchObject({
    consoleUserId: 1n,
    detail: { subscriber: "notification", eventId: event.id },
  });
});

test("what is no event cannot be replayed, nor what is not there", async () => {
  const deps = world.depsAt(now);
  await eventStore(world, deps.clock).deadLetter({
    subscriber: "notification",
    key: "",
    eventId: null,
    body: "{not json",
    error: "nobody can read this",
    attempts: 1,
  });
  const { letters } = await findDeadLetters(deps, { cursor: null, limit: 1 });
  expect(letters[0]).toMatchObject({ eventType: null, error: "nobody can read this" });
  for (const id of [letters[0]?.id ?? 0, 999_999])
    await expect(replayDeadLetter(deps, { id, actor: operator })).rejects.toMatchObject({
      code: "DEAD_LETTER_NOT_FOUND",
    });
});

test("cases come newest first, page by page", async () => {
  const deps = world.depsAt(now);
  await world.db.operatorCase.createMany({
    data: [1, 2, 3].map((n) => ({
      kind: "payment_unknown" as const,
      subject: `4200${n}`,
      amountFen: n * 100,
      detail: {},
      openedAt: deps.clock.now(),
    })),
  });
  const first = await findCases(deps, { cursor: null, limit: 2 });
  expect(first.cases.map(({ subject }) => subject)).toEqual(["42003", "42002"]);
  const rest = await findCases(deps, { cursor: first.nextCursor, limit: 2 });
  expect([rest.cases.map(({ subject }) => subject), rest.nextCursor]).toEqual([["42001"], null]);
});

test("the purge takes what has ended and leaves what has not", async () => {
  const deps = world.depsAt(now);
  const at = (days: number) => new Date(deps.clock.now().getTime() + days * 24 * 3_600_000);
  await world.db.revokedToken.createMany({
    data: [
      { jti: "ended", expiresAt: at(-1) },
      { jti: "living", expiresAt: at(1) },
    ],
  });
  const answer = { scope: "x", fingerprint: Buffer.alloc(32), response: {}, createdAt: at(-2) };
  await world.db.idempotency.createMany({
    data: [
      { ...answer, key: "ended", expiresAt: at(-1) },
      { ...answer, key: "living", expiresAt: at(1) },
    ],
  });
  const user = await world.db.consoleUser.create({
    data: { email: "purge@example.com", passwordHash: "x", name: "x", createdAt: at(-90) },
  });
  const session = (name: string, days: number) => ({
    tokenHash: Buffer.from(name.padEnd(32)),
    consoleUserId: user.id,
    userAgent: name,
    createdAt: at(days),
    lastSeenAt: at(days),
    expiresAt: at(days + 0.5),
  });
  await world.db.consoleSession.createMany({ data: [session("ended", -40), session("kept", -5)] });
  expect(await purgeExpired(deps)).toBe(3);
  expect((await world.db.revokedToken.findMany()).map(({ jti }) => jti)).toEqual(["living"]);
  expect((await world.db.idempotency.findMany({ where: { scope: "x" } })).map(({ key }) => key)).toEqual([
    "living",
  ]);
  expect((await world.db.consoleSession.findMany()).map(({ userAgent }) => userAgent)).toEqual(["kept"]);
  expect(await purgeExpired(deps)).toBe(0);
});
