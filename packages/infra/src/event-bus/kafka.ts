import { setTimeout as pause } from "node:timers/promises";
import {
  type EventBus,
  EventEnvelope,
  type EventHandler,
  type EventStore,
  eventsTopic,
  legacyPayStatusTopic,
  type OutboundMessage,
  type Subscriber,
  subscribers,
} from "@looklook/contracts";
import {
  type Admin,
  type Consumer,
  type EachMessagePayload,
  Kafka,
  type logCreator,
  logLevel,
  Partitioners,
  type Producer,
} from "kafkajs";
import { calm } from "../calm";
import type { InfraConfig, InfraLogger } from "../config";
import { once } from "../once";
import { deliver, textOf } from "./deliver";

/** kafkajs would wait up to 5 s for a fetch to fill; an event is to be handled at once. */
const maxWaitTimeInMs = 200;
/** After this long without a heartbeat a killed worker's partitions go to another. */
const sessionTimeout = 10_000;
const heartbeatInterval = 3_000;
/** Partitions that one process handles side by side; within one, events wait for each other. */
const partitionsConsumedConcurrently = 4;

/**
 * Events over Kafka. A key's messages share a partition and are handled one after the other; an offset is committed
 * only after its message was handled or became a dead letter, so a killed process sees its last messages again.
 */
export function kafkaEventBus(config: InfraConfig): EventBus {
  const { logger, eventStore: store } = config;
  const kafka = new Kafka({
    clientId: `looklook-${config.clientId}`,
    brokers: [...(config.kafkaBrokers ?? [])],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // A publish that fails is tried again by the relay, so it gives up within seconds.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 4 },
    logLevel: logLevel.WARN,
    logCreator: logTo(logger),
  });
  const topicName = (topic: string) => (config.prefix ? `${config.prefix}.${topic}` : topic);
  const groupOf = (subscriber: Subscriber) => `${config.prefix ?? "looklook"}-${subscriber}`;
  const subscriptions: Subscription[] = [];
  let publishing: Promise<unknown> = Promise.resolve();

  const admin = once(async () => {
    const client = kafka.admin();
    await client.connect();
    return client;
  });
  const topicsEnsured = once(async () =>
    ensureTopics(await admin(), [eventsTopic, legacyPayStatusTopic].map(topicName), logger),
  );
  const producer = once(async () => {
    await topicsEnsured();
    const client = kafka.producer({
      // Java's own: other producers put the same key into the same partition.
      createPartitioner: Partitioners.DefaultPartitioner,
      idempotent: config.kafkaIdempotent ?? false,
      maxInFlightRequests: 1,
    });
    await client.connect();
    return client;
  });

  return {
    publish(messages) {
      // One after the other: a second batch must not slip in between the first one's retries.
      const sent = publishing.then(async () => send(await producer(), messages, topicName));
      publishing = sent.catch(() => {});
      return sent;
    },
    async subscribe(subscriber, handler) {
      if (!store) throw new Error("subscribing needs an event store");
      const subscription = new Subscription(
        () =>
          kafka.consumer({
            groupId: groupOf(subscriber),
            maxWaitTimeInMs,
            sessionTimeout,
            heartbeatInterval,
            rebalanceTimeout: 3 * sessionTimeout,
          }),
        topicName(eventsTopic),
        (payload) => handle({ store, logger }, subscriber, handler, payload),
        async () => void (await topicsEnsured()),
        logger,
      );
      subscriptions.push(subscription);
      await subscription.start();
    },
    async ready() {
      if (!subscriptions.every((subscription) => subscription.isReceiving)) return false;
      return admin()
        .then((client) => client.fetchTopicMetadata({ topics: [topicName(eventsTopic)] }))
        .then(
          () => true,
          () => false,
        );
    },
    async lag() {
      const client = await admin();
      await topicsEnsured();
      const topic = topicName(eventsTopic);
      const ends = await patiently(() => client.fetchTopicOffsets(topic));
      const entries = subscribers.map(async (subscriber) => {
        const [committed] = await client.fetchOffsets({ groupId: groupOf(subscriber), topics: [topic] });
        const offsets = new Map(
          committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]),
        );
        const waiting = ends.map(({ partition, low, high }) => {
          const offset = offsets.get(partition) ?? -1;
          // A group that has committed nothing yet will start at the oldest message that is still there.
          return Number(high) - Math.max(offset, Number(low));
        });
        return [subscriber, waiting.reduce((sum, count) => sum + count, 0)] as const;
      });
      return Object.fromEntries(await Promise.all(entries)) as Record<Subscriber, number>;
    },
    async close() {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      await publishing;
      for (const opened of [producer.opened(), admin.opened()]) {
        await opened?.then((client) => client.disconnect()).catch(() => {});
      }
    },
  };
}

