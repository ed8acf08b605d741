import { randomUUID } from "node:crypto";
import {
  type EventEnvelope,
  type EventStore,
  eventsTopic,
  legacyPayStatusTopic,
  limits,
  type OutboundMessage,
  type Subscriber,
} from "@looklook/contracts";
import { Kafka, logLevel } from "kafkajs";
import { describe, expect, type TestContext, test } from "vitest";
import { buildInfra, type Infra, type InfraConfig } from "../index";
import { startChild } from "../test-support/child";
import { openTestEventStore, stepOf, type TestEventStore } from "../test-support/event-store";
import {
  emptyDatabase,
  eventually,
  isolationPrefix,
  memoryLogger,
  type ServiceName,
  sizes,
} from "../test-support/services";

const nobodyListens = "127.0.0.1:1";
const away: Record<ServiceName, Partial<InfraConfig>> = {
  PostgreSQL: { databaseUrl: `postgres://postgres@${nobodyListens}/postgres` },
  Redis: { redisUrl: `redis://${nobodyListens}` },
  Kafka: { kafkaBrokers: [nobodyListens] },
};

const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const bookingNo = () => `HSO${randomUUID().slice(0, 8)}`;

interface Installation {
  config: InfraConfig;
  store: TestEventStore;
  /** Another process of it; closed with the test. */
  start(over?: Partial<InfraConfig>): Infra;
  /** Runs when the test is over, before what was built earlier ends. */
  endWith(end: () => Promise<void>): void;
}

async function installation(service: ServiceName, { onTestFinished }: TestContext): Promise<Installation> {
  // The last one built is the first to end, whatever the test came to.
  const endings: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const end of endings.reverse()) await end();
  });
  const database = await emptyDatabase();
  const store = await openTestEventStore(database.url);
  endings.push(database.drop, store.close);
  const config: InfraConfig = {
    databaseUrl: database.url,
    ...sizes[service](),
    eventStore: store,
    prefix: isolationPrefix(),
    clientId: "test",
    logger: memoryLogger(),
  };
  return {
    config,
    store,
    start(over = {}) {
      const infra = buildInfra({ ...config, ...over });
      endings.push(infra.close);
      return infra;
    },
    endWith: (end) => void endings.push(end),
  };
}

/** Subscribes with a handler that does `work` and then notes the event as taken, once, as a real one does. */
async function subscribe(
  infra: Infra,
  store: TestEventStore,
  subscriber: Subscriber,
  work: (event: EventEnvelope) => Promise<void> | void = () => {},
) {
  await infra.eventBus.subscribe(subscriber, async (event) => {
    await work(event);
    const taken = await store.taken(subscriber, event.key);
    if (!taken.includes(stepOf(event))) await store.take(subscriber, event);
  });
  await eventually(
    () => infra.eventBus.ready(),
    (isReady) => isReady,
  );
}

async function appendAll(store: TestEventStore, key: string, steps: number[]): Promise<OutboundMessage[]> {
  const messages: OutboundMessage[] = [];
  for (const step of steps) messages.push(await store.append(key, step));
  return messages;
}

const takenAll = (store: TestEventStore, subscriber: Subscriber, key: string, count: number) =>
  eventually(
    () => store.taken(subscriber, key),
    (steps) => steps.length >= count,
    40_000,
  );

