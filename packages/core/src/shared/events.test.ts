import type { EventEnvelope, JobRequest, OutboundMessage } from "@looklook/contracts";
import { openDatabase } from "@looklook/db";
import { clockAt, seededRandom, type TestDatabase, testDatabase } from "@looklook/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  consumeEvent,
  eventStore,
  outboxBacklog,
  type RelayOptions,
  relayOutbox,
  replayEvent,
} from "./events";
import { recordEvent, recordJob } from "./outbox";

const clock = clockAt("2026-05-04T10:00:00+08:00");
const recorder = { clock, random: seededRandom("events"), traceparent: () => "00-aa-bb-01" };
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await database.db.$executeRaw`TRUNCATE outbox, inbox, dead_letter`;
});
afterAll(() => database.drop());

const relayDeps = () => ({ pool: database.pool, clock });

/** A booking's event, in its own transaction. */
function tell(key: string, count = 1): Promise<void> {
  const facts = { bookingNo: key, merchantId: 1, listingId: 1 };
  return database.db.$transaction(async (tx) => {
    for (let n = 0; n < count; n++) await recordEvent(tx, recorder, "booking.checked_in", key, facts);
  });
}

/** A broker and a queue that keep what they are given. */
function keeping(change: Partial<RelayOptions> = {}) {
  const messages: OutboundMessage[] = [];
  const jobs: JobRequest[] = [];
  const options: RelayOptions = {
    limit: 100,
    legacyPayStatus: false,
    publish: async (sent) => void messages.push(...sent),
    addJobs: async (added) => void jobs.push(...added),
    ...change,
  };
  const ids = () => messages.map(({ value }) => (JSON.parse(value) as EventEnvelope).id);
  return { messages, jobs, options, ids };
}
const seqIds = async () =>
  (await database.db.outbox.findMany({ orderBy: { seq: "asc" }, select: { id: true } })).map(({ id }) => id);

