import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, isRunning, markOf, type ProcessMark, stopLeftover } from "../processes";
import { findChromium } from "./chromium";
import { startKafka } from "./kafka";
import { startPostgres } from "./postgres";
import { startRedis } from "./redis";

export interface TestServices {
  /** What the tests read: addresses and kinds, see the README of tools. */
  env: Record<string, string>;
  /** The folder that goes away with the services; a part of the run may keep its own things there. */
  folder: string;
  /** One line for each service: what it is and where it came from. */
  summary: string[];
  stop(): Promise<void>;
}

const PREFIX = "looklook-test-";

/** Stops and removes what test runs left behind that were killed before they could do it themselves. */
export async function cleanUpAfterKilledRuns(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    try {
      const [owner, ...children] = JSON.parse(
        readFileSync(join(folder, "run.json"), "utf8"),
      ) as ProcessMark[];
      if (owner && isRunning(owner)) continue;
      await Promise.all(children.map((child) => stopLeftover(child, 3_000)));
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or one that is being made just now.
    }
  }
}

/** A folder for one run's servers. Should the run be killed, the next one stops what `onStart` was told of. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  const marks = [markOf(process.pid)];
  // PostgreSQL's own user passes through here when we are root.
  chmodSync(folder, 0o711);
  return {
    folder,
    onStart(child: Child) {
      marks.push(child.mark);
      writeFileSync(join(folder, "run.json"), JSON.stringify(marks));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Starts every service that the tests need, each of our own, on free ports, in one temporary folder.
 * @param cacheDir where fetched servers are kept between runs
 * @throws PlainError naming the service that is missing; those already started are stopped first
 */
export async function startServices(cacheDir: string, say: (line: string) => void): Promise<TestServices> {
  await cleanUpAfterKilledRuns();
  const { folder, onStart, remove } = temporaryFolder();
  const dir = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const starting = [
    startPostgres({
      dir: join(folder, "postgres"),
      logFile: join(folder, "postgres.log"),
      isDurable: false,
      onStart,
    }),
    startRedis({ dir: dir("redis"), cacheDir: join(cacheDir, "redis"), say, onStart }),
    startKafka({ dir: dir("kafka"), cacheDir: join(cacheDir, "kafka"), say, onStart }),
  ] as const;
  const chromium = findChromium(say);
  const stop = async () => {
    const settled = await Promise.allSettled(starting);
    await Promise.all(settled.map((one) => (one.status === "fulfilled" ? one.value.stop() : undefined)));
    remove();
  };
  try {
    const [postgres, redis, kafka] = await Promise.all(starting);
    const browser = await chromium;
    return {
      env: {
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        KAFKA_BROKERS: kafka.brokers,
        KAFKA_KIND: kafka.kind,
        ...(browser && { CHROMIUM_PATH: browser }),
        POSTGRES_LOG: postgres.logFile,
      },
      folder,
      summary: [
        `PostgreSQL  ${postgres.url.replace(/:[^:@]*@/, ":***@")}`,
        `Redis       ${redis.url} (${redis.kind})`,
        `Kafka       ${kafka.brokers} (${kafka.from}${kafka.kind === "mock" ? "; broker restarts are not run against a mock" : ""})`,
        `Chromium    ${browser ?? "Playwright's own"}`,
      ],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
