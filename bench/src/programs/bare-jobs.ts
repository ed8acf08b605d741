import { randomUUID } from "node:crypto";
import { createPostgresBackend, Queue, Worker, withBackend } from "bullmq";
import { serve } from "./serve";

const { DATABASE_URL = "", REDIS_URL, BENCH_PREFIX } = process.env;
/** BullMQ as its documents show it, with connections of its own. */
const onPostgres = withBackend(createPostgresBackend);
const connection = { connectionString: DATABASE_URL, schema: "bullmq", migrate: true };
const prefix = BENCH_PREFIX;
const queue = REDIS_URL
  ? new Queue("bare", { connection: { url: REDIS_URL }, prefix })
  : (new onPostgres.Queue("bare", { connection }) as unknown as Queue);
queue.on("error", console.error);
const batch = 500;

async function fill({ count }: { count: number }): Promise<void> {
  for (let added = 0; added < count; added += batch)
    await queue.addBulk(
      Array.from({ length: Math.min(batch, count - added) }, () => ({
        name: "job",
        data: { paymentNo: `PMT${randomUUID()}` },
      })),
    );
}

/** Seconds from the first job to the last. */
async function drain({ count, concurrency }: { count: number; concurrency: number }): Promise<number> {
  let handled = 0;
  let begin = 0;
  let worker: Worker | undefined;
  const seconds = await new Promise<number>((resolve) => {
    const processor = async () => {
      handled += 1;
      if (handled === 1) begin = performance.now();
      if (handled === count) resolve((performance.now() - begin) / 1_000);
    };
    worker = REDIS_URL
      ? new Worker("bare", processor, { connection: { url: REDIS_URL }, prefix, concurrency })
      : (new onPostgres.Worker("bare", processor as never, { connection, concurrency }) as unknown as Worker);
    worker.on("error", console.error);
  });
  await worker?.close();
  return seconds;
}

async function clear(): Promise<void> {
  await queue.obliterate({ force: true });
  await queue.close();
}

serve({ fill, drain, clear });
