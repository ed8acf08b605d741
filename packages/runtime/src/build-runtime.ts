import { randomBytes } from "node:crypto";
import {
  createCheckInCodes,
  createGuestTokens,
  createPasswords,
  createPersonalData,
  type Deps,
  eventStore,
} from "@looklook/core";
import { type Database, openDatabase } from "@looklook/db";
import { buildInfra, type Infra, type InfraLogger } from "@looklook/infra";
import { currentTraceparent } from "@looklook/telemetry";
import { createMiniProgram, createWechatPay, wechatConfigOf } from "@looklook/wechat";
import type { CommonEnv, rateLimitOverrides } from "./env";

export interface Runtime {
  deps: Deps;
  infra: Infra;
  database: Database;
  /** WeChat is played by the sandbox: said at every start, by /readyz and in the console. */
  isSandbox: boolean;
  /** Ends what takes work first, then connections. */
  close(): Promise<void>;
}

/**
 * Wires one process: the real clock and randomness, PostgreSQL, WeChat, and the drivers that the configuration names.
 * Nothing connects before it is used.
 * @throws Error for addresses of WeChat that production refuses
 */
export function buildRuntime(
  env: CommonEnv & { rateLimits: ReturnType<typeof rateLimitOverrides> },
  { clientId, logger }: { clientId: "api" | "worker"; logger: InfraLogger },
): Runtime {
  const clock = { now: () => new Date() };
  const random = { bytes: (length: number) => randomBytes(length) };
  const wechat = wechatConfigOf(env);
  const database = openDatabase({
    url: env.DATABASE_URL,
    connectionsMax: env.DATABASE_CONNECTIONS_MAX,
    applicationName: `looklook-${clientId}`,
  });
  const infra = buildInfra({
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    kafkaBrokers: env.KAFKA_BROKERS,
    eventStore: eventStore(database, clock),
    logger,
    clientId,
    rateLimits: env.rateLimits,
  });
  return {
    deps: {
      db: database.db,
      clock,
      random,
      limiter: infra.rateLimiter,
      passwords: createPasswords(),
      personalData: createPersonalData({ keys: env.PII_KEYS, indexKey: env.PII_INDEX_KEY, random }),
      guestTokens: createGuestTokens({ secret: env.JWT_ACCESS_SECRET, random }),
      codes: createCheckInCodes({
        peppers: env.CHECK_IN_CODE_PEPPERS,
        sealKeys: env.CHECK_IN_CODE_KEYS,
        signingKeys: env.CHECK_IN_QR_KEYS,
        random,
      }),
      pay: createWechatPay(wechat.pay, { clock, random }),
      miniProgram: createMiniProgram(wechat.miniProgram, { clock }),
      traceparent: currentTraceparent,
    },
    infra,
    database,
    isSandbox: wechat.isSandbox,
    async close() {
      await infra.close();
      await database.close();
    },
  };
}
