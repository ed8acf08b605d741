import {
  type EventEnvelope,
  type EventStore,
  type EventType,
  eventsTopic,
  type JobData,
  type JobName,
  type JobRequest,
  type LegacyPayStatus,
  legacyPayStatusTopic,
  type OutboundMessage,
  type Subscriber,
} from "@looklook/contracts";
import type { Database, Tx } from "@looklook/db";
import type { PoolClient } from "pg";
import type { z } from "zod";
import type { Clock, Deps } from "./deps";

/**
 * Runs a subscriber's effect for an event once: the note that it was handled and the effect are one transaction, and
 * a second run at the same time waits for the first.
 * @returns false when it had been handled before
 */
export async function consumeEvent(
  { db, clock }: Pick<Deps, "db" | "clock">,
  subscriber: Subscriber,
  event: EventEnvelope,
  effect: (tx: Tx) => Promise<void>,
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.inbox.createMany({
      data: [{ subscriber, eventId: event.id, handledAt: clock.now() }],
      skipDuplicates: true,
    });
    if (count === 0) return false;
    await effect(tx);
    return true;
  });
}

export interface RelayOptions {
  /** Resolves when the broker has the messages. */
  publish(messages: readonly OutboundMessage[]): Promise<void>;
  /** Resolves when the queue has the jobs. */
  addJobs(jobs: readonly JobRequest[]): Promise<void>;
  /** Rows of each kind in one go. */
  limit: number;
  /** Whether consumers of the legacy system listen, too (the full size). */
  legacyPayStatus: boolean;
}

interface OutboxRow {
  seq: string;
  id: string;
  name: string;
  version: number;
  key: string;
  payload: Record<string, unknown>;
  run_at: Date | null;
  traceparent: string | null;
  created_at: Date;
}

/** Any number that nothing else takes as an advisory lock. */
const relayLock = 7_205_331;

/**
 * Sends what committed transactions left in the outbox, in order for each key, and notes it as sent afterwards: a
 * crash in between sends it again, so everything behind it deduplicates by id. One relay at a time over all
 * processes; the others answer 0. The lock is the connection's, not a transaction's, so no transaction is open while a
 * broker is slow, and it goes with the connection when the process dies. Events and jobs do not wait for each other:
 * with the broker away, holds still expire.
 * @returns how many rows were sent
 * @throws AggregateError when the broker or the queue refused; what the other one took is noted
 */
export async function relayOutbox(
  { pool, clock }: { pool: Pool; clock: Clock },
  { publish, addJobs, limit, legacyPayStatus }: RelayOptions,
): Promise<number> {
  return holdingConnection(pool, async (connection, unlocked) => {
    const { rows } = await connection.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [
      relayLock,
    ]);
    if (!rows[0]?.mine) {
      unlocked();
      return 0;
    }
    const relay = async (kind: "event" | "job", send: (rows: OutboxRow[]) => Promise<void>) => {
      const waiting = await connection.query<OutboxRow>(
        `SELECT seq, id, name, version, key, payload, run_at, traceparent, created_at FROM outbox
         WHERE published_at IS NULL AND kind = $1 ORDER BY seq LIMIT $2`,
        [kind, limit],
      );
      if (waiting.rows.length === 0) return 0;
      await send(waiting.rows);
      await connection.query("UPDATE outbox SET published_at = $1 WHERE seq = ANY($2::bigint[])", [
        clock.now(),
        waiting.rows.map(({ seq }) => seq),
      ]);
      return waiting.rows.length;
    };
    // One after the other: a connection runs one statement at a time.
    const outcomes = [
      await settle(
        relay("event", (found) => publish(found.flatMap((row) => messagesOf(row, legacyPayStatus)))),
      ),
      await settle(relay("job", (found) => addJobs(found.map(jobOf)))),
    ];
    await connection.query("SELECT pg_advisory_unlock($1)", [relayLock]);
    unlocked();
    const failures = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
    if (failures.length > 0) throw new AggregateError(failures, "the outbox could not be relayed");
    return outcomes.reduce((sum, outcome) => sum + ("sent" in outcome ? outcome.sent : 0), 0);
  });
}

type Pool = Database["pool"];

/**
 * Runs `work` on one connection, for locks that are the connection's own. Unless `work` has called `unlocked`, the
 * connection may still hold its lock and is thrown away, which ends the lock.
 */
async function holdingConnection<T>(
  pool: Pool,
  work: (connection: PoolClient, unlocked: () => void) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect();
  // The server may end it while it idles; without a listener that would end the process. The next query says so.
  const lost = () => {};
  connection.on("error", lost);
  let mayHoldLock = true;
  try {
    return await work(connection, () => {
      mayHoldLock = false;
    });
  } finally {
    connection.off("error", lost);
    connection.release(mayHoldLock);
  }
}

async function settle(sending: Promise<number>): Promise<{ sent: number } | { error: unknown }> {
  try {
    return { sent: await sending };
  } catch (error) {
    return { error };
  }
}

