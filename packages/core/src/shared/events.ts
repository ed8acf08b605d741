import type { EventEnvelope, EventStore, JobRequest, OutboundMessage, Subscriber } from "@looklook/contracts";
import type { Database, Tx } from "@looklook/db";
import type { Clock, Deps } from "./deps";

export async function consumeEvent(
  _deps: Pick<Deps, "db" | "clock">,
  _subscriber: Subscriber,
  _event: EventEnvelope,
  _effect: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  throw new Error("not written yet");
}

export interface RelayOptions {
  publish(messages: readonly OutboundMessage[]): Promise<void>;
  addJobs(jobs: readonly JobRequest[]): Promise<void>;
  /** Rows of each kind in one go. */
  limit: number;
  /** Whether consumers of the legacy system listen, too (the full size). */
  legacyPayStatus: boolean;
}

export async function relayOutbox(
  _deps: { pool: Database["pool"]; clock: Clock },
  _options: RelayOptions,
): Promise<number> {
  throw new Error("not written yet");
}

export function eventStore(_database: Pick<Database, "db" | "pool">, _clock: Clock): EventStore {
  throw new Error("not written yet");
}

/** Lets a dead-lettered event be delivered to its subscriber again, under its own id. */
export async function replayEvent(
  _tx: Tx,
  _clock: Clock,
  _letter: { subscriber: string; eventId: string },
): Promise<boolean> {
  throw new Error("not written yet");
}

export async function outboxBacklog(
  _deps: Pick<Deps, "db" | "clock">,
): Promise<{ count: number; oldestAgeMs: number }> {
  throw new Error("not written yet");
}
