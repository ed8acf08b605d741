import { randomUUID } from "node:crypto";
import { type JobHandlers, type JobRequest, jobs } from "@looklook/contracts";
import { buildInfra } from "@looklook/infra";
import { serve } from "./serve";

const { DATABASE_URL = "", REDIS_URL, BENCH_PREFIX } = process.env;
const log = (fields: object, message: string) => console.error(message, fields);
const infra = buildInfra({
  databaseUrl: DATABASE_URL,
  redisUrl: REDIS_URL,
  prefix: BENCH_PREFIX,
  clientId: "bench",
  logger: { info() {}, warn: log, error: log },
});
const batch = 500;

async function fill({ count }: { count: number }): Promise<void> {
  for (let added = 0; added < count; added += batch)
    await infra.queue.add(Array.from({ length: Math.min(batch, count - added) }, newJob));
}

function newJob(): JobRequest {
  const data = { paymentNo: `PMT${randomUUID()}` };
  return { name: "payment.sync", data, id: randomUUID(), runAt: null, traceparent: null };
}

/** Seconds from the first job to the last, with the workers of all queues running and handlers that do nothing. */
async function drain({ count, concurrency }: { count: number; concurrency: number }): Promise<number> {
  let handled = 0;
  let begin = 0;
  let workers: Awaited<ReturnType<typeof infra.startWorkers>> | undefined;
  const seconds = await new Promise<number>((resolve, reject) => {
    const handler = async () => {
      handled += 1;
      if (handled === 1) begin = performance.now();
      if (handled === count) resolve((performance.now() - begin) / 1_000);
    };
    const handlers = Object.fromEntries(
      Object.keys(jobs).map((name) => [name, handler]),
    ) as unknown as JobHandlers;
    infra.startWorkers(handlers, { payment: concurrency }).then((started) => {
      workers = started;
    }, reject);
  });
  while (!workers) await new Promise((resolve) => setTimeout(resolve, 5));
  await workers.close();
  return seconds;
}

/** Removes what this run has put on a server that others may share. */
async function clear(): Promise<void> {
  for (const queue of await infra.bullQueues()) await queue.obliterate({ force: true });
  await infra.close();
}

serve({ fill, drain, clear });
