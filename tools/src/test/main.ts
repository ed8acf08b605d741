import { join } from "node:path";
import pg from "pg";
import { explain } from "../plain-error";
import { root } from "../root";
import { startSystem } from "../separate-system";
import { startServices, type TestServices } from "../services/all";
import { runPart, stopParts } from "./parts";
import { keepServices } from "./services";

const say = (line: string) => console.log(line);
const bin = (name: string) => join(root, "node_modules/.bin", name);

/**
 * `npm test`: everything. With arguments they are vitest's, and only those tests run, with their services;
 * `--services` keeps the services up for tests that are run by hand.
 * Resolves with the exit code once nothing is left running.
 */
export async function main(args: string[]): Promise<number> {
  if (args[0] === "--services") return keepServices(say);
  const stops: (() => Promise<void>)[] = [];
  let isStopping = false;
  const stopAll = async () => {
    isStopping = true;
    await stopParts();
    for (const stop of stops.reverse()) await stop();
  };
  const signalled = new Promise<number>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve(1));
  });
  const run = async () => {
    try {
      return (await runAll(args, (stop) => void stops.push(stop))) ? 0 : 1;
    } catch (error) {
      if (!isStopping) console.error(explain(error));
      return 1;
    }
  };
  const code = await Promise.race([run(), signalled]);
  await stopAll();
  return code;
}

type OnStarted = (stop: () => Promise<void>) => void;

async function runAll(vitestArgs: string[], onStarted: OnStarted): Promise<boolean> {
  const begun = performance.now();
  const isWhole = vitestArgs.length === 0;
  // Nothing waits for the services but the tests, so they start beside the static checks.
  const starting = startServices(join(root, ".state"), say);
  onStarted(async () => (await starting.catch(() => null))?.stop());
  starting.catch(() => undefined);
  if (isWhole && !(await runPart("check", process.execPath, [join(root, "tools/check.mjs")]))) return false;
  const services = await starting;
  for (const line of services.summary) say(line);
  const env = services.env;

  if (!isWhole) return runPart("vitest", bin("vitest"), ["run", ...vitestArgs], { env });
  if (!(await runPart("build", bin("turbo"), ["run", "build", "--no-daemon", "--output-logs=errors-only"])))
    return false;
  const results = [await runPart("vitest", bin("vitest"), ["run"], { env })];
  results.push(...(await playOnSystems(services, onStarted)));
  const isGreen = results.every(Boolean);
  say(
    `\n${isGreen ? "ok" : "FAILED"}: everything in ${((performance.now() - begun) / 60_000).toFixed(1)} min`,
  );
  return isGreen;
}

/** Browser journeys and the story, on systems started as `npm start` starts them: at the light size and the full one. */
async function playOnSystems(services: TestServices, onStarted: OnStarted): Promise<boolean[]> {
  const database = "looklook_full";
  await createDatabase(services.env.DATABASE_URL ?? "", database);
  const fullUrl = new URL(services.env.DATABASE_URL ?? "");
  fullUrl.pathname = `/${database}`;
  const light = await startSystem("light", services.folder, {}, [], onStarted);
  const journeys = await runPart("browser journeys", bin("playwright"), ["test"], {
    cwd: join(root, "apps/web"),
    env: { ...services.env, ...light.env },
  });
  const phone = await runPart("phone journeys", bin("playwright"), ["test"], {
    cwd: join(root, "apps/wechat-sandbox"),
    env: { ...services.env, ...light.env },
  });
  const full = await startSystem(
    "full",
    services.folder,
    {
      DATABASE_URL: fullUrl.toString(),
      REDIS_URL: services.env.REDIS_URL ?? "",
      KAFKA_BROKERS: services.env.KAFKA_BROKERS ?? "",
    },
    ["--demo"],
    onStarted,
  );
  // Most of the story is waiting for the hold of the unpaid booking to end: both sizes wait together.
  const stories = await Promise.all(
    [light, full].map(({ size, env }) =>
      runPart(
        `story (${size})`,
        bin("tsx"),
        [join(root, "tools/src/story/main.ts"), "--base-url", env.API_URL],
        { env, prefix: `${size}:` },
      ),
    ),
  );
  return [journeys, phone, ...stories];
}

async function createDatabase(url: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  await client.end();
}
