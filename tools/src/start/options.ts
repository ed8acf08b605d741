import { join, resolve } from "node:path";
import { z } from "zod";
import { PlainError } from "../plain-error";
import { root } from "../root";

const port = (fallback: number) => z.coerce.number().int().min(1).max(65_535).default(fallback);
const address = z.string().min(1).optional();

const Environment = z.object({
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z.string().default("info"),
  DATABASE_URL: address,
  REDIS_URL: address,
  KAFKA_BROKERS: address,
  API_PORT: port(4000),
  API_METRICS_PORT: port(9464),
  WEB_PORT: port(3000),
  SANDBOX_PORT: port(4300),
  WORKER_METRICS_PORT: port(9465),
  LOOKLOOK_DATA_DIR: z.string().default(join(root, ".data")),
});

/** How one run of the launcher differs from another; everything comes from the environment and two flags. */
export interface Options {
  /** Watch mode and hot reload in every app. */
  isDev: boolean;
  /** Demo data and the WeChat sandbox: with the embedded database always, elsewhere only when asked for. */
  isDemo: boolean;
  /** Address of a database that somebody else provides; null means the embedded one. */
  databaseUrl: string | null;
  redisUrl: string | null;
  kafkaBrokers: string | null;
  size: "light" | "standard" | "full";
  ports: { api: number; apiMetrics: number; web: number; sandbox: number; workerMetrics: number };
  logLevel: string;
  /** Data, logs and secrets of this run. */
  dataDir: string;
  /** False when the caller's own NODE_ENV is production: there, every secret comes from the environment. */
  makesSecrets: boolean;
}

/** @throws PlainError naming the argument or variable that is wrong */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options {
  const unknown = args.find((arg) => arg !== "--dev" && arg !== "--demo");
  if (unknown) throw new PlainError(`${unknown} is not known here; there are --demo and --dev.`);
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new PlainError(`${issue?.path.join(".")} is not usable: ${issue?.message}.`);
  }
  const env = parsed.data;
  if (env.KAFKA_BROKERS && !env.REDIS_URL)
    throw new PlainError("KAFKA_BROKERS is set, but REDIS_URL is not: the full size needs both.");
  const isEmbedded = !env.DATABASE_URL;
  const isDemo = isEmbedded || args.includes("--demo");
  return {
    isDev: args.includes("--dev"),
    isDemo,
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    kafkaBrokers: env.KAFKA_BROKERS ?? null,
    size: env.KAFKA_BROKERS ? "full" : env.REDIS_URL ? "standard" : "light",
    ports: {
      api: env.API_PORT,
      apiMetrics: env.API_METRICS_PORT,
      web: env.WEB_PORT,
      sandbox: env.SANDBOX_PORT,
      workerMetrics: env.WORKER_METRICS_PORT,
    },
    logLevel: env.LOG_LEVEL,
    dataDir: resolve(env.LOOKLOOK_DATA_DIR),
    makesSecrets: isDemo && env.NODE_ENV !== "production",
  };
}
