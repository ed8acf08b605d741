import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "./chromium";
import { startKafka } from "./kafka";
import { startPostgres } from "./postgres";
import { startRedis } from "./redis";

export interface TestServices {
  /** What the tests read: addresses and kinds, see the README of tools. */
  env: Record<string, string>;
  /** One line for each service: what it is and where it came from. */
  summary: string[];
  stop(): Promise<void>;
}

/**
 * Starts every service that the tests need, each of our own, on free ports, in one temporary folder.
 * @param cacheDir where fetched servers are kept between runs
 * @throws PlainError naming the service that is missing; those already started are stopped first
 */
export async function startServices(cacheDir: string, say: (line: string) => void): Promise<TestServices> {
  const folder = mkdtempSync(join(tmpdir(), "looklook-test-"));
  // PostgreSQL's own user passes through here when we are root.
  chmodSync(folder, 0o711);
  const dir = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const starting = [
    startPostgres({ dir: join(folder, "postgres"), logFile: join(folder, "postgres.log"), isDurable: false }),
    startRedis({ dir: dir("redis"), cacheDir: join(cacheDir, "redis"), say }),
    startKafka({ dir: dir("kafka"), cacheDir: join(cacheDir, "kafka"), say }),
  ] as const;
  const chromium = findChromium(say);
  const stop = async () => {
    const settled = await Promise.allSettled(starting);
    await Promise.all(settled.map((one) => (one.status === "fulfilled" ? one.value.stop() : undefined)));
    rmSync(folder, { recursive: true, force: true });
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
