import { randomUUID } from "node:crypto";
import {
  EventEnvelope,
  type EventStore,
  eventsTopic,
  type OutboundMessage,
  type Subscriber,
} from "@looklook/contracts";
import pg from "pg";

interface DeadLetterRow {
  subscriber: string;
  key: string;
  eventId: string | null;
  body: string;
  error: string;
  attempts: number;
}

/** An event store over real tables, as small as the contract allows. */
export interface TestEventStore extends EventStore {
  /** Writes an event as a use case would, and answers the message that the relay sends for it. */
  append(key: string, step: number): Promise<OutboundMessage>;
  /** What a subscriber's handler does at its end: notes that it has taken the event. */
  take(subscriber: Subscriber, event: EventEnvelope): Promise<void>;
  /** Steps per key in the order in which the subscriber took them, repetitions included. */
  taken(subscriber: Subscriber, key: string): Promise<number[]>;
  deadLetters(): Promise<DeadLetterRow[]>;
  /** Lets an operator's replay begin: the event counts as not handled again. */
  revive(subscriber: Subscriber, eventId: string): Promise<void>;
  close(): Promise<void>;
}

export const stepOf = (event: EventEnvelope): number => Number(event.payload.step);

export async function openTestEventStore(databaseUrl: string): Promise<TestEventStore> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 });
  pool.on("error", () => {});
  await pool.query(`
    CREATE TABLE IF NOT EXISTS outbox (seq bigserial PRIMARY KEY, key text NOT NULL, id uuid NOT NULL, body jsonb NOT NULL);
    CREATE TABLE IF NOT EXISTS taken (seq bigserial PRIMARY KEY, subscriber text, event_id uuid, key text, step int);
    CREATE TABLE IF NOT EXISTS dead_letter (seq bigserial PRIMARY KEY, subscriber text, key text, event_id uuid, body text, error text, attempts int);
  `);
  return {
    async withKeyLock(subscriber, key, work) {
      // The lock is the connection's: a killed process gives it back by dying.
      const client = await pool.connect();
      try {
        await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [`${subscriber} ${key}`]);
        return await work();
      } finally {
        client.release(true);
      }
    },
    async unhandled(subscriber, key) {
      const { rows } = await pool.query(
        `SELECT body FROM outbox o WHERE key = $2
           AND NOT EXISTS (SELECT 1 FROM taken t WHERE t.subscriber = $1 AND t.event_id = o.id)
           AND NOT EXISTS (SELECT 1 FROM dead_letter d WHERE d.subscriber = $1 AND d.event_id = o.id)
         ORDER BY seq`,
        [subscriber, key],
      );
      return rows.map(({ body }) => EventEnvelope.parse(body));
    },
    async deadLetter({ subscriber, key, eventId, body, error, attempts }) {
      await pool.query(
        "INSERT INTO dead_letter (subscriber, key, event_id, body, error, attempts) VALUES ($1, $2, $3, $4, $5, $6)",
        [subscriber, key, eventId, body, error, attempts],
      );
    },
    async append(key, step) {
      const event: EventEnvelope = {
        id: randomUUID(),
        type: "booking.confirmed",
        version: 1,
        key,
        occurredAt: "2025-05-01T06:00:00.000Z",
        traceparent: null,
        payload: { step },
      };
      await pool.query("INSERT INTO outbox (key, id, body) VALUES ($1, $2, $3)", [key, event.id, event]);
      return { topic: eventsTopic, key, value: JSON.stringify(event) };
    },
    async take(subscriber, event) {
      await pool.query("INSERT INTO taken (subscriber, event_id, key, step) VALUES ($1, $2, $3, $4)", [
        subscriber,
        event.id,
        event.key,
        stepOf(event),
      ]);
    },
    async taken(subscriber, key) {
      const { rows } = await pool.query(
        "SELECT step FROM taken WHERE subscriber = $1 AND key = $2 ORDER BY seq",
        [subscriber, key],
      );
      return rows.map(({ step }) => step);
    },
    async deadLetters() {
      const { rows } = await pool.query(
        `SELECT subscriber, key, event_id AS "eventId", body, error, attempts FROM dead_letter ORDER BY seq`,
      );
      return rows;
    },
    async revive(subscriber, eventId) {
      await pool.query("DELETE FROM dead_letter WHERE subscriber = $1 AND event_id = $2", [
        subscriber,
        eventId,
      ]);
    },
    async close() {
      await pool.end();
    },
  };
}