describe("the relay", () => {
  test("sends events and jobs once, in the order in which they were written, with all they say", async () => {
    await tell("HSO1", 2);
    await tell("HSO2");
    const runAt = new Date("2026-05-04T12:00:00+08:00");
    await recordJob(database.db, recorder, "booking.close-unpaid", "HSO1", { bookingNo: "HSO1" }, runAt);
    const { messages, jobs, options, ids } = keeping();
    expect(await relayOutbox(relayDeps(), options)).toBe(4);
    expect(await relayOutbox(relayDeps(), options)).toBe(0);
    expect(ids()).toEqual((await seqIds()).slice(0, 3));
    const [row] = await database.db.outbox.findMany({ orderBy: { seq: "asc" } });
    expect(row?.publishedAt).toEqual(clock.now());
    expect(messages[0]).toMatchObject({ topic: "looklook-events", key: "HSO1" });
    expect(JSON.parse(messages[0]?.value ?? "")).toEqual({
      id: row?.id,
      type: "booking.checked_in",
      version: 1,
      key: "HSO1",
      occurredAt: "2026-05-04T02:00:00.000Z",
      traceparent: "00-aa-bb-01",
      payload: { bookingNo: "HSO1", merchantId: 1, listingId: 1 },
    });
    expect(jobs).toEqual([
      {
        name: "booking.close-unpaid",
        data: { bookingNo: "HSO1" },
        id: (await seqIds())[3],
        runAt,
        traceparent: "00-aa-bb-01",
      },
    ]);
  });

  test("sends what a rolled-back transaction wrote to nobody", async () => {
    await expect(
      database.db.$transaction(async (tx) => {
        await recordJob(tx, recorder, "booking.close-unpaid", "HSO1", { bookingNo: "HSO1" });
        throw new Error("refused");
      }),
    ).rejects.toThrow("refused");
    const { jobs, options } = keeping();
    expect(await relayOutbox(relayDeps(), options)).toBe(0);
    expect(jobs).toEqual([]);
  });

  test("works in bundles until nothing is left", async () => {
    await tell("HSO1", 25);
    const { ids, options } = keeping({ limit: 10 });
    expect([
      await relayOutbox(relayDeps(), options),
      await relayOutbox(relayDeps(), options),
      await relayOutbox(relayDeps(), options),
      await relayOutbox(relayDeps(), options),
    ]).toEqual([10, 10, 5, 0]);
    expect(ids()).toEqual(await seqIds());
  });

  test("is one at a time over all processes, and what several fetch arrives once and in order", async () => {
    await tell("HSO1", 40);
    const other = openDatabase({ url: database.url });
    const { ids, options } = keeping({ limit: 5 });
    let running = 0;
    let most = 0;
    const slow: RelayOptions = {
      ...options,
      async publish(messages) {
        most = Math.max(most, ++running);
        await database.db.$queryRaw`SELECT pg_sleep(0.005)::text`;
        await options.publish(messages);
        running--;
      },
    };
    const drain = async (pool: typeof other.pool) => {
      for (let turn = 0; turn < 60; turn++) await relayOutbox({ pool, clock }, slow);
    };
    await Promise.all([drain(database.pool), drain(database.pool), drain(other.pool)]);
    await other.close();
    expect(most).toBe(1);
    expect(ids()).toEqual(await seqIds());
  });

  test("sends again what a crash kept from being noted, and holds no lock after it", async () => {
    await tell("HSO1", 3);
    const { ids, options } = keeping();
    const dying = openDatabase({ url: database.url, applicationName: "dying" });
    const crash: RelayOptions = {
      ...options,
      async publish(messages) {
        await options.publish(messages);
        // What a kill does to a process, done to its connection: the broker has them, the table does not know.
        await database.pool.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dying'",
        );
      },
    };
    await expect(relayOutbox({ pool: dying.pool, clock }, crash)).rejects.toThrow();
    await dying.close();
    expect(await relayOutbox(relayDeps(), options)).toBe(3);
    expect(ids()).toEqual([...(await seqIds()), ...(await seqIds())]);
  });

  test("keeps no transaction open while the broker is slow", async () => {
    await tell("HSO1");
    const { options } = keeping({
      async publish() {
        const { rows } = await database.pool.query(
          "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        );
        expect(rows).toEqual([]);
      },
    });
    await relayOutbox(relayDeps(), options);
  });

  test("goes on with jobs while the broker is away, loses nothing, and says that it failed", async () => {
    await tell("HSO1", 60);
    await recordJob(database.db, recorder, "booking.close-unpaid", "HSO1", { bookingNo: "HSO1" });
    const away = keeping({ publish: () => Promise.reject(new Error("the broker is away")) });
    await expect(relayOutbox(relayDeps(), away.options)).rejects.toBeInstanceOf(AggregateError);
    expect(away.jobs).toHaveLength(1);
    expect(await outboxBacklog({ db: database.db, clock })).toMatchObject({ count: 60 });
    const { ids, options } = keeping({ limit: 40 });
    expect(await relayOutbox(relayDeps(), options)).toBe(40);
    expect(await relayOutbox(relayDeps(), options)).toBe(20);
    expect(ids()).toEqual((await seqIds()).slice(0, 60));
  });

  test("tells listeners of the legacy system the booking's number, paid and given back in full", async () => {
    const facts = { bookingNo: "HSO9", merchantId: 1, listingId: 1 };
    const { db } = database;
    await recordEvent(db, recorder, "booking.confirmed", "HSO9", {
      ...facts,
      paymentNo: "PMT1",
      amountFen: 1,
    });
    await recordEvent(db, recorder, "refund.succeeded", "HSO9", {
      ...facts,
      refundNo: "RFD1",
      amountFen: 1,
      full: false,
    });
    await recordEvent(db, recorder, "refund.succeeded", "HSO9", {
      ...facts,
      refundNo: "RFD2",
      amountFen: 1,
      full: true,
    });
    const { messages, options } = keeping({ legacyPayStatus: true });
    await relayOutbox(relayDeps(), options);
    const legacy = messages.filter(({ topic }) => topic === "payment-update-paystatus-topic");
    expect(legacy).toEqual([
      { topic: "payment-update-paystatus-topic", key: "HSO9", value: '{"payStatus":1,"orderSn":"HSO9"}' },
      { topic: "payment-update-paystatus-topic", key: "HSO9", value: '{"payStatus":2,"orderSn":"HSO9"}' },
    ]);
    expect(messages).toHaveLength(5);
  });
});

test("the backlog is how much waits and for how long its oldest has", async () => {
  const deps = { db: database.db, clock: clockAt("2026-05-04T10:01:30+08:00") };
  expect(await outboxBacklog(deps)).toEqual({ count: 0, oldestAgeMs: 0 });
  await tell("HSO1", 2);
  expect(await outboxBacklog(deps)).toEqual({ count: 2, oldestAgeMs: 90_000 });
});

