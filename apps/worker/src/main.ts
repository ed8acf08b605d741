import {
  type BookingStatus,
  type EventHandler,
  type EventType,
  type JobHandler,
  type JobHandlers,
  limits,
  type Subscriber,
} from "@looklook/contracts";
import { outboxBacklog, relayOutbox } from "@looklook/core";
import { buildRuntime, EnvError } from "@looklook/runtime";
import {
  createLogger,
  createMetrics,
  type Metrics,
  startMetricsServer,
  startTracing,
  withTraceparent,
} from "@looklook/telemetry";
import { broadcastConsumer } from "./consumers/broadcast";
import { notificationConsumer } from "./consumers/notification";
import { readEnv, type WorkerEnv } from "./env";
import { bookingJobs } from "./jobs/booking";
import { messageJobs } from "./jobs/message";
import { paymentJobs } from "./jobs/payment";
import { startOutboxRelay } from "./outbox-relay";

/** Rows of the outbox in one batch. */
const relayBatchRows = 500;
/** How long the relay waits after a broker or database that was away. */
const relayRetryMs = 1_000;

async function start(env: WorkerEnv) {
  const logger = createLogger({ service: "worker", level: env.LOG_LEVEL });
  const tracing = await startTracing({
    service: "looklook-worker",
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
  });
  const runtime = buildRuntime(env, { clientId: "worker", logger });
  const { deps, infra, database } = runtime;
  const metrics = createMetrics();

  const relay = startOutboxRelay({
    relayBatch: () =>
      relayOutbox(
        { pool: database.pool, clock: deps.clock },
        {
          publish: (messages) => infra.eventBus.publish(messages),
          addJobs: (jobs) => infra.queue.add(jobs),
          limit: relayBatchRows,
          legacyPayStatus: infra.size === "full",
        },
      ),
    pollMs: limits.outboxPollMs,
    retryMs: relayRetryMs,
    onError: (error) => logger.error({ err: error }, "the outbox could not be relayed"),
  });

  const consumers: Record<Subscriber, EventHandler> = {
    notification: notificationConsumer(deps),
    broadcast: counted(broadcastConsumer(deps, infra.broadcast), metrics),
  };
  for (const [subscriber, handler] of Object.entries(consumers)) {
    await infra.eventBus.subscribe(subscriber as Subscriber, observedConsumer(subscriber, handler, metrics));
  }
  await infra.startWorkers(
    observedJobs({ ...bookingJobs(deps), ...paymentJobs(deps), ...messageJobs(deps) }, metrics),
    { booking: env.WORKER_CONCURRENCY, payment: env.WORKER_CONCURRENCY, message: env.WORKER_CONCURRENCY },
  );
  await infra.registerSchedules();

  metrics.observe({
    outboxBacklog: () => outboxBacklog(deps),
    queueCounts: () => infra.queue.counts(),
    eventLag: () => infra.eventBus.lag(),
  });
  const metricsServer = await startMetricsServer({
    host: env.WORKER_METRICS_HOST,
    port: env.WORKER_METRICS_PORT,
    metrics,
    async ready() {
      await deps.db.$queryRaw`SELECT 1`;
      return (await infra.ready()) && (await infra.eventBus.ready());
    },
  });
  logger.info({ size: infra.size, wechat: runtime.isSandbox ? "sandbox" : "wechat" }, "worker is ready");

  return async function stop() {
    await relay.close();
    await runtime.close();
    await metricsServer.close();
    await tracing.close();
  };
}

/** Tells how long `work` took and whether it came to its end; what it throws is thrown on. */
async function timed(
  work: () => Promise<void>,
  tell: (isDone: boolean, durationMs: number) => void,
): Promise<void> {
  const began = performance.now();
  let isDone = false;
  try {
    await work();
    isDone = true;
  } finally {
    tell(isDone, performance.now() - began);
  }
}

/** Each job as a span of the trace that asked for it, counted by outcome. */
function observedJobs(handlers: JobHandlers, metrics: Metrics): JobHandlers {
  const observe =
    (name: string, handler: AnyJobHandler): AnyJobHandler =>
    (data, job) =>
      withTraceparent(
        job.traceparent,
        name,
        () =>
          timed(
            () => handler(data, job),
            (isDone, durationMs) =>
              metrics.job({ name, outcome: isDone ? "completed" : "failed", durationMs }),
          ),
        { "looklook.job.attempt": job.attempt },
      );
  const entries = Object.entries(handlers) as [string, AnyJobHandler][];
  return Object.fromEntries(entries.map(([name, handler]) => [name, observe(name, handler)])) as JobHandlers;
}
/** Whoever only passes a job on need not know its data. */
type AnyJobHandler = (data: unknown, job: Parameters<JobHandler>[1]) => Promise<void>;

/** Each event likewise. */
function observedConsumer(subscriber: string, handler: EventHandler, metrics: Metrics): EventHandler {
  return (event) =>
    withTraceparent(
      event.traceparent,
      `${subscriber} ${event.type}`,
      () =>
        timed(
          () => handler(event),
          (isDone, durationMs) =>
            metrics.event({
              subscriber,
              type: event.type,
              outcome: isDone ? "handled" : "failed",
              durationMs,
            }),
        ),
      { "looklook.booking_no": event.key },
    );
}

/** Counts what came to bookings and money, from events of one subscriber. One delivered twice counts twice. */
function counted(handler: EventHandler, metrics: Metrics): EventHandler {
  return async (event) => {
    await handler(event);
    const { amountFen } = event.payload as { amountFen?: number };
    const status = bookingStatusAfter[event.type];
    if (status) metrics.booking(status);
    if (event.type === "payment.succeeded") metrics.payment("succeeded", amountFen);
    if (event.type === "refund.succeeded") metrics.payment("refunded", amountFen);
  };
}

const bookingStatusAfter: Partial<Record<EventType, BookingStatus>> = {
  "booking.created": "pending_payment",
  "booking.confirmed": "confirmed",
  "booking.cancelled": "cancelled",
  "booking.checked_in": "checked_in",
};

/** Starts, and stops when asked: jobs under way end first. A second signal does not wait. */
async function main() {
  const stop = await start(readEnv());
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, async () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      await stop();
      process.exit(0);
    });
  }
}

main().catch((error) => {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
});
