import { rateLimits } from "@looklook/contracts";
import pg from "pg";
import { afterEach, describe, expect, test } from "vitest";
import { buildInfra, type InfraConfig } from "../index";
import { openRedis } from "../redis";
import {
  emptyDatabase,
  eventually,
  isolationPrefix,
  memoryLogger,
  type ServiceName,
  sizes,
} from "../test-support/services";

const nobodyListens = "127.0.0.1:1";
const away: Record<"PostgreSQL" | "Redis", Partial<InfraConfig>> = {
  PostgreSQL: { databaseUrl: `postgres://postgres@${nobodyListens}/postgres` },
  Redis: { redisUrl: `redis://${nobodyListens}` },
};

/** Everything that the store keeps, as text. */
const dump = {
  async PostgreSQL({ databaseUrl }: InfraConfig) {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query("SELECT * FROM rate_limit.points");
    await client.end();
    return JSON.stringify(rows);
  },
  async Redis(config: InfraConfig) {
    const redis = openRedis(config, "dump", "fail");
    const keys = await redis.keys(`${config.prefix}:*`);
    await redis.quit();
    return JSON.stringify(keys);
  },
};

describe.each(["PostgreSQL", "Redis"] satisfies ServiceName[])("rate limits on %s", (service) => {
  const endings: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end();
  });

  async function installation(over: Partial<InfraConfig> = {}) {
    const database = await emptyDatabase();
    endings.push(database.drop);
    const config: InfraConfig = {
      databaseUrl: database.url,
      ...sizes[service](),
      prefix: isolationPrefix(),
      clientId: "test",
      logger: memoryLogger(),
      ...over,
    };
    const limiterOfAProcess = () => {
      const infra = buildInfra(config);
      endings.push(infra.close);
      return infra.rateLimiter;
    };
    return { config, limiterOfAProcess };
  }

  test("as many as the table says are let through, and the next hears how long to wait", async () => {
    const limiter = (await installation()).limiterOfAProcess();
    const { points, windowSeconds } = rateLimits.login;
    for (let taken = 0; taken < points; taken++) {
      expect(await limiter.take("login", "10.0.0.1 ann")).toEqual({ allowed: true, retryAfterMs: 0 });
    }
    const { allowed, retryAfterMs } = await limiter.take("login", "10.0.0.1 ann");
    expect(allowed).toBe(false);
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(windowSeconds * 1_000);
  });

  test("subjects and rules are counted apart", async () => {
    const limiter = (
      await installation({ rateLimits: { login: { points: 1, windowSeconds: 60 } } })
    ).limiterOfAProcess();
    expect((await limiter.take("login", "ann")).allowed).toBe(true);
    expect((await limiter.take("login", "ann")).allowed).toBe(false);
    expect((await limiter.take("login", "bob")).allowed).toBe(true);
    expect((await limiter.take("register", "ann")).allowed).toBe(true);
  });

  test("two processes racing share one count", async () => {
    const { limiterOfAProcess } = await installation({
      rateLimits: { quote: { points: 10, windowSeconds: 60 } },
    });
    const limiters = [limiterOfAProcess(), limiterOfAProcess()];
    const outcomes = await Promise.all(
      limiters.flatMap((limiter) => Array.from({ length: 20 }, () => limiter.take("quote", "ann"))),
    );
    expect(outcomes.filter(({ allowed }) => allowed)).toHaveLength(10);
  });

  test("the window passes and the subject may go on", async () => {
    const limiter = (
      await installation({ rateLimits: { quote: { points: 1, windowSeconds: 1 } } })
    ).limiterOfAProcess();
    await limiter.take("quote", "ann");
    expect((await limiter.take("quote", "ann")).allowed).toBe(false);
    await eventually(
      () => limiter.peek("quote", "ann"),
      ({ allowed }) => allowed,
      3_000,
    );
    expect((await limiter.take("quote", "ann")).allowed).toBe(true);
  });

  test("looking takes nothing and tells what the next take would", async () => {
    const limiter = (
      await installation({ rateLimits: { quote: { points: 2, windowSeconds: 60 } } })
    ).limiterOfAProcess();
    for (let look = 0; look < 5; look++) expect((await limiter.peek("quote", "ann")).allowed).toBe(true);
    await limiter.take("quote", "ann");
    expect((await limiter.peek("quote", "ann")).allowed).toBe(true);
    await limiter.take("quote", "ann");
    const { allowed, retryAfterMs } = await limiter.peek("quote", "ann");
    expect(allowed).toBe(false);
    expect(retryAfterMs).toBeGreaterThan(0);
  });

  test("the store does not learn whom it counts", async () => {
    const { config, limiterOfAProcess } = await installation();
    await limiterOfAProcess().take("login", "13800001234");
    const kept = await dump[service](config);
    expect(kept).toContain("login");
    expect(kept).not.toContain("13800001234");
  });

  test("a store that is away throws within seconds and lets nobody through", async () => {
    const limiter = (await installation(away[service])).limiterOfAProcess();
    const started = performance.now();
    await expect(limiter.take("login", "ann")).rejects.toThrow();
    await expect(limiter.peek("login", "ann")).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