function envelopeOf(row: OutboxRow): EventEnvelope {
  return {
    id: row.id,
    type: row.name as EventType,
    version: row.version,
    key: row.key,
    occurredAt: row.created_at.toISOString(),
    traceparent: row.traceparent,
    payload: row.payload,
  };
}

function messagesOf(row: OutboxRow, legacyPayStatus: boolean): OutboundMessage[] {
  const event = envelopeOf(row);
  const message = { topic: eventsTopic, key: event.key, value: JSON.stringify(event) };
  const payStatus = legacyPayStatus ? legacyPayStatusOf(event) : null;
  if (payStatus === null) return [message];
  const legacy: z.infer<typeof LegacyPayStatus> = { payStatus, orderSn: event.key };
  return [message, { topic: legacyPayStatusTopic, key: event.key, value: JSON.stringify(legacy) }];
}

/** The legacy number for what happened to a booking's money: 1 paid, 2 given back in full; null for all else. */
function legacyPayStatusOf(event: EventEnvelope): 1 | 2 | null {
  if (event.type === "booking.confirmed") return 1;
  if (event.type === "refund.succeeded" && event.payload.full === true) return 2;
  return null;
}

function jobOf(row: OutboxRow): JobRequest {
  return {
    name: row.name as JobName,
    data: row.payload as JobData<JobName>,
    id: row.id,
    runAt: row.run_at,
    traceparent: row.traceparent,
  };
}

/**
 * What the event bus needs of the database. A key's lock holds one connection of `pool` while its work runs, so the
 * pool has to be larger than the number of keys that are worked on at once.
 */
export function eventStore({ db, pool }: Pick<Database, "db" | "pool">, clock: Clock): EventStore {
  return {
    withKeyLock(subscriber, key, work) {
      return holdingConnection(pool, async (connection, unlocked) => {
        // Two numbers: a space of its own beside the locks that have one. Equal hashes only make keys wait.
        await connection.query("SELECT pg_advisory_lock(hashtext($1), hashtext($2))", [subscriber, key]);
        try {
          return await work();
        } finally {
          await connection.query("SELECT pg_advisory_unlock(hashtext($1), hashtext($2))", [subscriber, key]);
          unlocked();
        }
      });
    },
    async unhandled(subscriber, key) {
      const { rows } = await pool.query<OutboxRow>(
        `SELECT seq, id, name, version, key, payload, run_at, traceparent, created_at FROM outbox o
         WHERE key = $2 AND kind = 'event'
           AND NOT EXISTS (SELECT 1 FROM inbox i WHERE i.subscriber = $1 AND i.event_id = o.id)
           AND NOT EXISTS (SELECT 1 FROM dead_letter d
             WHERE d.subscriber = $1 AND d.event_id = o.id AND d.replayed_at IS NULL)
         ORDER BY seq`,
        [subscriber, key],
      );
      return rows.map(envelopeOf);
    },
    async deadLetter({ subscriber, key, eventId, body, error, attempts }) {
      const failed = { body, error: error.slice(0, 1_000), attempts, createdAt: clock.now() };
      if (eventId === null) {
        await db.deadLetter.create({ data: { subscriber, key, eventId, ...failed }, select: { id: true } });
        return;
      }
      // A replay that failed again is the same letter, unplayed.
      await db.deadLetter.upsert({
        where: { subscriber_eventId: { subscriber, eventId } },
        create: { subscriber, key, eventId, ...failed },
        update: { ...failed, replayedAt: null },
        select: { id: true },
      });
    },
  };
}

/**
 * Lets a dead-lettered event reach its subscriber again under its own id: the relay sends it once more, and those who
 * have handled it pass it over.
 * @returns false when the event is no longer in the outbox
 */
export async function replayEvent(
  tx: Tx,
  clock: Clock,
  { subscriber, eventId }: { subscriber: string; eventId: string },
): Promise<boolean> {
  const { count } = await tx.outbox.updateMany({
    where: { id: eventId, kind: "event" },
    data: { publishedAt: null },
  });
  if (count === 0) return false;
  await tx.deadLetter.updateMany({ where: { subscriber, eventId }, data: { replayedAt: clock.now() } });
  return true;
}

/** How much waits to be relayed, and for how long its oldest row has: the lag that operators are alarmed by. */
export async function outboxBacklog({
  db,
  clock,
}: Pick<Deps, "db" | "clock">): Promise<{ count: number; oldestAgeMs: number }> {
  const [waiting] = await db.$queryRaw<{ count: bigint; oldest: Date | null }[]>`
    SELECT count(*) AS count, min(created_at) AS oldest FROM outbox WHERE published_at IS NULL`;
  if (!waiting?.oldest) return { count: 0, oldestAgeMs: 0 };
  return {
    count: Number(waiting.count),
    oldestAgeMs: Math.max(0, clock.now().getTime() - waiting.oldest.getTime()),
  };
}
