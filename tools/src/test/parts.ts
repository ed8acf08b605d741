import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { stopGroup } from "../processes";

const running = new Set<ChildProcess>();
const isWindows = process.platform === "win32";
const GRACE_MS = 8_000;

export interface PartOptions {
  cwd?: string;
  /** Added to our own environment. */
  env?: Record<string, string>;
  /** Stands before each line, where parts run side by side and their lines mingle. */
  prefix?: string;
}

/** Runs one part of the tests with its output shown, and says how it went and how long it took. */
export async function runPart(
  name: string,
  command: string,
  args: string[],
  options: PartOptions = {},
): Promise<boolean> {
  const begun = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...QUIET, ...options.env },
    stdio: options.prefix ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
    // A group of its own, so that a stop reaches everything that it started.
    detached: !isWindows,
    shell: isWindows,
  });
  running.add(child);
  for (const stream of [child.stdout, child.stderr])
    if (stream)
      createInterface({ input: stream }).on("line", (line) => console.log(`${options.prefix} ${line}`));
  const isGreen = await new Promise<boolean>((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
  running.delete(child);
  console.log(
    `${isGreen ? "ok    " : "FAILED"}  ${name} (${((performance.now() - begun) / 1_000).toFixed(1)} s)`,
  );
  return isGreen;
}

const QUIET = {
  NEXT_TELEMETRY_DISABLED: "1",
  TURBO_TELEMETRY_DISABLED: "1",
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
};

/** Stops the parts that are still running, with everything that they started; resolves when nobody is left. */
export async function stopParts(): Promise<void> {
  await Promise.all([...running].map(({ pid }) => (pid ? stopGroup(pid, GRACE_MS) : undefined)));
}
