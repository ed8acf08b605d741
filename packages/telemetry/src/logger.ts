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
      log: (fields: object) => redact(fields) as Record<string, unknown>,
    },
    // Errors are described by `redact` already; pino's own serializer would copy whatever hangs on them.
    serializers: { err: (described: unknown) => described },
    hooks: {
      logMethod(args: unknown[], method: (...args: never[]) => void) {
        // An error on its own would lend the line its message as it is. And sentences quote values too.
        const [first, ...rest] = args;
        const told =
          first instanceof Error ? [{ err: first }, ...(rest.length > 0 ? rest : [first.message])] : args;
        method.apply(
          this as never,
          told.map((arg) => (typeof arg === "string" ? scrub(arg) : arg)) as never[],
        );
      },
    },
    mixin: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
  };
  const logger = destination ? pino(options, destination) : pino(options);
  // pino gives a child's bindings to no formatter; children inherit this.
  const { child } = logger;
  logger.child = function (this: Logger, bindings: object, ...rest: []) {
    return child.call(this, redact(bindings) as object, ...rest);
  } as typeof child;
  return logger;
}
