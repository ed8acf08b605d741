import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rateLimits } from "@looklook/contracts";
import { prepareTemplate, testDatabase, testWorld, type World } from "@looklook/testing";
import { PlainError } from "@looklook/tools/plain-error";
import { freePort } from "@looklook/tools/ports";
import { type Child, lastLines, startChild } from "@looklook/tools/processes";
import { root } from "@looklook/tools/root";
import { cleanUpAfterKilledRuns, temporaryFolder } from "@looklook/tools/services/all";
import { startPostgres } from "@looklook/tools/services/postgres";
import { startRedis } from "@looklook/tools/services/redis";
import { build } from "@looklook/tools/start/build";
import { localSecrets, wechatKeysDir, wechatSecrets } from "@looklook/tools/start/secrets";
import { readKeys, type SandboxKeys } from "@looklook/wechat-sandbox";
import { type Program, startProgram, systemEnv } from "./program";

/** Connections to PostgreSQL of each process that is compared: the api's own default. */
const poolSize = 20;

/** Where everything happens: databases and servers of this run's own, gone when it ends. */
export interface Stage {
  world: World;
  /** What a process of ours reads, at the light size. */
  env: Record<string, string>;
  wechatKeys: SandboxKeys;
  /** null where no Redis could be had. */
  redisUrl: string | null;
  /** Servers that this run brought along. */
  pids: { postgres: number | null; redis: number | null };
  /** Begins every key on a Redis that others may share. */
  prefix: string;
  program(name: string, env?: Record<string, string>): Program;
  /** The bundled api in a process of its own. */
  api(): Promise<{ origin: string; pid: number }>;
  emptyDatabase(): Promise<string>;
  close(): Promise<void>;
}

/** Takes PostgreSQL and Redis from the environment and brings along what is not there. */
export async function setStage(say: (line: string) => void): Promise<Stage> {
  const endings: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const end of endings.splice(0).reverse())
      await end().catch((error) => say(`left behind: ${error instanceof Error ? error.message : error}`));
  };
  try {
    return await set(say, endings, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function set(
  say: (line: string) => void,
  endings: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Stage> {
  await cleanUpAfterKilledRuns();
  const { folder, onStart: note, remove } = temporaryFolder();
  const pids: Stage["pids"] = { postgres: null, redis: null };
  const onStart = (child: Child) => {
    note(child);
    if (child.name === "postgres" || child.name === "redis") pids[child.name] = child.mark.pid;
  };
  endings.push(async () => remove());
  if (!process.env.DATABASE_URL) {
    say("starting PostgreSQL");
    const dir = join(folder, "postgres");
    // Without waiting for the disk the processor is what counts, which is harder on us.
    const server = await startPostgres({ dir, logFile: `${dir}.log`, isDurable: false, onStart });
    endings.push(server.stop);
    process.env.DATABASE_URL = server.url;
  }
  let redisUrl = process.env.REDIS_URL ?? null;
  if (!redisUrl) {
    try {
      const cacheDir = join(root, ".state/redis");
      const server = await startRedis({ dir: join(folder, "redis"), cacheDir, say, onStart });
      endings.push(server.stop);
      redisUrl = server.url;
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      say(`pairs on Redis are left out: ${error.message}`);
    }
  }
  say("building");
  await build("build", ["@looklook/api"], join(folder, "build.log"), onStart);
  bundlePrograms();

  await prepareTemplate();
  const world = await testWorld({ seed: "bench", instant: new Date().toISOString() });
  endings.push(world.drop);
  const wechat = await wechatSecrets(folder);
  const env = {
    ...systemEnv(),
    ...localSecrets(folder),
    ...wechat,
    ...noLimits(),
    NODE_ENV: "production",
    LOG_LEVEL: "warn",
    DATABASE_URL: world.url,
    DATABASE_CONNECTIONS_MAX: String(poolSize),
    CONSOLE_URL: "https://console.looklook.localhost",
    WECHAT_NOTIFY_BASE_URL: "https://looklook.localhost",
  };
  let api: Promise<{ origin: string; pid: number }> | undefined;
  return {
    world,
    env,
    wechatKeys: await readWechatKeys(folder),
    redisUrl,
    pids,
    prefix: `looklook-bench-${process.pid}`,
    program(name, over = {}) {
      const program = startProgram(name, { ...env, ...over });
      endings.push(program.stop);
      return program;
    },
    api() {
      api ??= startApi(env, join(folder, "api.log"), endings);
      return api;
    },
    async emptyDatabase() {
      const database = await testDatabase();
      endings.push(database.drop);
      return database.url;
    },
    close,
  };
}

async function readWechatKeys(folder: string): Promise<SandboxKeys> {
  const keys = await readKeys(wechatKeysDir(folder));
  if (!keys) throw new Error("the sandbox's keys were not written");
  return keys;
}

/** Every limit is still counted, and nobody reaches it. */
function noLimits(): Record<string, string> {
  return Object.fromEntries(
    Object.keys(rateLimits).map((name) => [
      `RATE_LIMIT_${name.replaceAll("-", "_").toUpperCase()}`,
      "999999999/60",
    ]),
  );
}

/** The programs are bundled by what bundles the apps, so that neither side runs through a loader. */
function bundlePrograms(): void {
  const bench = join(root, "bench");
  const programs = readdirSync(join(bench, "src/programs")).filter((name) => /^(our|raw|bare)-/.test(name));
  const entries = programs.map((name) => `src/programs/${name}`);
  execFileSync(process.execPath, [join(root, "tools/bundle.mjs"), ...entries], {
    cwd: bench,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function startApi(
  env: Record<string, string>,
  logFile: string,
  endings: (() => Promise<unknown>)[],
): Promise<{ origin: string; pid: number }> {
  const port = await freePort();
  const child = await startChild({
    name: "api",
    command: process.execPath,
    args: [
      ...(process.env.BENCH_NODE_ARGS ?? "").split(" ").filter(Boolean),
      "--enable-source-maps",
      "dist/main.js",
    ],
    cwd: join(root, "apps/api"),
    env: {
      ...env,
      API_HOST: "127.0.0.1",
      API_PORT: String(port),
      API_METRICS_HOST: "127.0.0.1",
      API_METRICS_PORT: "0",
    },
    logFile,
  });
  endings.push(() => child.stop(10_000));
  const origin = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.hasExited()) throw new PlainError(`The api does not start:\n${lastLines(logFile, 12)}`);
    const isReady = await fetch(`${origin}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return { origin, pid: child.mark.pid };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
