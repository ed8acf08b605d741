import { readFileSync } from "node:fs";

/** One side of a comparison: `round` does a fixed piece of work and says how much of it took how long. */
export interface Side {
  round(): Promise<{ count: number; seconds: number }>;
  /** The process that does the work, where its own processor time says more than the clock. */
  pid?: number;
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
  /** The ratio in processor time of the serving process for each request; null where it is not measured. */
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
  const before = side.pid === undefined ? null : cpuMsOf(side.pid);
  const { count, seconds } = await side.round();
  const after = side.pid === undefined ? null : cpuMsOf(side.pid);
  return {
    perSecond: count / seconds,
    cpuMsEach: before === null || after === null ? null : (after - before) / count,
  };
}

/** Processor time that a process has used, in milliseconds; null where the system does not tell. */
function cpuMsOf(pid: number): number | null {
  if (process.platform !== "linux") return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in brackets and may hold anything. Times are in ticks of 10 ms.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return null;
  }
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
