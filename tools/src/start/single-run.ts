import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlainError } from "../plain-error";
import { isRunning, markOf, type ProcessMark, stopLeftover } from "../processes";
import { writePrivate } from "./secrets";

interface RunFile {
  launcher: ProcessMark;
  children: ProcessMark[];
}

/** This run's entry in the data folder; a later launcher finds there what a killed one left behind. */
export interface Run {
  /** Writes down a child at once, before anything else can go wrong. */
  add(child: ProcessMark): void;
  end(): void;
}

const LEFTOVER_GRACE_MS = 5_000;

/**
 * Makes this process the one launcher on `dataDir`, after stopping what a killed one left running.
 * @throws PlainError when another launcher is at work there
 */
export async function beginRun(dataDir: string, say: (line: string) => void): Promise<Run> {
  const file = join(dataDir, "run.json");
  const gate = join(dataDir, "run.lock");
  const earlier = readRun(file);
  const self = markOf(process.pid);
  if (!self) throw new Error("cannot read this process's own start time");
  const alive = earlier && isRunning(earlier.launcher) ? earlier.launcher : holderOf(gate);
  if (alive) throw alreadyRunning(alive.pid);
  rmSync(gate, { force: true });
  try {
    // Two launchers started at the same moment: the file system lets one of them through.
    const lock = openSync(gate, "wx", 0o600);
    writeFileSync(lock, JSON.stringify(self));
    closeSync(lock);
  } catch {
    throw alreadyRunning(holderOf(gate)?.pid);
  }
  const left = (earlier?.children ?? []).filter((child) => isRunning(child));
  if (left.length > 0) {
    say(`stopping ${left.length} process${left.length === 1 ? "" : "es"} that an earlier run left behind`);
    await Promise.all(left.map((child) => stopLeftover(child, LEFTOVER_GRACE_MS)));
  }
  const run: RunFile = { launcher: self, children: [] };
  writePrivate(file, run);
  return {
    add(child) {
      run.children.push(child);
      writePrivate(file, run);
    },
    end() {
      rmSync(file, { force: true });
      rmSync(gate, { force: true });
    },
  };
}

function readRun(file: string): RunFile | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RunFile;
  } catch {
    return null;
  }
}

function holderOf(gate: string): ProcessMark | null {
  if (!existsSync(gate)) return null;
  try {
    const holder = JSON.parse(readFileSync(gate, "utf8")) as ProcessMark;
    return isRunning(holder) ? holder : null;
  } catch {
    return null;
  }
}

function alreadyRunning(pid: number | undefined): PlainError {
  const who = pid ? ` (process ${pid})` : "";
  return new PlainError(
    `looklook is already running in this checkout${who}: use that one, or stop it with Ctrl-C first.`,
  );
}
