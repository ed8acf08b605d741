import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { InfraConfig } from "../config";

const script = fileURLToPath(new URL("./child-main.ts", import.meta.url));

/**
 * Another process of the same installation that takes one piece of work, says `started <what>` and never finishes it.
 */
export async function startChild(role: "worker" | "subscriber", config: InfraConfig) {
  const { databaseUrl, redisUrl, kafkaBrokers, prefix } = config;
  const child = spawn(process.execPath, ["--import", "tsx", script], {
    env: { ...process.env, CHILD: JSON.stringify({ role, databaseUrl, redisUrl, kafkaBrokers, prefix }) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const lines: string[] = [];
  const waiting = new Map<string, () => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    waiting.get(line)?.();
  });
  const said = (line: string) =>
    Promise.race([
      new Promise<void>((resolve) => {
        if (lines.includes(line)) resolve();
        else waiting.set(line, resolve);
      }),
      exited.then(() => {
        throw new Error(`the child ended before it said "${line}"; it said ${JSON.stringify(lines)}`);
      }),
    ]);
  await said("ready");
  return {
    said,
    async kill9() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
