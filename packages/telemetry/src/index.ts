export { createLogger, type Logger, type LogLevel } from "./logger";
export {
  createMetrics,
  type Metrics,
  type MetricsServer,
  type Observed,
  startMetricsServer,
} from "./metrics";
export { currentTraceparent, startTracing, type Tracing, withTraceparent } from "./tracing";
