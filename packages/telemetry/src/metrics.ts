import { createServer } from "node:http";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is looked up at the moment Prometheus asks. Each may throw: its numbers are then missing, the others stay. */
export interface Observed {
  outboxBacklog?(): Promise<{ count: number; oldestAgeMs: number }>;
  /** `JobQueue.counts`: by queue, then by state. */
  queueCounts?(): Promise<Record<string, Record<string, number>>>;
  /** `EventBus.lag`: by subscriber. */
  eventLag?(): Promise<Record<string, number>>;
}

export interface Metrics {
  readonly registry: Registry;
  /** `route` is the pattern, never the path as sent: a path of somebody's making would be a series for ever. */
  httpRequest(request: { method: string; route: string; status: number; durationMs: number }): void;
  job(job: { name: string; outcome: "completed" | "failed"; durationMs: number }): void;
  event(event: { subscriber: string; type: string; outcome: "handled" | "failed"; durationMs: number }): void;
  /** A booking that reached a state: `pending_payment`, `confirmed`, … */
  booking(status: string): void;
  /** A payment or refund that came to something: `succeeded`, `failed`, `refunded`, …; `amountFen` where money moved. */
  payment(outcome: string, amountFen?: number): void;
  observe(observed: Observed): void;
}

/** Waits this long for one answer before Prometheus gets the rest without it. */
const observeWithinMs = 2_000;

/** Everything this product measures, by its own registry; names follow Prometheus: base units, `_total` for counters. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const httpDuration = new Histogram({
    name: "looklook_http_request_duration_seconds",
    help: "Time to answer a request, by route and status",
    labelNames: ["method", "route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const workBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
  const jobDuration = new Histogram({
    name: "looklook_job_duration_seconds",
    help: "Time one try of a job took, by job and outcome",
    labelNames: ["job", "outcome"],
    buckets: workBuckets,
    registers,
  });
  const eventDuration = new Histogram({
    name: "looklook_event_duration_seconds",
    help: "Time one try of an event took, by subscriber, type and outcome",
    labelNames: ["subscriber", "type", "outcome"],
    buckets: workBuckets,
    registers,
  });
  const bookings = new Counter({
    name: "looklook_bookings_total",
    help: "Bookings that reached a state",
    labelNames: ["status"],
    registers,
  });
  const payments = new Counter({
    name: "looklook_payments_total",
    help: "Payments and refunds by outcome",
    labelNames: ["outcome"],
    registers,
  });
  const paymentFen = new Counter({
    name: "looklook_payments_fen_total",
    help: "Money of payments and refunds by outcome, in fen",
    labelNames: ["outcome"],
    registers,
  });
  const failures = new Counter({
    name: "looklook_metrics_failures_total",
    help: "Values that could not be looked up when Prometheus asked",
    labelNames: ["value"],
    registers,
  });

  return {
    registry,
    httpRequest({ method, route, status, durationMs }) {
      httpDuration.observe({ method, route, status: String(status) }, durationMs / 1_000);
    },
    job({ name, outcome, durationMs }) {
      jobDuration.observe({ job: name, outcome }, durationMs / 1_000);
    },
    event({ subscriber, type, outcome, durationMs }) {
      eventDuration.observe({ subscriber, type, outcome }, durationMs / 1_000);
    },
    booking: (status) => bookings.inc({ status }),
    payment(outcome, amountFen) {
      payments.inc({ outcome });
      if (amountFen !== undefined) paymentFen.inc({ outcome }, amountFen);
    },
    observe({ outboxBacklog, queueCounts, eventLag }) {
      /**
       * One look for all gauges that show its answer. They forget the last one first: a look that fails leaves a gap
       * and neither an old number nor a 0 that nobody counted.
       */
      const lookUp = (value: string, forget: () => void, look: () => Promise<void>) => {
        let looking: Promise<void> | undefined;
        const lookNow = async () => {
          forget();
          try {
            await within(observeWithinMs, look());
          } catch {
            failures.inc({ value });
          }
        };
        return () => {
          looking ??= lookNow().finally(() => {
            looking = undefined;
          });
          return looking;
        };
      };
      if (outboxBacklog) {
        const collect = lookUp(
          "outbox",
          () => {
            waiting.remove();
            age.remove();
          },
          async () => {
            const { count, oldestAgeMs } = await outboxBacklog();
            waiting.set(count);
            age.set(oldestAgeMs / 1_000);
          },
        );
        const waiting = new Gauge({
          name: "looklook_outbox_waiting",
          help: "Outbox rows that are not sent yet",
          registers,
          collect,
        });
        const age = new Gauge({
          name: "looklook_outbox_oldest_age_seconds",
          help: "Age of the oldest outbox row that is not sent yet",
          registers,
          collect,
        });
      }
      if (queueCounts) {
        const jobs: Gauge = new Gauge({
          name: "looklook_queue_jobs",
          help: "Jobs in a queue by state",
          labelNames: ["queue", "state"],
          registers,
          collect: lookUp(
            "queues",
            () => jobs.reset(),
            async () => {
              for (const [queue, states] of Object.entries(await queueCounts())) {
                for (const [state, count] of Object.entries(states)) jobs.set({ queue, state }, count);
              }
            },
          ),
        });
      }
      if (eventLag) {
        const lag: Gauge = new Gauge({
          name: "looklook_event_lag",
          help: "Events, or on BullMQ news of events, that a subscriber has not handled yet",
          labelNames: ["subscriber"],
          registers,
          collect: lookUp(
            "event lag",
            () => lag.reset(),
            async () => {
              for (const [subscriber, count] of Object.entries(await eventLag()))
                lag.set({ subscriber }, count);
            },
          ),
        });
      }
    },
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

export interface MetricsServer {
  metrics: Metrics;
  /** Where it listens; asked for 0, a free one. */
  port: number;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` on a port of its own, which stays inside: numbers of a business are nobody else's. A process
 * without a public port answers its probes here too: `/healthz`, and `/readyz` by what `ready` says.
 */
export async function startMetricsServer({
  port,
  host,
  metrics = createMetrics(),
  ready,
}: {
  port: number;
  host: string;
  metrics?: Metrics;
  ready?: () => Promise<boolean>;
}): Promise<MetricsServer> {
  const server = createServer(async (request, response) => {
    const path = request.method === "GET" ? request.url?.split("?")[0] : null;
    if (ready && path === "/healthz") {
      response.writeHead(200).end();
      return;
    }
    if (ready && path === "/readyz") {
      const isReady = await within(observeWithinMs, ready()).catch(() => false);
      response.writeHead(isReady ? 200 : 503).end();
      return;
    }
    if (path !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await metrics.registry.metrics();
      response.writeHead(200, { "content-type": metrics.registry.contentType }).end(text);
    } catch {
      response.writeHead(500).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  return {
    metrics,
    port: typeof address === "object" && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
