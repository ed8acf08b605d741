import type {
  Broadcast,
  EventBus,
  JobHandlers,
  JobQueue,
  JobWorkers,
  QueueName,
  RateLimiter,
} from "@looklook/contracts";
import { postgresBroadcast } from "./broadcast/postgres";
import { redisBroadcast } from "./broadcast/redis";
import { calm } from "./calm";
import { type InfraConfig, type Size, sizeOf } from "./config";
import { bullEventBus } from "./event-bus/bullmq";
import { kafkaEventBus } from "./event-bus/kafka";
import { openPool } from "./postgres";
import type { BullBackend, BullQueue } from "./queue/backend";
import { postgresBackend } from "./queue/postgres-backend";
import { openQueues } from "./queue/queues";
import { redisBackend } from "./queue/redis-backend";
import { startWorkers } from "./queue/workers";
import { postgresLimiter } from "./rate-limit/postgres";
import { redisLimiter } from "./rate-limit/redis";

export { type InfraConfig, type InfraLogger, type Size, sizeOf } from "./config";
export type { BullQueue, JobEnvelope } from "./queue/backend";

/** How often finished jobs that have been kept for long enough are looked for. */
const trimEveryMs = 60_000;

/** What a process may need of queues, events, broadcast and limits. Each part connects when it is first used. */
export interface Infra {
  readonly size: Size;
  readonly queue: JobQueue;
  readonly eventBus: EventBus;
  readonly broadcast: Broadcast;
  readonly rateLimiter: RateLimiter;
  /** Starts taking jobs. `concurrency`: jobs side by side in this process, for each queue. */
  startWorkers(handlers: JobHandlers, concurrency?: Partial<Record<QueueName, number>>): Promise<JobWorkers>;
  /**
   * Makes the recurring jobs of contracts so, once whatever the number of workers, and puts them back when they get
   * lost, until `close`; and removes finished jobs when their time is over.
   */
  registerSchedules(): Promise<void>;
  /** BullMQ's own queues (of jobs, and of events where BullMQ carries them), for bull-board. */
  bullQueues(): Promise<BullQueue[]>;
  /** Whether the servers that queues need answer. */
  ready(): Promise<boolean>;
  /** Ends everything that was opened: first what takes work, waiting for what runs, then connections. */
  close(): Promise<void>;
}

/**
 * Chooses the drivers by the configuration, in this one place: BullMQ, LISTEN/NOTIFY and limits on PostgreSQL; on
 * Redis when `redisUrl` is set; events on Kafka when `kafkaBrokers` is set too.
 * @throws Error for a configuration that is none of the three sizes
 */
export function buildInfra(config: InfraConfig): Infra {
  const size = sizeOf(config);
  const { backend, broadcast, rateLimiter, disconnect } =
    size === "light" ? onPostgres(config) : onRedis(config);
  const queue = openQueues(backend, config.logger);
  const bullBus = size === "full" ? undefined : bullEventBus(backend, config.eventStore, config.logger);
  const eventBus = bullBus ?? kafkaEventBus(config);
  const workers: JobWorkers[] = [];
  const warn = calm(config.logger);
  let trimming: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  async function bullQueues() {
    return [...(await queue.bullQueues()), ...((await bullBus?.bullQueues()) ?? [])];
  }

  async function trim() {
    for (const each of await bullQueues()) await backend.trim(each);
  }

  async function closeAll() {
    clearInterval(trimming);
    await Promise.all([...workers.map((started) => started.close()), eventBus.close()]);
    await Promise.all([queue.close(), broadcast.close(), rateLimiter.close()]);
    await disconnect();
  }

  return {
    size,
    queue,
    eventBus,
    broadcast,
    rateLimiter,
    async startWorkers(handlers, concurrency) {
      const started = await startWorkers(backend, handlers, config.logger, concurrency);
      workers.push(started);
      return started;
    },
    async registerSchedules() {
      await queue.registerSchedules();
      trimming ??= setInterval(
        () => void trim().catch((error) => warn({ err: error }, "old jobs could not be removed")),
        trimEveryMs,
      ).unref();
    },
    bullQueues,
    ready: () => backend.ready(),
    close() {
      closing ??= closeAll();
      return closing;
    },
  };
}

interface Drivers {
  backend: BullBackend;
  broadcast: Broadcast;
  rateLimiter: RateLimiter;
  /** Ends the connections that the drivers share. */
  disconnect(): Promise<void>;
}

function onPostgres(config: InfraConfig): Drivers {
  const pool = openPool(config);
  return {
    backend: postgresBackend(pool),
    broadcast: postgresBroadcast(config, pool),
    rateLimiter: postgresLimiter(config, pool),
    disconnect: () => pool.end(),
  };
}

function onRedis(config: InfraConfig): Drivers {
  const backend = redisBackend(config);
  return {
    backend,
    broadcast: redisBroadcast(config),
    rateLimiter: redisLimiter(config),
    disconnect: () => backend.close(),
  };
}
