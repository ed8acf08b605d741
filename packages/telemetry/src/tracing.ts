import { createRequire, syncBuiltinESMExports } from "node:module";
import {
  type Attributes,
  type Context,
  isSpanContextValid,
  type Link,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";

export interface Tracing {
  /** Sends what is still in hand and ends. */
  close(): Promise<void>;
}

/** Parameters of addresses that must not stand in a span: WeChat's carry the app's secret and the login code. */
const redactedQueryParams = ["secret", "js_code", "code", "access_token", "token", "sig", "Signature"];

/** Nobody needs a trace of a probe. */
const probes = new Set(["/healthz", "/readyz", "/metrics"]);

/**
 * Sends traces over OTLP/HTTP to `endpoint` (`…/v1/traces` is added). Without one nothing is loaded, patched or
 * measured. Call it first, before servers and clients are made: what they use is patched here.
 * A trace begins with a request, a job or an event; what the process does on its own, such as looking for due
 * rows ten times a second, makes none.
 */
export async function startTracing({
  service,
  endpoint,
}: {
  service: string;
  endpoint: string | undefined;
}): Promise<Tracing> {
  if (!endpoint) return { close: async () => {} };
  const [
    { NodeSDK, tracing },
    { OTLPTraceExporter },
    { HttpInstrumentation },
    { PgInstrumentation },
    { PrismaInstrumentation },
  ] = await Promise.all([
    import("@opentelemetry/sdk-node"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/instrumentation-http"),
    import("@opentelemetry/instrumentation-pg"),
    import("@prisma/instrumentation"),
  ]);
  const { SamplingDecision } = tracing;
  const beginsTrace = {
    shouldSample(
      _context: Context,
      _traceId: string,
      _name: string,
      kind: SpanKind,
      _attributes: Attributes,
      _links: Link[],
    ) {
      const isWork = kind === SpanKind.SERVER || kind === SpanKind.CONSUMER;
      return { decision: isWork ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
    },
    toString: () => "requests, jobs and events",
  };
  const sdk = new NodeSDK({
    serviceName: service,
    traceExporter: new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` }),
    sampler: new tracing.ParentBasedSampler({ root: beginsTrace }),
    // Logs go to stdout and metrics to Prometheus; the SDK would send both as well.
    logRecordProcessors: [],
    metricReaders: [],
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url }) => probes.has(url?.split("?")[0] ?? ""),
        requireParentforOutgoingSpans: true,
        redactedQueryParams,
        redactedQueryParamsServer: redactedQueryParams,
        // Our paths hold no ids, so the path names the span better than the method alone.
        requestHook: (span, request) => {
          if ("url" in request) span.updateName(`${request.method} ${request.url?.split("?")[0]}`);
        },
      }),
      new PgInstrumentation({ requireParentSpan: true }),
      new PrismaInstrumentation(),
    ],
  });
  sdk.start();
  // Instrumentations wait for a `require` that an ES module never makes. Both patch what all importers share.
  const require = createRequire(import.meta.url);
  for (const name of ["http", "https", "pg"]) {
    try {
      require(name);
    } catch {
      // A process without pg has nothing there to trace.
    }
  }
  syncBuiltinESMExports();
  return { close: () => sdk.shutdown() };
}

/** W3C `traceparent` of the running span, to travel with an outbox row or a job; null when nothing is traced. */
export function currentTraceparent(): string | null {
  const span = trace.getActiveSpan()?.spanContext();
  if (!span || !isSpanContextValid(span)) return null;
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, "0")}`;
}

/**
 * Runs `work` as a span of the trace that `traceparent` came from (of a new one when it is null), so that a job stands
 * in the trace of the request that caused it. What `work` throws is noted and thrown on.
 */
export async function withTraceparent<T>(
  traceparent: string | null,
  name: string,
  work: () => Promise<T>,
  attributes: Attributes = {},
): Promise<T> {
  const parent = traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
  const tracer = trace.getTracer("looklook");
  return tracer.startActiveSpan(name, { kind: SpanKind.CONSUMER, attributes }, parent, async (span) => {
    try {
      return await work();
    } catch (error) {
      // The message may quote what it is about; the log has it, scrubbed.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : "error" });
      throw error;
    } finally {
      span.end();
    }
  });
}
