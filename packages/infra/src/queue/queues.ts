import {
  type JobName,
  type JobQueue,
  type JobRequest,
  jobs,
  type QueueName,
  queueNames,
  schedules,
} from "@looklook/contracts";
import type { JobSchedulerJson, RepeatOptions } from "bullmq";
import { calm } from "../calm";
import type { InfraLogger } from "../config";
import { once } from "../once";
import type { BullBackend, BullQueue, JobEnvelope } from "./backend";

/** How often a worker looks whether its schedules are still there: a flushed Redis takes them along. */
const schedulesCheckEveryMs = 15_000;

export interface Queues extends JobQueue {
  /** BullMQ's own objects, for bull-board. */
  bullQueues(): Promise<BullQueue[]>;
  /**
   * Makes the recurring jobs of contracts what contracts say, and puts back what gets lost, until `close`. Any number
   * of workers may do so: there is one schedule for each name. A schedule that contracts no longer know is removed.
   */
  registerSchedules(): Promise<void>;
}

/** The product's job queues on whichever BullMQ backend; opened by the first use. */
export function openQueues(backend: BullBackend, logger: InfraLogger): Queues {
  const warn = calm(logger);
  let watch: NodeJS.Timeout | undefined;
  const open = once(async () => {
    const opened: BullQueue[] = [];
    try {
      for (const name of queueNames) {
        const queue = await backend.queue(name);
        queue.on("error", (error) => warn({ err: error, queue: name }, "a queue lost its database"));
        opened.push(queue);
        await queue.waitUntilReady();
      }
    } catch (error) {
      await Promise.allSettled(opened.map((queue) => queue.close()));
      throw error;
    }
    return new Map(queueNames.map((name, index) => [name, opened[index] as BullQueue]));
  });
  const queueOf = async (name: QueueName) => (await open()).get(name) as BullQueue;

  async function restoreSchedules() {
    for (const [name, schedule] of Object.entries(schedules) as [JobName, Schedule][]) {
      const queue = await queueOf(jobs[name].queue);
      if (!isRunning(await queue.getJobScheduler(name), schedule)) await upsert(queue, name, schedule);
    }
  }

  return {
    async add(requests) {
      const byQueue = new Map<QueueName, JobRequest[]>();
      for (const request of requests) {
        // Refused here, where somebody can mend it, rather than in a worker at night.
        jobs[request.name].schema.parse(request.data);
        const { queue } = jobs[request.name];
        byQueue.set(queue, [...(byQueue.get(queue) ?? []), request]);
      }
      for (const [name, group] of byQueue) await (await queueOf(name)).addBulk(group.map(toBullJob));
    },
    async counts() {
      const entries = [...(await open())].map(async ([name, queue]) => {
        const counts = await queue.getJobCounts("waiting", "prioritized", "active", "delayed", "failed");
        const { waiting = 0, prioritized = 0, active = 0, delayed = 0, failed = 0 } = counts;
        return [name, { waiting: waiting + prioritized, active, delayed, failed }] as const;
      });
      return Object.fromEntries(await Promise.all(entries)) as Awaited<ReturnType<JobQueue["counts"]>>;
    },
    async bullQueues() {
      return [...(await open()).values()];
    },
    async registerSchedules() {
      const queues = await open();
      await backend.exclusively(async () => {
        for (const [name, queue] of queues) {
          for (const { key } of await queue.getJobSchedulers()) {
            if (!(key in schedules) || jobs[key as JobName].queue !== name)
              await queue.removeJobScheduler(key);
          }
        }
        await restoreSchedules();
      });
      watch ??= setInterval(() => {
        backend
          .exclusively(restoreSchedules)
          .catch((error) => warn({ err: error }, "schedules could not be checked"));
      }, schedulesCheckEveryMs).unref();
    },
    async close() {
      clearInterval(watch);
      const opened = await open.opened()?.catch(() => undefined);
      if (opened) await Promise.all([...opened.values()].map((queue) => queue.close()));
    },
  };
}

type Schedule = { everyMs: number } | { cron: string; timeZone: string };

function toBullJob({ name, data, id, runAt, traceparent }: JobRequest) {
  const { attempts, backoffMs } = jobs[name];
  const envelope: JobEnvelope = { payload: data, traceparent };
  // BullMQ runs on this machine's clock, so its delay is counted from there too.
  const delay = runAt ? Math.max(0, runAt.getTime() - Date.now()) : 0;
  return {
    name,
    data: envelope,
    opts: { jobId: id, delay, attempts, backoff: backoff(backoffMs) },
  };
}

/** The pause doubles; a quarter of it is chance, so that what failed together does not come back together. */
function backoff(backoffMs: number) {
  return { type: "exponential", delay: backoffMs, jitter: 0.25 };
}

function repeatOptions(schedule: Schedule): Omit<RepeatOptions, "key"> {
  return "everyMs" in schedule
    ? { every: schedule.everyMs }
    : { pattern: schedule.cron, tz: schedule.timeZone };
}

async function upsert(queue: BullQueue, name: JobName, schedule: Schedule): Promise<void> {
  const { attempts, backoffMs } = jobs[name];
  const data: JobEnvelope = { payload: {}, traceparent: null };
  await queue.upsertJobScheduler(name, repeatOptions(schedule), {
    name,
    data,
    opts: { attempts, backoff: backoff(backoffMs) },
  });
}

/** Whether the stored schedule is the wanted one and its next run is not long overdue. */
function isRunning(stored: JobSchedulerJson | undefined, schedule: Schedule): boolean {
  if (!stored) return false;
  const isSame =
    "everyMs" in schedule
      ? Number(stored.every) === schedule.everyMs
      : stored.pattern === schedule.cron && stored.tz === schedule.timeZone;
  return isSame && (stored.next ?? 0) > Date.now() - 60_000;
}
