import type { Pair, Side } from "../compare";
import type { Size } from "../options";
import type { Program } from "../program";
import type { Stage } from "../stage";

/** Jobs side by side in one worker, on both sides. */
const concurrency = 8;

/** A full queue emptied through our wiring with handlers that do nothing, against a BullMQ worker that does nothing. */
export async function jobPairs(stage: Stage, size: Size): Promise<Pair[]> {
  const pairs = [await drained(stage, "PostgreSQL", {}, stage.pids.postgres, size.jobsOnPostgres)];
  if (stage.redisUrl)
    pairs.push(
      await drained(stage, "Redis", { REDIS_URL: stage.redisUrl }, stage.pids.redis, size.jobsOnRedis),
    );
  return pairs;
}

async function drained(
  stage: Stage,
  backend: string,
  env: Record<string, string>,
  server: number | null,
  count: number,
): Promise<Pair> {
  // BullMQ keeps its tables in one schema, so each side has a database of its own.
  const [ours, bare] = [
    stage.program("our-jobs", {
      ...env,
      DATABASE_URL: await stage.emptyDatabase(),
      BENCH_PREFIX: stage.prefix,
    }),
    stage.program("bare-jobs", {
      ...env,
      DATABASE_URL: await stage.emptyDatabase(),
      BENCH_PREFIX: `${stage.prefix}-bare`,
    }),
  ];
  return {
    name: `job drain on ${backend}`,
    baselineName: "bare BullMQ",
    unit: "jobs",
    goal: 0.8,
    ours: side(ours, count, server),
    baseline: side(bare, count, server),
    async check() {
      await Promise.all([ours.call("clear"), bare.call("clear")]);
    },
  };
}

function side(program: Program, count: number, server: number | null): Side {
  return {
    pids: [program.pid, server],
    async round() {
      await program.call("fill", { count });
      // The first job starts the clock.
      return { count: count - 1, seconds: await program.call<number>("drain", { count, concurrency }) };
    },
  };
}
