import {
  type JobHandler,
  type JobHandlers,
  type JobName,
  type JobWorkers,
  jobs,
  type QueueName,
  queueNames,
} from "@looklook/contracts";
import { type Job, UnrecoverableError } from "bullmq";
import { calm } from "../calm";
import type { InfraLogger } from "../config";
import { type BullBackend, type BullWorker, closeWorker, type JobEnvelope } from "./backend";

/** Jobs of one queue that this process runs side by side; they mostly wait for the database or for WeChat. */
const concurrencyDefault = 8;

/**
 * Starts one worker for each queue. A handler gets the payload only after its schema has seen it again: what waits in
 * a queue may be older than the code. It can run twice, side by side or late, and has to bear that.
 */
export async function startWorkers(
  backend: BullBackend,
  handlers: JobHandlers,
  logger: InfraLogger,
  concurrency: Partial<Record<QueueName, number>> = {},
): Promise<JobWorkers> {
  const warn = calm(logger);
  const started: BullWorker[] = [];
  const close = async () => {
    await Promise.all(started.map((worker) => closeWorker(worker, logger)));
  };
  try {
    for (const name of queueNames) {
      const worker = await backend.worker(name, (job) => run(handlers, job), {
        concurrency: concurrency[name] ?? concurrencyDefault,
      });
      worker.on("error", (error) => warn({ err: error, queue: name }, "a worker lost its database"));
      worker.on("stalled", (id) =>
        logger.warn({ jobId: id, queue: name }, "a job lost its worker and starts again"),
      );
      worker.on("failed", (job, error) => {
        const fields = {
          err: error,
          queue: name,
          job: job?.name,
          jobId: job?.id,
          attempt: job?.attemptsMade,
          // Numbers that an operator searches by; contracts keep persons out of it.
          payload: job?.data.payload,
        };
        if (job && job.finishedOn === undefined) logger.warn(fields, "a job failed and will be tried again");
        else logger.error(fields, "a job failed for good");
      });
      started.push(worker);
      await worker.waitUntilReady();
    }
  } catch (error) {
    await close();
    throw error;
  }
  for (const worker of started) {
    worker.run().catch((error) => logger.error({ err: error, queue: worker.name }, "a worker stopped"));
  }
  return { close };
}

async function run(handlers: JobHandlers, job: Job<JobEnvelope>): Promise<void> {
  if (!isJobName(job.name)) throw new UnrecoverableError(`no job is called ${job.name}`);
  const parsed = jobs[job.name].schema.safeParse(job.data.payload);
  // The same payload will not be right the next time either.
  if (!parsed.success) throw new UnrecoverableError(`${job.name}: ${parsed.error.message}`);
  const handler = handlers[job.name] as JobHandler;
  await handler(parsed.data, {
    id: job.id ?? "",
    attempt: job.attemptsMade + 1,
    traceparent: job.data.traceparent,
  });
}

function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobs, name);
}
