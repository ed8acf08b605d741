import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const isWindows = process.platform === "win32";

/** A process as a later run can recognise it: numbers are used again, a number with its start time is not. */
export interface ProcessMark {
  pid: number;
  /** Opaque text that differs for every process that ever had this number. */
  started: string;
}

/** The mark of a living process, or null when there is none (a zombie counts as none). */
export function markOf(pid: number): ProcessMark | null {
  const started = startOf(pid);
  return started ? { pid, started } : null;
}

/** Whether the very process that was marked still runs. */
export function isRunning(mark: ProcessMark): boolean {
  return startOf(mark.pid) === mark.started;
}

function startOf(pid: number): string | null {
  try {
    if (process.platform === "linux") {
      const fields = statOf(pid);
      if (!fields || fields[0] === "Z" || fields[0] === "X") return null;
      return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
    }
    const [command, args] = isWindows
      ? ["powershell", ["-NoProfile", "-Command", `(Get-Process -Id ${pid}).StartTime.Ticks`]]
      : ["ps", ["-o", "lstart=", "-p", String(pid)]];
    return (
      execFileSync(command, args as string[], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim() || null
    );
  } catch {
    return null;
  }
}

export interface ChildSpec {
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Everything the child prints goes here; the run before is kept beside it with `.old`. */
  logFile: string;
  /** Opens a channel whose end tells the child that its parent is gone, even by SIGKILL. */
  isTied?: boolean;
  uid?: number;
  gid?: number;
}

export interface Child {
  name: string;
  logFile: string;
  mark: ProcessMark;
  /** Settles when the process is gone; never rejects. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  hasExited(): boolean;
  /** Asks the child to stop and, after `graceMs`, ends it and everything it started. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C in the terminal reaches only us and the
 * children are stopped in order.
 * @throws when the command cannot be started at all
 */
export async function startChild(spec: ChildSpec): Promise<Child> {
  // Logs may name people; they are for who runs this only.
  mkdirSync(dirname(spec.logFile), { recursive: true, mode: 0o700 });
  if (existsSync(spec.logFile)) renameSync(spec.logFile, `${spec.logFile}.old`);
  const log = openSync(spec.logFile, "a", 0o600);
  const process_ = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    // The preload (start/tie.mjs) acts only in the process that is told so.
    env: spec.isTied ? { ...spec.env, LOOKLOOK_TIED: "1" } : spec.env,
    uid: spec.uid,
    gid: spec.gid,
    detached: !isWindows,
    windowsHide: true,
    stdio: spec.isTied ? ["ignore", log, log, "ipc"] : ["ignore", log, log],
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    process_.once("spawn", resolve);
    process_.once("error", reject);
  });
  const pid = process_.pid ?? 0;
  let isGone = false;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    process_.once("exit", (code, signal) => {
      isGone = true;
      resolve({ code, signal });
    });
  });
  return {
    name: spec.name,
    logFile: spec.logFile,
    mark: markOf(pid) ?? { pid, started: "gone" },
    exited,
    hasExited: () => isGone,
    async stop(graceMs) {
      if (!isGone) tell(process_);
      await Promise.race([exited, sleep(graceMs)]);
      endGroup(pid);
      await Promise.race([exited, sleep(1_000)]);
    },
  };
}

/** The polite request: SIGTERM, and where the system has no signals the end of the channel. */
function tell(process_: ChildProcess): void {
  if (isWindows && process_.connected) process_.disconnect();
  else process_.kill("SIGTERM");
}

function endGroup(pid: number): void {
  try {
    if (isWindows) execFileSync("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore" });
    else process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in the group: what we want.
  }
}

/** Whether anybody is left in the group that `pid` led; the dead whom nobody has collected do not count. */
export function isGroupAlive(pid: number): boolean {
  if (isWindows) return false;
  try {
    process.kill(-pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  // In a container the first process may collect nobody, and the signal reaches the dead just as well.
  return process.platform !== "linux" || groupMembers(pid).length > 0;
}

function groupMembers(group: number): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Boolean);
  return pids.filter((pid) => {
    const stat = statOf(pid);
    return stat !== null && Number(stat[2]) === group && stat[0] !== "Z" && stat[0] !== "X";
  });
}

/** The fields of Linux's /proc/<pid>/stat from the state on, or null when there is no such process. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name stands in brackets before them and may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/** Asks everybody in the group that `pid` leads to stop, and ends after `graceMs` those who have not. */
export async function stopGroup(pid: number, graceMs: number): Promise<void> {
  try {
    if (!isWindows) process.kill(-pid, "SIGTERM");
  } catch {
    return;
  }
  const deadline = performance.now() + graceMs;
  while (performance.now() < deadline && isGroupAlive(pid)) await sleep(50);
  endGroup(pid);
}

/**
 * Stops a process that an earlier run left behind, with its group: politely first, then for good.
 * A number that now belongs to another process is left alone.
 */
export async function stopLeftover(mark: ProcessMark, graceMs: number): Promise<boolean> {
  if (!isRunning(mark)) return false;
  try {
    process.kill(mark.pid, "SIGTERM");
  } catch {
    return false;
  }
  const deadline = performance.now() + graceMs;
  while (performance.now() < deadline && isRunning(mark)) await sleep(50);
  if (isRunning(mark) || isGroupAlive(mark.pid)) endGroup(mark.pid);
  while (performance.now() < deadline + 2_000 && isRunning(mark)) await sleep(50);
  return true;
}

/** The last `count` lines of a text file, or "" when there is none. */
export function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-count).join("\n");
  } catch {
    return "";
  }
}