async function send(
  producer: Producer,
  messages: readonly OutboundMessage[],
  topicName: (topic: string) => string,
) {
  const byTopic = new Map<string, { key: string; value: string; headers?: Record<string, string> }[]>();
  for (const { topic, key, value, headers } of messages) {
    const group = byTopic.get(topic) ?? [];
    group.push(headers ? { key, value, headers } : { key, value });
    byTopic.set(topic, group);
  }
  if (byTopic.size === 0) return;
  await producer.sendBatch({
    acks: -1,
    topicMessages: [...byTopic].map(([topic, group]) => ({ topic: topicName(topic), messages: group })),
  });
}

/** Where the broker does not let us make topics, the first message or subscription makes them, or says why not. */
async function ensureTopics(admin: Admin, topics: string[], logger: InfraLogger): Promise<void> {
  const known = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !known.has(topic));
  if (missing.length === 0) return;
  try {
    await admin.createTopics({ topics: missing.map((topic) => ({ topic })), waitForLeaders: true });
  } catch (error) {
    logger.warn(
      { err: error, topics: missing },
      "topics could not be made; the broker has to make them by itself",
    );
  }
}

/** A topic that was made a moment ago may not have its leader yet; kafkajs leaves this one error to its caller. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const isPassing = (error as { retriable?: unknown }).retriable === true;
      if (!isPassing || attempt === 5) throw error;
      await pause(100 * attempt);
    }
  }
}

async function handle(
  deps: { store: EventStore; logger: InfraLogger },
  subscriber: Subscriber,
  handler: EventHandler,
  { message, heartbeat }: EachMessagePayload,
): Promise<void> {
  const body = message.value?.toString("utf8") ?? "";
  const event = readEvent(body);
  if (event instanceof Error) {
    const key = (message.key?.toString("utf8") ?? "").slice(0, 64);
    deps.logger.error(
      { err: event, subscriber, key, offset: message.offset },
      "a message that is no event became a dead letter",
    );
    await deps.store.deadLetter({ subscriber, key, eventId: null, body, error: textOf(event), attempts: 1 });
    return;
  }
  // A slow handler is not a dead one. What the broker answers to this heartbeat, it will say again to the next fetch.
  const alive = setInterval(() => void heartbeat().catch(() => {}), heartbeatInterval);
  try {
    await deliver(deps, subscriber, event, handler);
  } finally {
    clearInterval(alive);
  }
}

function readEvent(body: string): EventEnvelope | Error {
  try {
    const parsed = EventEnvelope.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : parsed.error;
  } catch (error) {
    return error as Error;
  }
}

/**
 * One consumer, and another in its place when it ends. kafkajs restarts a consumer after errors that it counts as
 * passing and gives up after others, such as no broker answering at all; a worker has to outlive both.
 */
class Subscription {
  /** True from joining the group until the connection or the consumer is lost. */
  isReceiving = false;
  #consumer: Consumer | undefined;
  #isStopped = false;
  #retry: Promise<void> | undefined;

  constructor(
    private readonly open: () => Consumer,
    private readonly topic: string,
    private readonly eachMessage: (payload: EachMessagePayload) => Promise<void>,
    private readonly before: () => Promise<void>,
    private readonly logger: InfraLogger,
  ) {}

  /** Resolves when the consumer runs, or when its first try has failed and others go on in the background. */
  async start(): Promise<void> {
    if (this.#isStopped) return;
    try {
      await this.before();
      const consumer = this.open();
      this.#consumer = consumer;
      consumer.on(consumer.events.GROUP_JOIN, () => {
        this.isReceiving = true;
      });
      for (const lost of [
        consumer.events.DISCONNECT,
        consumer.events.STOP,
        consumer.events.REBALANCING,
      ] as const) {
        consumer.on(lost, () => {
          this.isReceiving = false;
        });
      }
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        this.isReceiving = false;
        if (!payload.restart) this.#startLater(payload.error);
      });
      await consumer.connect();
      await consumer.subscribe({ topic: this.topic, fromBeginning: true });
      await consumer.run({
        autoCommitInterval: 1_000,
        autoCommitThreshold: 100,
        partitionsConsumedConcurrently,
        eachMessage: this.eachMessage,
      });
    } catch (error) {
      this.#startLater(error);
    }
  }

  /** Waits for the messages in hand; their offsets are committed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#retry?.catch(() => {});
    await this.#consumer?.disconnect().catch(() => {});
  }

  #startLater(error: unknown): void {
    if (this.#isStopped || this.#retry) return;
    this.logger.warn({ err: error, topic: this.topic }, "a subscriber lost Kafka and will try again");
    this.#retry = (async () => {
      await this.#consumer?.disconnect().catch(() => {});
      await pause(1_000);
      this.#retry = undefined;
      await this.start();
    })();
  }
}

/** kafkajs logs every failed try of its own retries as an error; here they are warnings, what matters is thrown. */
function logTo(logger: InfraLogger): logCreator {
  const warn = calm(logger);
  return () =>
    ({ namespace, log: { message, timestamp: _timestamp, logger: _logger, ...fields } }) => {
      warn({ kafka: { namespace, ...fields } }, `kafka: ${message}`);
    };
}
