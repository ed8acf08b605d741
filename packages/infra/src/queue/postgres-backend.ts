import {
  createPostgresBackend,
  type PgPool,
  type Queue,
  runMigrations,
  type Worker,
  withBackend,
} from "bullmq";
import type pg from "pg";
import { once } from "../once";
import { bullSchema } from "../postgres";
import { type BullBackend, type BullQueue, type BullWorker, recovery, retention } from "./backend";

const bull = withBackend(createPostgresBackend);

/** Jobs that one look removes; what is left waits for the next. */
const trimJobsMax = 10_000;

/**
 * BullMQ on PostgreSQL over one shared pool: with pools of their own six queues take 30 connections. Its tables live
 * in a schema of their own and are made, and brought up to date, before the first queue opens; BullMQ's advisory lock
 * lets any number of processes start at once. Whoever needs several independent sets of queues uses several databases.
 */
export function postgresBackend(pool: pg.Pool): BullBackend {
  const connection = pool as unknown as PgPool;
  const migrated = once(async () => {
    const client = await pool.connect();
    try {
      await runMigrations(client, bullSchema);
    } finally {
      client.release();
    }
  });
  return {
    async queue(name) {
      await migrated();
      const queue = new bull.Queue(name, { connection });
      return queue as unknown as Queue as BullQueue;
    },
    async worker(name, processor, { concurrency }) {
      await migrated();
      const worker = new bull.Worker(name, processor as never, {
        connection,
        autorun: false,
        concurrency,
        ...recovery,
      });
      return worker as unknown as Worker as BullWorker;
    },
    async trim(queue) {
      // Workers could do it whenever they finish a job, but that reads every job which is kept to find the oldest.
      for (const state of ["completed", "failed"] as const)
        await queue.clean(retention[state] * 1_000, trimJobsMax, state);
    },
    async exclusively(work) {
      // Two upserts of one schedule at the same moment leave a job too many: BullMQ's function reads before it locks.
      const client = await pool.connect();
      try {
        await client.query("SELECT pg_advisory_lock(hashtext('looklook.schedules'))");
        await work();
        await client.query("SELECT pg_advisory_unlock(hashtext('looklook.schedules'))");
        client.release();
      } catch (error) {
        // The lock goes with its connection.
        client.release(true);
        throw error;
      }
    },
    async ready() {
      return pool.query("SELECT 1").then(
        () => true,
        () => false,
      );
    },
  };
}
