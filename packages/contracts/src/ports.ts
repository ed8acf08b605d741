import type { EventEnvelope, Subscriber } from "./events";
import type { JobData, JobName, QueueName } from "./jobs";
import type { RateLimitName } from "./limits";

/** The narrow interfaces behind which `packages/infra` hides its drivers. */

export interface JobRequest<N extends JobName = JobName> {
  name: N;
  data: JobData<N>;
  /** Unique for ever: BullMQ silently drops an add whose id still exists, finished or not. */
  id: string;
  /** When it should run; in the past or null means now. */
  runAt: Date | null;
  traceparent: string | null;
}

export type JobHandler<N extends JobName = JobName> = (
  data: JobData<N>,
  job: { id: string; attempt: number; traceparent: string | null },
) => Promise<void>;
export type JobHandlers = { [N in JobName]: JobHandler<N> };

export interface JobQueue {
  add(jobs: readonly JobRequest[]): Promise<void>;
  /** Waiting, active, delayed and failed jobs for each queue. */
  counts(): Promise<Record<QueueName, Record<"waiting" | "active" | "delayed" | "failed", number>>>;
  close(): Promise<void>;
}

export interface JobWorkers {
  /** Stops taking jobs and waits for the running ones. */
  close(): Promise<void>;
}

export interface OutboundMessage {
  topic: string;
  key: string;
  /** JSON text. */
  value: string;
  headers?: Record<string, string>;
}

/**
 * What a bus that cannot keep order by itself (BullMQ) needs from the database. On Kafka only `deadLetter` is used.
 */
export interface EventStore {
  /** Runs `work` while no other process runs one for the same subscriber and key. */
  withKeyLock<T>(subscriber: Subscriber, key: string, work: () => Promise<T>): Promise<T>;
  /**
   * Events of this key that this subscriber has neither handled nor seen dead-lettered, in order. An event counts
   * from its commit on: the bus can bring its news before the relay has noted that it is published.
   */
  unhandled(subscriber: Subscriber, key: string): Promise<EventEnvelope[]>;
  deadLetter(letter: {
    subscriber: Subscriber;
    key: string;
    eventId: string | null;
    body: string;
    error: string;
    attempts: number;
  }): Promise<void>;
}

export type EventHandler = (event: EventEnvelope) => Promise<void>;

export interface EventBus {
  /** At least once, in the order given for each key. Resolves when the broker has them. */
  publish(messages: readonly OutboundMessage[]): Promise<void>;
  /** A handler that throws is tried again in place `limits.eventAttemptsMax` times, then its event is a dead letter and later ones go on. */
  subscribe(subscriber: Subscriber, handler: EventHandler): Promise<void>;
  /** Whether the broker answers and every subscription of this process receives. */
  ready(): Promise<boolean>;
  /** For each subscriber, how much waits to be handled: messages on Kafka, jobs on BullMQ. */
  lag(): Promise<Record<Subscriber, number>>;
  close(): Promise<void>;
}

/** Fire and forget to every process: live pages and cache invalidation. Lost messages must do no harm. */
export interface Broadcast {
  publish(message: BroadcastMessage): Promise<void>;
  /**
   * Calls `listener` with every message from now on, and `onGap` when messages may have been missed (the connection
   * was away), so that a cache can empty itself. The answer ends it.
   */
  subscribe(listener: (message: BroadcastMessage) => void, onGap?: () => void): () => void;
  /** Whether messages reach this process. */
  ready(): Promise<boolean>;
  close(): Promise<void>;
}
export interface BroadcastMessage {
  eventId: string;
  type: EventEnvelope["type"];
  merchantId: number;
  listingId: number | null;
  bookingNo: string | null;
}

export interface RateLimiter {
  /** Takes one point. `allowed` false says how long to wait; it throws when its store is away. */
  take(name: RateLimitName, subject: string): Promise<{ allowed: boolean; retryAfterMs: number }>;
  /** Looks without taking. */
  peek(name: RateLimitName, subject: string): Promise<{ allowed: boolean; retryAfterMs: number }>;
  close(): Promise<void>;
}