// The tests mostly wait, for a killed process to be missed or for a pause to pass, so they wait together.
describe.concurrent.each(["PostgreSQL", "Redis", "Kafka"] satisfies ServiceName[])(
  "the event bus on %s",
  (service) => {
    test("each subscriber gets every event of a booking in its order, whatever else is going on", async (context) => {
      const { store, start } = await installation(service, context);
      const infra = start();
      for (const subscriber of ["notification", "broadcast"] as const) {
        await subscribe(infra, store, subscriber, async (event) => {
          await new Promise((resolve) => setTimeout(resolve, stepOf(event) % 3));
        });
      }
      const keys = oneTo(6).map(bookingNo);
      for (const steps of [oneTo(10), oneTo(20).slice(10)]) {
        const perKey = await Promise.all(keys.map((key) => appendAll(store, key, steps)));
        // As the relay sends them: the bookings' events mixed, each booking's in order.
        await infra.eventBus.publish(
          steps.flatMap((_, index) => perKey.map((list) => list[index] as OutboundMessage)),
        );
      }
      for (const key of keys) {
        expect(await takenAll(store, "notification", key, 20)).toEqual(oneTo(20));
        expect(await takenAll(store, "broadcast", key, 20)).toEqual(oneTo(20));
      }
      expect(await store.deadLetters()).toEqual([]);
    });

    test("two processes of one subscriber share the bookings and keep each one's order", async (context) => {
      const { store, start } = await installation(service, context);
      const [one, other] = [start(), start()];
      await subscribe(one, store, "notification");
      await subscribe(other, store, "notification");
      const keys = oneTo(8).map(bookingNo);
      for (const step of oneTo(5)) {
        const messages = await Promise.all(keys.map((key) => store.append(key, step)));
        await one.eventBus.publish(messages);
      }
      for (const key of keys) expect(await takenAll(store, "notification", key, 5)).toEqual(oneTo(5));
    });

    test("an event that fails is tried again in place and nothing of its booking overtakes it", async (context) => {
      const { store, start } = await installation(service, context);
      const infra = start();
      const key = bookingNo();
      const tries: number[] = [];
      await subscribe(infra, store, "notification", (event) => {
        tries.push(stepOf(event));
        if (stepOf(event) === 2 && tries.filter((step) => step === 2).length < 3) throw new Error("not yet");
      });
      await infra.eventBus.publish(await appendAll(store, key, [1, 2, 3]));
      expect(await takenAll(store, "notification", key, 3)).toEqual([1, 2, 3]);
      expect(tries).toEqual([1, 2, 2, 2, 3]);
    });

    test("an event that keeps failing becomes a dead letter and later ones go on", async (context) => {
      const { store, start } = await installation(service, context);
      const infra = start();
      const key = bookingNo();
      let failures = 0;
      await subscribe(infra, store, "notification", (event) => {
        if (stepOf(event) !== 2) return;
        failures += 1;
        throw new Error("poison");
      });
      const messages = await appendAll(store, key, [1, 2, 3]);
      await infra.eventBus.publish(messages);
      expect(await takenAll(store, "notification", key, 2)).toEqual([1, 3]);
      expect(failures).toBe(limits.eventAttemptsMax);
      const poison = JSON.parse(messages[1]?.value ?? "") as EventEnvelope;
      const [letter, ...others] = await store.deadLetters();
      expect(others).toEqual([]);
      expect(letter).toMatchObject({
        subscriber: "notification",
        key,
        eventId: poison.id,
        error: "Error: poison",
        attempts: limits.eventAttemptsMax,
      });
      expect(JSON.parse(letter?.body ?? "")).toEqual(poison);
    });

    test("a dead letter that is published again is handled", async (context) => {
      const { store, start } = await installation(service, context);
      const infra = start();
      const key = bookingNo();
      let isMended = false;
      await subscribe(infra, store, "notification", () => {
        if (!isMended) throw new Error("poison");
      });
      const messages = await appendAll(store, key, [1]);
      await infra.eventBus.publish(messages);
      const [letter] = await eventually(
        () => store.deadLetters(),
        (letters) => letters.length === 1,
      );
      isMended = true;
      await store.revive("notification", letter?.eventId ?? "");
      await infra.eventBus.publish(messages);
      expect(await takenAll(store, "notification", key, 1)).toEqual([1]);
    });

    test("an event is not lost when not even its dead letter can be written", async (context) => {
      const { store, start } = await installation(service, context);
      let refusals = 0;
      const stubborn: EventStore = {
        ...store,
        async deadLetter(letter) {
          refusals += 1;
          if (refusals === 1) throw new Error("the database is away");
          await store.deadLetter(letter);
        },
      };
      const infra = start({ eventStore: stubborn });
      const key = bookingNo();
      await subscribe(infra, store, "notification", () => {
        throw new Error("poison");
      });
      await infra.eventBus.publish(await appendAll(store, key, [1]));
      const letters = await eventually(
        () => store.deadLetters(),
        (list) => list.length > 0,
        40_000,
      );
      expect(letters).toHaveLength(1);
      expect(refusals).toBe(2);
    }, 60_000);

    test("an event whose process was killed in the middle is handled by another", async (context) => {
      const { config, store, start } = await installation(service, context);
      const infra = start();
      const child = await startChild("subscriber", config);
      const key = bookingNo();
      await infra.eventBus.publish(await appendAll(store, key, [1, 2]));
      await child.said(`started ${key}`);
      await child.kill9();
      await subscribe(infra, store, "notification");
      expect(await takenAll(store, "notification", key, 2)).toEqual([1, 2]);
    }, 90_000);

    test("what waits can be counted, and is nothing once it is handled", async (context) => {
      const { store, start } = await installation(service, context);
      const infra = start();
      expect(await infra.eventBus.lag()).toEqual({ notification: 0, broadcast: 0 });
      const keys = oneTo(3).map(bookingNo);
      for (const key of keys) await infra.eventBus.publish(await appendAll(store, key, [1]));
      expect(await infra.eventBus.lag()).toEqual({ notification: 3, broadcast: 3 });
      await subscribe(infra, store, "notification");
      await eventually(
        () => infra.eventBus.lag(),
        (lag) => lag.notification === 0,
      );
      expect(await infra.eventBus.lag()).toEqual({ notification: 0, broadcast: 3 });
    });

    test("a message for another topic disturbs no subscriber", async (context) => {
      const { start } = await installation(service, context);
      const infra = start();
      await infra.eventBus.publish([
        {
          topic: legacyPayStatusTopic,
          key: "HSO1",
          value: JSON.stringify({ payStatus: 1, orderSn: "HSO1" }),
        },
      ]);
      expect(await infra.eventBus.lag()).toEqual({ notification: 0, broadcast: 0 });
    });

    test("closing waits for the event in hand", async (context) => {
      const { store, start } = await installation(service, context);
      const infra = start();
      const key = bookingNo();
      let isStarted = false;
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await subscribe(infra, store, "notification", () => {
        isStarted = true;
        return held;
      });
      await infra.eventBus.publish(await appendAll(store, key, [1]));
      await eventually(
        () => isStarted,
        (value) => value,
      );
      const closed = infra.close();
      release();
      await closed;
      expect(await store.taken("notification", key)).toEqual([1]);
    });

    test("publishing while the broker is away throws within seconds", async (context) => {
      const { store, start } = await installation(service, context);
      const infra = start(away[service]);
      const started = performance.now();
      await expect(infra.eventBus.publish(await appendAll(store, bookingNo(), [1]))).rejects.toThrow();
      expect(await infra.eventBus.ready()).toBe(false);
      expect(performance.now() - started).toBeLessThan(20_000);
    });
  },
);

