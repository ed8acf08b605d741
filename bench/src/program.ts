import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A program of `src/programs`, bundled, in a process of its own. */
export interface Program {
  pid: number;
  /** Calls one of its methods. @throws Error with what went wrong over there */
  call<T>(method: string, args?: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** Starts `dist/<name>.js`; its output is ours. */
export function startProgram(name: string, env: Record<string, string>): Program {
  const child = fork(fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url)), {
    env: { ...systemEnv(), ...env, NODE_ENV: "production" },
    execArgv: (process.env.BENCH_NODE_ARGS ?? "").split(" ").filter(Boolean),
    serialization: "advanced",
    // A session of its own, as the api has: Linux shares processors out by sessions.
    detached: true,
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  child.on("message", ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(`${name}: ${error}`));
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      for (const { reject } of waiting.values()) reject(new Error(`${name} ended (${signal ?? code})`));
      waiting.clear();
      resolve();
    });
  });
  return {
    pid: child.pid ?? 0,
    call(method, args) {
      calls += 1;
      const id = calls;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        child.send({ id, method, args }, (error) => error && reject(error));
      });
    },
    stop: () => end(child, exited),
  };
}

/** What a process needs of its surroundings, and nothing that could change what it does. */
export function systemEnv(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "LANG", "TZ"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const enough = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exited;
  clearTimeout(enough);
}
