import {
  type EventBus,
  type EventStore,
  eventsTopic,
  type Subscriber,
  subscribers,
} from "@looklook/contracts";
import { UnrecoverableError } from "bullmq";
import { calm } from "../calm";
import type { InfraLogger } from "../config";
import { once } from "../once";
import {
  type BullBackend,
  type BullQueue,
  type BullWorker,
  closeWorker,
  type JobEnvelope,
} from "../queue/backend";
import { deliver } from "./deliver";

/** Keys that one process handles side by side for each subscriber. */
const concurrency = 4;

/** A handler's failures end in dead letters, so news fails only while the store is away: for a day if need be. */
const untilTheStoreIsBack = { attempts: 43_200, backoff: { type: "fixed", delay: 2_000 } } as const;

/** `events-notification`: its own queue for each subscriber, so that a slow one holds up nobody else. */
const queueNameOf = (subscriber: Subscriber) => `events-${subscriber}`;

export interface BullEventBus extends EventBus {
  bullQueues(): Promise<BullQueue[]>;
}

/**
 * Events over BullMQ. A queue that retries cannot keep order, so a job carries no event: it says that a key has news.
 * Whoever takes it locks the key and reads that key's events from the store in their order. Jobs for the same key are
 * not merged: one that is merged into a job already running may have come after that job's look into the store.
 * Other topics are for systems that read Kafka; nobody reads them here, and they are passed over.
 */
export function bullEventBus(
  backend: BullBackend,
  store: EventStore | undefined,
  logger: InfraLogger,
): BullEventBus {
  const warn = calm(logger);
  const workers: BullWorker[] = [];
  const open = once(async () => {
    const opened = new Map<Subscriber, BullQueue>();
    try {
      for (const subscriber of subscribers) {
        const queue = await backend.queue(queueNameOf(subscriber));
        queue.on("error", (error) => warn({ err: error, queue: queue.name }, "a queue lost its database"));
        opened.set(subscriber, queue);
        await queue.waitUntilReady();
      }
    } catch (error) {
      await Promise.allSettled([...opened.values()].map((queue) => queue.close()));
      throw error;
    }
    return opened;
  });

  return {
    async publish(messages) {
      const keys = new Set(messages.filter(({ topic }) => topic === eventsTopic).map(({ key }) => key));
      if (keys.size === 0) return;
      const news = [...keys].map((key) => {
        const data: JobEnvelope = { payload: { key }, traceparent: null };
        return { name: "news", data, opts: untilTheStoreIsBack };
      });
      const queues = await open();
      await Promise.all([...queues.values()].map((queue) => queue.addBulk(news)));
    },
    async subscribe(subscriber, handler) {
      if (!store) throw new Error("subscribing needs an event store");
      const worker = await backend.worker(
        queueNameOf(subscriber),
        async (job) => {
          const { key } = job.data.payload as { key?: unknown };
          if (typeof key !== "string") throw new UnrecoverableError("news without a key");
          await store.withKeyLock(subscriber, key, async () => {
            for (const event of await store.unhandled(subscriber, key)) {
              await deliver({ store, logger }, subscriber, event, handler);
            }
          });
        },
        { concurrency },
      );
      worker.on("error", (error) => warn({ err: error, subscriber }, "a subscriber lost its database"));
      worker.on("stalled", (id) =>
        logger.warn({ jobId: id, subscriber }, "news lost its worker and starts again"),
      );
      worker.on("failed", (job, error) => {
        logger.warn(
          { err: error, subscriber, jobId: job?.id },
          "news could not be read and will be tried again",
        );
      });
      workers.push(worker);
      await worker.waitUntilReady();
      worker.run().catch((error) => logger.error({ err: error, subscriber }, "a subscriber stopped"));
    },
    async ready() {
      return (await backend.ready()) && workers.every((worker) => worker.isRunning());
    },
    async lag() {
      const queues = await open();
      const entries = subscribers.map(async (subscriber) => {
        const counts = await (queues.get(subscriber) as BullQueue).getJobCounts(
          "waiting",
          "active",
          "delayed",
        );
        return [subscriber, Object.values(counts).reduce((sum, count) => sum + count, 0)] as const;
      });
      return Object.fromEntries(await Promise.all(entries)) as Record<Subscriber, number>;
    },
    async bullQueues() {
      return [...(await open()).values()];
    },
    async close() {
      await Promise.all(workers.map((worker) => closeWorker(worker, logger)));
      const opened = await open.opened()?.catch(() => undefined);
      if (opened) await Promise.all([...opened.values()].map((queue) => queue.close()));
    },
  };
}
