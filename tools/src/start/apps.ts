import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { root } from "../root";
import type { Options } from "./options";
import { type Variables, wechatKeysDir } from "./secrets";

/** One process of the system, as data. */
export interface AppSpec {
  name: string;
  /** What a person calls it. */
  title: string;
  folder: string;
  /** Arguments to Node, after the preload. */
  args: string[];
  env: Variables;
  /** Ports it listens on, by the variable that changes them. */
  ports: Record<string, number>;
  /** Answers 200 once the process can do its work. */
  readyUrl: string;
}

/** The preload as an address, which Node's --import wants on every platform. */
export const TIE = pathToFileURL(fileURLToPath(new URL("./tie.mjs", import.meta.url))).href;

/** What Next's build leaves for running without the tools that made it. */
const STANDALONE_SERVER = join(root, "apps/web/.next/standalone/apps/web/server.js");

const local = (port: number) => `http://127.0.0.1:${port}`;

/** Addresses that a person opens. */
export function addresses({ ports }: Options) {
  return {
    console: `http://localhost:${ports.web}`,
    phone: `http://localhost:${ports.sandbox}`,
    api: `http://localhost:${ports.api}`,
  };
}

/** The processes of one run with everything they need to know; the WeChat sandbox is among them only for a demo. */
export function appsOf(options: Options, databaseUrl: string, secrets: Variables): AppSpec[] {
  const { ports, isDev, isDemo, dataDir } = options;
  const consoleUrl = addresses(options).console;
  const common: Variables = {
    NODE_ENV: isDev ? "development" : "production",
    LOG_LEVEL: options.logLevel,
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const backend: Variables = {
    ...common,
    ...secrets,
    DATABASE_URL: databaseUrl,
    ...(options.redisUrl && { REDIS_URL: options.redisUrl }),
    ...(options.kafkaBrokers && { KAFKA_BROKERS: options.kafkaBrokers }),
    ...(isDemo && {
      WECHAT_SANDBOX: "1",
      WECHAT_BASE_URL: local(ports.sandbox),
      WECHAT_PAY_BASE_URL: local(ports.sandbox),
      // Nobody resolves this name: the sandbox delivers its notifications to SANDBOX_DELIVER_TO.
      WECHAT_NOTIFY_BASE_URL: "https://looklook.localhost",
    }),
    CONSOLE_URL: consoleUrl,
  };
  const resolve = createRequire(import.meta.url).resolve;
  const server = isDev
    ? [join(resolve("tsx/package.json"), "../dist/cli.mjs"), "watch", "--clear-screen=false", "src/main.ts"]
    : ["--enable-source-maps", "dist/main.js"];
  const next = () =>
    join(createRequire(join(root, "apps/web/package.json")).resolve("next/package.json"), "../dist/bin/next");
  const api: AppSpec = {
    name: "api",
    title: "API",
    folder: join(root, "apps/api"),
    args: server,
    env: {
      ...backend,
      API_HOST: "127.0.0.1",
      API_PORT: String(ports.api),
      API_METRICS_HOST: "127.0.0.1",
      API_METRICS_PORT: String(ports.apiMetrics),
    },
    ports: { API_PORT: ports.api, API_METRICS_PORT: ports.apiMetrics },
    readyUrl: `${local(ports.api)}/readyz`,
  };
  const worker: AppSpec = {
    name: "worker",
    title: "worker",
    folder: join(root, "apps/worker"),
    args: server,
    env: { ...backend, WORKER_METRICS_HOST: "127.0.0.1", WORKER_METRICS_PORT: String(ports.workerMetrics) },
    ports: { WORKER_METRICS_PORT: ports.workerMetrics },
    readyUrl: `${local(ports.workerMetrics)}/readyz`,
  };
  const web: AppSpec = {
    name: "web",
    title: "console",
    folder: join(root, "apps/web"),
    args: isDev
      ? [next(), "dev", "--port", String(ports.web), "--hostname", "127.0.0.1"]
      : ["--enable-source-maps", STANDALONE_SERVER],
    env: {
      ...common,
      ...(secrets.NEXTAUTH_SECRET && { NEXTAUTH_SECRET: secrets.NEXTAUTH_SECRET }),
      PORT: String(ports.web),
      HOSTNAME: "127.0.0.1",
      ...(isDemo && { WECHAT_SANDBOX: "1" }),
      NEXTAUTH_URL: consoleUrl,
      CONSOLE_URL: consoleUrl,
      API_URL: local(ports.api),
    },
    ports: { WEB_PORT: ports.web },
    readyUrl: `${local(ports.web)}/api/health`,
  };
  const sandbox: AppSpec = {
    name: "wechat-sandbox",
    title: "WeChat sandbox",
    folder: join(root, "apps/wechat-sandbox"),
    args: server,
    env: {
      ...common,
      SANDBOX_HOST: "127.0.0.1",
      SANDBOX_PORT: String(ports.sandbox),
      SANDBOX_DELIVER_TO: local(ports.api),
      SANDBOX_KEYS_DIR: wechatKeysDir(dataDir),
      SANDBOX_STATE_DIR: join(dataDir, "sandbox"),
      BRIDGE_URL: local(ports.api),
    },
    ports: { SANDBOX_PORT: ports.sandbox },
    readyUrl: `${local(ports.sandbox)}/healthz`,
  };
  return isDemo ? [sandbox, api, worker, web] : [api, worker, web];
}
