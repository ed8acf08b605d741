import { setTimeout as pause } from "node:timers/promises";
import type { Processor, Queue, Worker, WorkerOptions } from "bullmq";
import type { InfraLogger } from "../config";

/** What a job carries in BullMQ: its payload, and the trace that it continues. bull-board shows both. */
export interface JobEnvelope {
  payload: unknown;
  traceparent: string | null;
}

export type BullQueue = Queue<JobEnvelope, void, string>;
export type BullWorker = Worker<JobEnvelope, void, string>;

/** The two databases that BullMQ runs on, alike from here on. */
export interface BullBackend {
  queue(name: string): Promise<BullQueue>;
  /** Does not run before `run()` is called. */
  worker(
    name: string,
    processor: Processor<JobEnvelope, void, string>,
    options: Pick<WorkerOptions, "concurrency">,
  ): Promise<BullWorker>;
  /** Removes finished jobs that have been kept for long enough, where finishing others does not. */
  trim(queue: BullQueue): Promise<void>;
  /** Runs `work` while no other process runs one, where BullMQ's own statements are not enough for that. */
  exclusively(work: () => Promise<void>): Promise<void>;
  /** Whether the database answers. */
  ready(): Promise<boolean>;
}

/**
 * How a job survives its worker. The lock of a killed worker's job runs out after `lockDuration`, and whoever looks
 * next, every `stalledInterval`, gives the job to another worker. BullMQ's own 30 s twice is a long wait for somebody
 * at a front desk. Handlers bear repetition, so a job may lose several workers before it counts as failed.
 */
export const recovery = {
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 10,
  /** How soon a worker asks again after its database failed it. BullMQ would sit out 15 s of a restart of 2 s. */
  runRetryDelay: 1_000,
} as const;

/** How long bull-board can show a job, in seconds. Failed ones wait for somebody to come back from a weekend. */
export const retention = { completed: 24 * 3_600, failed: 14 * 24 * 3_600 } as const;

/** A process that is asked to end has ten seconds for everything. */
const closeWithinMs = 7_000;

/**
 * Lets the jobs in hand finish and ends the worker, but does not wait for ever: BullMQ's own `close` never returns
 * while its Redis connection is looking for its server. What is left running starts again elsewhere.
 */
export async function closeWorker(worker: BullWorker, logger: InfraLogger): Promise<void> {
  const enough = new AbortController();
  const closed = worker.close().then(
    () => true,
    (error) => {
      logger.warn({ err: error, queue: worker.name }, "a worker did not end well");
      return true;
    },
  );
  const tooLate = pause(closeWithinMs, false, { signal: enough.signal }).catch(() => false);
  if (!(await Promise.race([closed, tooLate]))) {
    logger.warn({ queue: worker.name }, "a worker did not end in time");
  }
  enough.abort();
}