describe("a subscriber", () => {
  const first = async (key: string) => {
    const [event] = await eventStore(database, clock).unhandled("notification", key);
    if (!event) throw new Error("it was told");
    return event;
  };

  test("handles an event once, also when two runs meet", async () => {
    await tell("HSO1");
    const event = await first("HSO1");
    let effects = 0;
    const handle = () =>
      consumeEvent({ db: database.db, clock }, "notification", event, async (tx) => {
        await tx.$queryRaw`SELECT pg_sleep(0.05)::text`;
        effects++;
      });
    expect((await Promise.all([handle(), handle(), handle()])).sort()).toEqual([false, false, true]);
    expect(effects).toBe(1);
    expect(await consumeEvent({ db: database.db, clock }, "broadcast", event, async () => {})).toBe(true);
  });

  test("has not handled an event whose effect failed", async () => {
    await tell("HSO1");
    const event = await first("HSO1");
    const deps = { db: database.db, clock };
    await expect(
      consumeEvent(deps, "notification", event, () => Promise.reject(new Error("no"))),
    ).rejects.toThrow("no");
    expect(await consumeEvent(deps, "notification", event, async () => {})).toBe(true);
  });

  test("reads what it has not handled, in order, from the commit on and whether relayed or not", async () => {
    await tell("HSO1", 3);
    await tell("HSO2");
    await recordJob(database.db, recorder, "booking.close-unpaid", "HSO1", { bookingNo: "HSO1" });
    const store = eventStore(database, clock);
    const ids = (await seqIds()).slice(0, 3);
    const unhandled = async () => (await store.unhandled("notification", "HSO1")).map(({ id }) => id);
    expect(await unhandled()).toEqual(ids);
    await relayOutbox(relayDeps(), keeping().options);
    expect(await unhandled()).toEqual(ids);
    await consumeEvent({ db: database.db, clock }, "notification", await first("HSO1"), async () => {});
    expect(await unhandled()).toEqual(ids.slice(1));
    expect(await store.unhandled("broadcast", "HSO1")).toHaveLength(3);
  });

  test("passes over a dead letter until it is played again, which reaches it and no one else anew", async () => {
    await tell("HSO1", 2);
    await relayOutbox(relayDeps(), keeping().options);
    const store = eventStore(database, clock);
    const event = await first("HSO1");
    const letter = {
      subscriber: "notification" as const,
      key: "HSO1",
      eventId: event.id,
      body: JSON.stringify(event),
      error: "x".repeat(2_000),
      attempts: 5,
    };
    await store.deadLetter(letter);
    expect(await store.unhandled("notification", "HSO1")).toHaveLength(1);

    const again = { subscriber: "notification", eventId: event.id };
    expect(await database.db.$transaction((tx) => replayEvent(tx, clock, again))).toBe(true);
    expect((await store.unhandled("notification", "HSO1"))[0]).toEqual(event);
    const { ids, options } = keeping();
    expect(await relayOutbox(relayDeps(), options)).toBe(1);
    expect(ids()).toEqual([event.id]);

    // It fails once more: the same letter, waiting again.
    await store.deadLetter({ ...letter, error: "still" });
    expect(await store.unhandled("notification", "HSO1")).toHaveLength(1);
    expect(await database.db.deadLetter.findMany()).toMatchObject([{ error: "still", replayedAt: null }]);
    expect(
      await database.db.$transaction((tx) =>
        replayEvent(tx, clock, { ...again, eventId: "01890000-0000-7000-8000-000000000000" }),
      ),
    ).toBe(false);
  });

  test("keeps what nobody can read, as often as it comes", async () => {
    const store = eventStore(database, clock);
    const letter = {
      subscriber: "notification" as const,
      key: "",
      eventId: null,
      body: "{",
      error: "?",
      attempts: 1,
    };
    await store.deadLetter(letter);
    await store.deadLetter(letter);
    expect(await database.db.deadLetter.count()).toBe(2);
  });

  test("works on one key at a time and on different keys side by side", async () => {
    const other = openDatabase({ url: database.url });
    const stores = [eventStore(database, clock), eventStore(other, clock)];
    const running = new Map<string, number>();
    let most = 0;
    let mostKeys = 0;
    const work = (key: string) => async () => {
      running.set(key, (running.get(key) ?? 0) + 1);
      most = Math.max(most, running.get(key) ?? 0);
      mostKeys = Math.max(mostKeys, [...running.values()].filter((count) => count > 0).length);
      await database.db.$queryRaw`SELECT pg_sleep(0.02)::text`;
      running.set(key, (running.get(key) ?? 0) - 1);
    };
    await Promise.all(
      stores.flatMap((store) =>
        ["a", "b", "a", "b", "a"].map((key) => store.withKeyLock("notification", key, work(key))),
      ),
    );
    await other.close();
    expect(most).toBe(1);
    expect(mostKeys).toBe(2);
  });

  test("gives a key free when its work fails", async () => {
    const store = eventStore(database, clock);
    await expect(
      store.withKeyLock("notification", "a", () => Promise.reject(new Error("no"))),
    ).rejects.toThrow("no");
    expect(await store.withKeyLock("notification", "a", async () => "free")).toBe("free");
  });
});
