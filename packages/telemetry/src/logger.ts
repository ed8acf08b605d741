import { isSpanContextValid, trace } from "@opentelemetry/api";
import { type DestinationStream, type Logger as PinoLogger, pino, stdTimeFunctions } from "pino";
import { redact, scrub } from "./redaction";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/**
 * pino, with what may be said already sorted out. The booking a line is about goes into the field `bookingNo`, by
 * which operators look; the code of a refusal into `errorCode`, for `code` is taken for a check-in code and hidden.
 */
export type Logger = PinoLogger;

/**
 * JSON lines on stdout: time in ISO 8601, level in words, the service, and `trace_id` and `span_id` of the running
 * span, so that a line leads to its trace. Secrets are removed by field name and by shape before anything is written.
 */
export function createLogger(
  { level, service }: { level: LogLevel; service: string },
  destination?: DestinationStream,
): Logger {
  const options = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      bindings: (bindings: object) => redact(bindings) as object,
      log: (fields: object) => redact(fields) as Record<string, unknown>,
    },
    // Errors are described by `redact` already; pino's own serializer would copy whatever hangs on them.
    serializers: { err: (described: unknown) => described },
    hooks: {
      logMethod(args: unknown[], method: (...args: never[]) => void) {
        // Sentences quote values too: a driver's message, a template string.
        method.apply(
          this as never,
          args.map((arg) => (typeof arg === "string" ? scrub(arg) : arg)) as never[],
        );
      },
    },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
  };
  return destination ? pino(options, destination) : pino(options);
}
