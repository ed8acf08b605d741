import { readdirSync, readFileSync } from "node:fs";

/** One side of a comparison: `round` does a fixed piece of work and says how much of it took how long. */
export interface Side {
  round(): Promise<{ count: number; seconds: number }>;
  /** The processes that do the work: ours, and the database's where it is part of it. null: not one that we can see. */
  pids: readonly (number | null)[];
}

export interface Pair {
  name: string;
  baselineName: string;
  /** What is counted, for the table: requests, bookings, jobs. */
  unit: string;
  /** The least ratio that we want; null for a figure that is only told. */
  goal: number | null;
  ours: Side;
  baseline: Side;
  /** After the last round. @throws Error when the two sides did not do the same work */
  check?(): Promise<void>;
}

export interface Result {
  name: string;
  baselineName: string;
  unit: string;
  goal: number | null;
  /** Medians, each second. */
  ours: number;
  baseline: number;
  /** Median over median. */
  ratio: number;
  /** The lowest and highest ratio of one round of ours to the round of the baseline next to it. */
  spread: [low: number, high: number];
  /** The ratio in processor time of all that serves, for each unit; null where it cannot be seen. */
  cpuRatio: number | null;
  rounds: { ours: number; baseline: number }[];
}

/** Uncounted rounds of each side: code is compiled, connections are open, pages are in memory. */
export const warmUpRounds = 2;

/**
 * Runs ours and the baseline in turn, A B A B …, after the uncounted rounds. A machine that is busy, hot or
 * filling up slows both alike, and the median drops the round in which somebody else was busy.
 */
export async function compare(pair: Pair, rounds: number): Promise<Result> {
  for (let round = 0; round < warmUpRounds; round += 1) {
    await pair.ours.round();
    await pair.baseline.round();
  }
  const measured: { ours: Measured; baseline: Measured }[] = [];
  for (let round = 0; round < rounds; round += 1)
    measured.push({ ours: await measure(pair.ours), baseline: await measure(pair.baseline) });
  await pair.check?.();

  const ours = median(measured.map((round) => round.ours.perSecond));
  const baseline = median(measured.map((round) => round.baseline.perSecond));
  const ratios = measured.map((round) => round.ours.perSecond / round.baseline.perSecond);
  const cpuRatios = measured.map((round) =>
    round.ours.cpuMsEach && round.baseline.cpuMsEach
      ? round.baseline.cpuMsEach / round.ours.cpuMsEach
      : Number.NaN,
  );
  const { name, baselineName, unit, goal } = pair;
  return {
    name,
    baselineName,
    unit,
    goal,
    ours,
    baseline,
    ratio: ours / baseline,
    spread: [Math.min(...ratios), Math.max(...ratios)],
    cpuRatio: cpuRatios.some(Number.isNaN) ? null : median(cpuRatios),
    rounds: measured.map((round) => ({ ours: round.ours.perSecond, baseline: round.baseline.perSecond })),
  };
}

interface Measured {
  perSecond: number;
  cpuMsEach: number | null;
}

async function measure(side: Side): Promise<Measured> {
  const before = cpuMsOf(side.pids);
  const { count, seconds } = await side.round();
  const after = cpuMsOf(side.pids);
  return {
    perSecond: count / seconds,
    cpuMsEach: before === null || after === null ? null : (after - before) / count,
  };
}

/** Processor time that these processes and all that they started have used, in milliseconds; null where unknown. */
function cpuMsOf(pids: readonly (number | null)[]): number | null {
  if (process.platform !== "linux" || pids.includes(null)) return null;
  try {
    return pids.reduce((sum: number, pid) => sum + cpuTicksOf(pid as number) * 10, 0);
  } catch {
    return null;
  }
}

/** In ticks of 10 ms, with those children that have ended. */
function cpuTicksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The command's name stands in brackets and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return children.reduce((sum, child) => sum + cpuTicksOf(child), own);
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
