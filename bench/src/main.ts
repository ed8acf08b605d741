import { cpus } from "node:os";
import { explain } from "@looklook/tools/plain-error";
import { compare, type Pair, type Result } from "./compare";
import { loadTool } from "./http-load";
import { type Group, readOptions, type Size, usage } from "./options";
import { bookingPairs } from "./pairs/bookings";
import { callbackPairs } from "./pairs/callbacks";
import { jobPairs } from "./pairs/jobs";
import { bridgePairs, trpcPairs } from "./pairs/reads";
import { type Stage, setStage } from "./stage";
import { tableOf } from "./table";

const pairsOf: Record<Group, (stage: Stage, size: Size) => Promise<Pair[]>> = {
  bridge: bridgePairs,
  trpc: trpcPairs,
  booking: bookingPairs,
  callback: callbackPairs,
  jobs: jobPairs,
};

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options === "help") {
    console.log(usage);
    return;
  }
  const say = (line: string) => console.error(line);
  const begun = performance.now();
  const stage = await setStage(say);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void stage.close().finally(() => process.exit(130)));
  const results: Result[] = [];
  try {
    for (const group of options.only) {
      for (const pair of await pairsOf[group](stage, options.size)) {
        const result = await compare(pair, options.size.rounds);
        say(`${result.name} ${result.ratio.toFixed(2)}`);
        results.push(result);
      }
    }
  } finally {
    await stage.close();
  }
  const machine = {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    processors: cpus().length,
    loadTool,
    rounds: options.size.rounds,
  };
  if (options.isJson) {
    console.log(JSON.stringify({ machine, results }, null, 2));
    return;
  }
  console.log(`\n${tableOf(results)}\n`);
  console.log(
    `Medians of ${machine.rounds} rounds of each side in turn; Node ${machine.node}, ${machine.processors} processors, ` +
      `${machine.loadTool}; ${Math.round((performance.now() - begun) / 1_000)} s.`,
  );
}

main(process.argv.slice(2)).catch((error) => {
  console.error(explain(error));
  process.exitCode = 1;
});
