import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PlainError } from "./plain-error";
import { freePort } from "./ports";
import { type Child, lastLines, startChild } from "./processes";
import { root } from "./root";

/** These runs are not about limits, and everybody in them comes from one address. */
const RAISED_LIMITS = Object.fromEntries(
  ["CONSOLE_SIGN_IN", "WECHAT_LOGIN", "BOOKING_CREATE", "QUOTE", "PREPAY", "PAYMENT_RESULT"].map((name) => [
    `RATE_LIMIT_${name}`,
    "1000/60",
  ]),
);

/** A system that runs beside whatever else does, and how to reach it. */
export interface StartedSystem {
  size: string;
  env: { API_URL: string; CONSOLE_URL: string; PHONE_URL: string; LOOKLOOK_DATA_DIR: string };
}

/** Starts the launcher itself on free ports and a data folder of its own, and waits until it says that all is ready. */
export async function startSystem(
  size: string,
  folder: string,
  services: Record<string, string>,
  args: string[],
  onStarted: (stop: () => Promise<void>) => void,
  say: (line: string) => void = console.log,
): Promise<StartedSystem> {
  const [api, apiMetrics, web, sandbox, workerMetrics] = await Promise.all(
    Array.from({ length: 5 }, freePort),
  );
  const dataDir = join(folder, `system-${size}`);
  const logFile = join(folder, `system-${size}.log`);
  const { DATABASE_URL, REDIS_URL, KAFKA_BROKERS, NODE_ENV, ...inherited } = process.env;
  const begun = performance.now();
  const child = await startChild({
    name: `system (${size})`,
    command: process.execPath,
    args: [join(root, "tools/start.mjs"), ...args],
    cwd: root,
    env: {
      ...inherited,
      ...services,
      ...RAISED_LIMITS,
      LOOKLOOK_DATA_DIR: dataDir,
      API_PORT: String(api),
      API_METRICS_PORT: String(apiMetrics),
      WEB_PORT: String(web),
      SANDBOX_PORT: String(sandbox),
      WORKER_METRICS_PORT: String(workerMetrics),
    },
    logFile,
  });
  onStarted(() => child.stop(12_000));
  await waitFor("looklook is ready", logFile, child);
  say(`ok      system (${size}) ready (${((performance.now() - begun) / 1_000).toFixed(1)} s)`);
  return {
    size,
    env: {
      API_URL: `http://127.0.0.1:${api}`,
      CONSOLE_URL: `http://localhost:${web}`,
      PHONE_URL: `http://localhost:${sandbox}`,
      LOOKLOOK_DATA_DIR: dataDir,
    },
  };
}

async function waitFor(text: string, logFile: string, child: Child): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!lastLines(logFile, 60).includes(text)) {
    if (child.hasExited() || performance.now() > deadline)
      throw new PlainError(`The ${child.name} did not become ready:\n${lastLines(logFile, 30)}`);
    await sleep(200);
  }
}
