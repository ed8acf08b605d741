import { fileURLToPath } from "node:url";
import { buildRuntime, EnvError } from "@looklook/runtime";
import { createLogger, createMetrics, startMetricsServer, startTracing } from "@looklook/telemetry";
import { callbackPath } from "@looklook/wechat";
import { type ApiEnv, readEnv } from "./env";
import { createApiServer } from "./server";

/** Longer than a request may take, shorter than those who stop us wait. */
const stopWithinMs = 9_500;

async function start(env: ApiEnv) {
  const logger = createLogger({ service: "api", level: env.LOG_LEVEL });
  const tracing = await startTracing({ service: "looklook-api", endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT });
  const runtime = buildRuntime(env, { clientId: "api", logger });
  const { deps, infra } = runtime;
  const metrics = createMetrics();
  const api = createApiServer({
    deps,
    broadcast: infra.broadcast,
    callbackPath,
    consoleOrigin: new URL(env.CONSOLE_URL).origin,
    trustedProxies: env.API_TRUSTED_PROXIES,
    checks: {
      async database() {
        await deps.db.$queryRaw`SELECT 1`;
        return true;
      },
      // Kafka is not asked: the outbox keeps events until the worker can send them, and nothing here waits for it.
      ...(env.REDIS_URL ? { redis: () => infra.ready() } : {}),
    },
    size: infra.size,
    isSandbox: runtime.isSandbox,
    bullQueues: () => infra.bullQueues(),
    // Beside src/ as beside dist/.
    staticFolder: fileURLToPath(new URL("../assets", import.meta.url)),
    log: logger,
    onRequest: metrics.httpRequest,
  });
  const metricsServer = await startMetricsServer({
    host: env.API_METRICS_HOST,
    port: env.API_METRICS_PORT,
    metrics,
  });
  await new Promise<void>((resolve, reject) => {
    api.server.once("error", reject);
    api.server.listen(env.API_PORT, env.API_HOST, resolve);
  });
  logger.info(
    { size: infra.size, wechat: runtime.isSandbox ? "sandbox" : "wechat", port: env.API_PORT },
    "api is ready",
  );
  return async function stop() {
    await api.close();
    await runtime.close();
    await metricsServer.close();
    await tracing.close();
  };
}

/** Starts, and stops when asked: requests under way end first. A second signal does not wait. */
async function main() {
  const stop = await start(readEnv());
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, async () => {
      if (isStopping) process.exit(1);
      isStopping = true;
      setTimeout(() => process.exit(1), stopWithinMs).unref();
      await stop();
      process.exit(0);
    });
  }
}

main().catch((error) => {
  console.error(error instanceof EnvError ? error.message : error);
  process.exit(1);
});
