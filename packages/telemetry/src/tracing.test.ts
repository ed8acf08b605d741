import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openDatabase } from "@looklook/db";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "./logger";
import { currentTraceparent, startTracing, type Tracing, withTraceparent } from "./tracing";

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: { stringValue?: string } }[];
  status: { code?: number; message?: string };
}

const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl)
  throw new Error("DATABASE_URL is not set: run the tests with `npm test`, which brings PostgreSQL along.");

const listen = (server: Server) =>
  new Promise<string>((resolve) => {
    server.listen(0, "127.0.0.1", () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });

/** What an OTLP collector was sent. */
const received: { service: string; span: Span }[] = [];
const collector = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    if (request.url !== "/v1/traces") throw new Error(`nothing but traces was expected, not ${request.url}`);
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      const service = resource.attributes.find(({ key }: { key: string }) => key === "service.name").value
        .stringValue;
      for (const { spans } of scopeSpans) for (const span of spans) received.push({ service, span });
    }
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});

const database = openDatabase({ url: databaseUrl, applicationName: "telemetry-test" });
let logged = "";
const logger = createLogger(
  { level: "info", service: "api" },
  {
    write(line) {
      logged += line;
    },
  },
);
let traceparentOfRequest: string | null = null;
/** Stands for an API whose use case writes an outbox row with the trace it runs in. */
const api = createServer(async (request, response) => {
  if (request.url === "/healthz") {
    response.end();
    return;
  }
  await database.db.$queryRaw`SELECT 'the use case'`;
  traceparentOfRequest = currentTraceparent();
  logger.info({ bookingNo: "HSO1" }, "booked");
  response.end("booked");
});

let tracing: Tracing;
let collectorUrl = "";
let apiUrl = "";

beforeAll(async () => {
  collectorUrl = await listen(collector);
  // As in an app: servers and clients are imported before tracing starts, and used after.
  expect(await withTraceparent(null, "off", async () => currentTraceparent())).toBeNull();
  tracing = await startTracing({ service: "api", endpoint: collectorUrl });
  apiUrl = await listen(api);
});
afterAll(async () => {
  await database.close();
  for (const server of [api, collector]) {
    server.close();
    server.closeAllConnections();
  }
});

test("one trace goes from the request through the database into the job that it caused", async () => {
  await fetch(`${apiUrl}/trpc/booking.create?token=CANARY-7f3a`, { method: "POST" });
  await fetch(`${apiUrl}/healthz`);
  // What a process looks up on its own begins no trace.
  await database.db.$queryRaw`SELECT 'a look at the outbox'`;
  const job = withTraceparent(
    traceparentOfRequest,
    "job guest.notify-paid",
    async () => {
      await database.db.$queryRaw`SELECT 'the job'`;
      throw new Error("no grant left for 13800138000");
    },
    { "job.id": "1" },
  );
  await expect(job).rejects.toThrow("no grant");
  await tracing.close();

  const spans = received.map(({ span }) => span);
  expect(new Set(received.map(({ service }) => service))).toEqual(new Set(["api"]));
  const request = spans.find(({ name }) => name === "POST /trpc/booking.create");
  expect(request?.kind).toBe(2);
  expect(request?.parentSpanId).toBeFalsy();
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([request?.traceId]));

  const jobSpan = spans.find(({ name }) => name === "job guest.notify-paid");
  expect(jobSpan?.parentSpanId).toBe(request?.spanId);
  expect(jobSpan?.status).toEqual({ code: 2, message: "Error" });

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const rootOf = (span: Span): Span => {
    const parent = byId.get(span.parentSpanId ?? "");
    return !parent || span === jobSpan ? span : rootOf(parent);
  };
  const queries = spans.filter(({ name }) => name.startsWith("pg.query"));
  expect(queries.map((span) => rootOf(span).name).sort()).toEqual([
    "POST /trpc/booking.create",
    "job guest.notify-paid",
  ]);
  expect(spans.some(({ name }) => name.startsWith("prisma:client:operation"))).toBe(true);

  const line = JSON.parse(logged) as Record<string, unknown>;
  expect(line).toMatchObject({ bookingNo: "HSO1", trace_id: request?.traceId, span_id: request?.spanId });
  expect(JSON.stringify(received)).not.toContain("CANARY-7f3a");
  expect(JSON.stringify(received)).not.toContain("13800138000");
});
