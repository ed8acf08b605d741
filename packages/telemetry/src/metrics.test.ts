import { afterEach, expect, test } from "vitest";
import { createMetrics, type MetricsServer, startMetricsServer } from "./metrics";

const servers: MetricsServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function served() {
  const server = await startMetricsServer({ port: 0, host: "127.0.0.1" });
  servers.push(server);
  const get = async (path = "/metrics") => fetch(`http://127.0.0.1:${server.port}${path}`);
  return { metrics: server.metrics, get, lines: async () => (await (await get()).text()).split("\n") };
}

test("requests, jobs, events, bookings and payments can be read by Prometheus", async () => {
  const { metrics, get, lines } = await served();
  metrics.httpRequest({ method: "POST", route: "/trpc/booking.create", status: 200, durationMs: 30 });
  metrics.job({ name: "guest.notify-paid", outcome: "failed", durationMs: 1_500 });
  metrics.event({ subscriber: "notification", type: "booking.confirmed", outcome: "handled", durationMs: 4 });
  metrics.booking("confirmed");
  metrics.booking("confirmed");
  metrics.payment("succeeded", 52_800);
  metrics.payment("failed");
  expect((await get()).headers.get("content-type")).toMatch(/^text\/plain/);
  expect(await lines()).toEqual(
    expect.arrayContaining([
      'looklook_http_request_duration_seconds_bucket{le="0.025",method="POST",route="/trpc/booking.create",status="200"} 0',
      'looklook_http_request_duration_seconds_bucket{le="0.05",method="POST",route="/trpc/booking.create",status="200"} 1',
      'looklook_job_duration_seconds_sum{job="guest.notify-paid",outcome="failed"} 1.5',
      'looklook_event_duration_seconds_count{subscriber="notification",type="booking.confirmed",outcome="handled"} 1',
      'looklook_bookings_total{status="confirmed"} 2',
      'looklook_payments_total{outcome="succeeded"} 1',
      'looklook_payments_fen_total{outcome="succeeded"} 52800',
      'looklook_payments_total{outcome="failed"} 1',
      expect.stringMatching(/^process_resident_memory_bytes \d+/),
    ]),
  );
});

test("backlog, queues and lag are looked up when Prometheus asks, the backlog once for both of its numbers", async () => {
  const { metrics, lines } = await served();
  let looks = 0;
  metrics.observe({
    outboxBacklog: async () => {
      looks += 1;
      return { count: 10 + looks, oldestAgeMs: 2_500 };
    },
    queueCounts: async () => ({ booking: { waiting: 3, failed: 1 } }),
    eventLag: async () => ({ notification: 7 }),
  });
  expect(await lines()).toEqual(
    expect.arrayContaining([
      "looklook_outbox_waiting 11",
      "looklook_outbox_oldest_age_seconds 2.5",
      'looklook_queue_jobs{queue="booking",state="waiting"} 3',
      'looklook_queue_jobs{queue="booking",state="failed"} 1',
      'looklook_event_lag{subscriber="notification"} 7',
    ]),
  );
  expect(await lines()).toContain("looklook_outbox_waiting 12");
  expect(looks).toBe(2);
});

test("a value that cannot be looked up is missing and counted, and the others are still there", async () => {
  const { metrics, lines } = await served();
  let isAway = false;
  metrics.observe({
    outboxBacklog: async () => {
      if (isAway) throw new Error("the database is away");
      return { count: 4, oldestAgeMs: 0 };
    },
    queueCounts: () => (isAway ? new Promise<never>(() => {}) : Promise.resolve({ booking: { waiting: 3 } })),
    eventLag: async () => ({ notification: 7 }),
  });
  expect(await lines()).toContain("looklook_outbox_waiting 4");
  isAway = true;
  const without = await lines();
  expect(without.filter((line) => /^looklook_(outbox|queue)_\w+[ {]/.test(line))).toEqual([]);
  expect(without).toContain('looklook_event_lag{subscriber="notification"} 7');
  isAway = false;
  expect(await lines()).toEqual(
    expect.arrayContaining([
      "looklook_outbox_waiting 4",
      'looklook_queue_jobs{queue="booking",state="waiting"} 3',
      'looklook_metrics_failures_total{value="outbox"} 1',
      'looklook_metrics_failures_total{value="queues"} 1',
    ]),
  );
});

test("two sets of metrics in one process do not share their numbers", async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.booking("confirmed");
  expect(await one.registry.metrics()).toContain('looklook_bookings_total{status="confirmed"} 1');
  expect(await other.registry.metrics()).not.toContain('looklook_bookings_total{status="confirmed"}');
});

test("nothing but the metrics is served", async () => {
  const { get } = await served();
  expect((await get("/")).status).toBe(404);
  expect((await get("/metrics?name=x")).status).toBe(200);
});
