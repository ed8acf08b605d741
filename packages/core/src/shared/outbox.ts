import {
  type EventPayload,
  type EventType,
  events,
  type JobData,
  type JobName,
  jobs,
} from "@looklook/contracts";
import type { Tx } from "@looklook/db";
import type { Deps } from "./deps";
import { eventId } from "./numbers";

type OutboxDeps = Pick<Deps, "clock" | "random" | "traceparent">;

/**
 * Writes an event into the caller's transaction; the relay sends it on after the commit, in order for each key.
 * Callers hold the lock of the booking that the key names, so `seq` is that booking's order.
 */
export async function recordEvent<T extends EventType>(
  tx: Tx,
  deps: OutboxDeps,
  type: T,
  key: string,
  payload: EventPayload<T>,
): Promise<void> {
  const at = deps.clock.now();
  await tx.outbox.create({
    data: {
      id: eventId(deps.random, at),
      kind: "event",
      name: type,
      key,
      payload: events[type].parse(payload),
      traceparent: deps.traceparent(),
      createdAt: at,
    },
    select: { seq: true },
  });
}

/** Writes a job into the caller's transaction; the relay adds it to its queue under the row's own id. */
export async function recordJob<N extends JobName>(
  tx: Tx,
  deps: OutboxDeps,
  name: N,
  key: string,
  data: JobData<N>,
  runAt: Date | null = null,
): Promise<void> {
  const at = deps.clock.now();
  await tx.outbox.create({
    data: {
      id: eventId(deps.random, at),
      kind: "job",
      name,
      key,
      payload: jobs[name].schema.parse(data),
      runAt,
      traceparent: deps.traceparent(),
      createdAt: at,
    },
    select: { seq: true },
  });
}
