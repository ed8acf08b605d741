import { Queue, Worker } from "bullmq";
import type { InfraConfig } from "../config";
import { closeRedis, openRedis } from "../redis";
import { type BullBackend, type JobEnvelope, recovery, retention } from "./backend";

/**
 * BullMQ on Redis. Producers share a connection that gives up quickly, so that an add rejects while Redis is away;
 * workers share one that waits, and each blocks on a copy of it.
 */
export function redisBackend(config: InfraConfig): BullBackend & { close(): Promise<void> } {
  const prefix = config.prefix ?? "looklook";
  const producers = openRedis(config, "queues", "fail");
  const workers = openRedis(config, "workers", "wait");
  return {
    async queue(name) {
      return new Queue<JobEnvelope, void, string>(name, { connection: producers, prefix });
    },
    async worker(name, processor, { concurrency }) {
      return new Worker<JobEnvelope, void, string>(name, processor, {
        connection: workers,
        prefix,
        autorun: false,
        concurrency,
        ...recovery,
        removeOnComplete: { age: retention.completed, count: 2_000 },
        removeOnFail: { age: retention.failed, count: 10_000 },
      });
    },
    async trim() {},
    // Each of BullMQ's changes is one Lua script, and Redis runs one at a time.
    exclusively: (work) => work(),
    async ready() {
      return producers.ping().then(
        () => true,
        () => false,
      );
    },
    /** Ends its connections; queues and workers are closed before. */
    async close() {
      await Promise.all([closeRedis(producers), closeRedis(workers)]);
    },
  };
}
