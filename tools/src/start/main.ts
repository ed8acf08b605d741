import { explain, PlainError } from "../plain-error";
import { readOptions } from "./options";
import { progressOn } from "./progress";
import { readyText } from "./ready-text";
import { Launch, type Parts } from "./system";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** `npm start` and `npm run dev`. Resolves with the exit code once nothing is left running. */
export async function main(args: string[], parts?: Parts): Promise<number> {
  // The terminal may be gone (SIGHUP) while there is still something to say.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const begun = performance.now();
  const progress = progressOn(process.stdout);
  let launch: Launch | null = null;
  let exitCode = 0;
  const signalled = new Promise<void>((resolve) => {
    for (const signal of SIGNALS) process.on(signal, () => resolve());
  });
  try {
    const options = readOptions(args, process.env);
    const current = new Launch(options, progress, parts);
    launch = current;
    const starting = current.start();
    starting.catch(() => undefined);
    const system = await Promise.race([starting, signalled]);
    if (system) {
      progress.say(readyText(options, performance.now() - begun, new Date()));
      const failure = await Promise.race([system.failed, signalled]);
      if (failure) throw new PlainError(failure);
    }
  } catch (error) {
    exitCode = 1;
    progress.say(`\n${explain(error)}`);
  }
  const stopping = performance.now();
  await launch?.stop();
  if (launch && exitCode === 0)
    progress.say(`\nStopped (${((performance.now() - stopping) / 1_000).toFixed(1)} s).`);
  return exitCode;
}