describe.concurrent("on Kafka's wire", () => {
  test("what is no event becomes a dead letter without an id, and later ones go on", async (context) => {
    const { store, start } = await installation("Kafka", context);
    const infra = start();
    await subscribe(infra, store, "notification");
    const key = bookingNo();
    const noEvent = JSON.stringify({ id: "1", type: "booking.exploded" });
    await infra.eventBus.publish([
      { topic: eventsTopic, key, value: "{ no json" },
      { topic: eventsTopic, key, value: noEvent },
      ...(await appendAll(store, key, [1])),
    ]);
    expect(await takenAll(store, "notification", key, 1)).toEqual([1]);
    const letters = await store.deadLetters();
    expect(letters.map(({ eventId, body, key: letterKey }) => ({ eventId, body, key: letterKey }))).toEqual([
      { eventId: null, body: "{ no json", key },
      { eventId: null, body: noEvent, key },
    ]);
  });

  test("consumers of the legacy system read the booking number and the pay status from their own topic", async (context) => {
    const { config, start, endWith } = await installation("Kafka", context);
    const infra = start();
    const value = JSON.stringify({ payStatus: 1, orderSn: "HSO20250501000000000001" });
    await infra.eventBus.publish([
      {
        topic: legacyPayStatusTopic,
        key: "HSO20250501000000000001",
        value,
        headers: { traceparent: "00-1-2-01" },
      },
    ]);
    const kafka = new Kafka({ brokers: [...(config.kafkaBrokers ?? [])], logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: `${config.prefix}-legacy`, maxWaitTimeInMs: 200 });
    endWith(() => consumer.disconnect());
    await consumer.connect();
    await consumer.subscribe({ topic: `${config.prefix}.${legacyPayStatusTopic}`, fromBeginning: true });
    const read: unknown[] = [];
    await consumer.run({
      eachMessage: async ({ message }) => {
        const headers = { traceparent: message.headers?.traceparent?.toString() };
        read.push({ key: message.key?.toString(), value: message.value?.toString(), headers });
      },
    });
    await eventually(
      () => read.length,
      (count) => count === 1,
    );
    expect(read).toEqual([{ key: "HSO20250501000000000001", value, headers: { traceparent: "00-1-2-01" } }]);
  });
});
