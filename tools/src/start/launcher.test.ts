import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test as base, describe } from "vitest";
import { freePort } from "../ports";
import { isGroupAlive, isRunning, type ProcessMark } from "../processes";
import { isRoot } from "../services/commands";

const script = fileURLToPath(new URL("./fixtures/launch-small.ts", import.meta.url));

interface Launched {
  process: ChildProcess;
  output: () => string;
  /** Resolves when the output holds the text, rejects when the launcher ends before. */
  says(text: string): Promise<void>;
  ended: Promise<number | null>;
}

/** A data folder and ports of one test's own, and launchers that are gone when the test is. */
interface Place {
  folder: string;
  dataDir: string;
  ports: { api: number; worker: number };
  launch(more?: NodeJS.ProcessEnv): Launched;
}

const test = base.extend<{ place: Place }>({
  place: async ({ task: _ }, use) => {
    const folder = mkdtempSync(join(tmpdir(), "looklook-launcher-"));
    // PostgreSQL's own user passes through here when we are root.
    chmodSync(folder, 0o711);
    const dataDir = join(folder, "data");
    const ports = { api: await freePort(), worker: await freePort() };
    const { DATABASE_URL, REDIS_URL, KAFKA_BROKERS, ...inherited } = process.env;
    const env = {
      ...inherited,
      // No secrets are made then: WeChat's keys alone take a second of a processor.
      NODE_ENV: "production",
      LOOKLOOK_DATA_DIR: dataDir,
      API_PORT: String(ports.api),
      WORKER_METRICS_PORT: String(ports.worker),
    };
    const launched: Launched[] = [];
    const launch = (more: NodeJS.ProcessEnv = {}) => {
      const one = watch(spawn(process.execPath, ["--import", "tsx", script], { env: { ...env, ...more } }));
      launched.push(one);
      return one;
    };
    await use({ folder, dataDir, ports, launch });
    for (const one of launched) {
      one.process.kill("SIGTERM");
      await one.ended;
    }
    rmSync(folder, { recursive: true, force: true });
  },
});

function watch(child: ChildProcessWithoutNullStreams): Launched {
  let text = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text += chunk;
      for (const check of waiting) check();
    });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    process: child,
    output: () => text,
    ended,
    says: (wanted) =>
      Promise.race([
        new Promise<void>((resolve) => {
          const check = () => text.includes(wanted) && resolve();
          waiting.add(check);
          check();
        }),
        ended.then(() => {
          if (!text.includes(wanted)) throw new Error(`ended without saying "${wanted}":\n${text}`);
        }),
      ]),
  };
}

function childrenOf(dataDir: string): ProcessMark[] {
  return JSON.parse(readFileSync(join(dataDir, "run.json"), "utf8")).children;
}

function postgresPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]);
}

// Each waits for the others' processes more than it works.
describe.concurrent("the launcher", { timeout: 120_000 }, () => {
  test("Ctrl-C leaves no process behind, and a second start keeps the data", async ({ place, expect }) => {
    const { dataDir } = place;
    const first = place.launch();
    await first.says("looklook is ready");
    const pids = [...childrenOf(dataDir).map(({ pid }) => pid), postgresPid(dataDir)];
    expect(pids).toHaveLength(3);
    expect(pids.every(isGroupAlive)).toBe(true);

    const begun = performance.now();
    first.process.kill("SIGINT");
    expect(await first.ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(pids.filter(isGroupAlive)).toEqual([]);

    const access = readFileSync(join(dataDir, "postgres/access.json"), "utf8");
    const second = place.launch();
    await second.says("looklook is ready");
    expect(readFileSync(join(dataDir, "postgres/access.json"), "utf8")).toBe(access);
  });

  test("a launcher killed by SIGKILL leaves a state that the next start recovers from", async ({
    place,
    expect,
  }) => {
    const { dataDir } = place;
    const first = place.launch({ WORKER_IS_STUBBORN: "1" });
    await first.says("looklook is ready");
    const children = childrenOf(dataDir);
    const orphan = postgresPid(dataDir);
    first.process.kill("SIGKILL");
    await first.ended;
    expect(isGroupAlive(orphan)).toBe(true);

    const second = place.launch();
    await second.says("looklook is ready");
    expect(children.filter((child) => isRunning(child))).toEqual([]);
    expect(isGroupAlive(orphan)).toBe(false);
  });

  test("a process that will not stop is ended within the ten seconds", async ({ place, expect }) => {
    const run = place.launch({ WORKER_IS_STUBBORN: "1" });
    await run.says("looklook is ready");
    const pids = childrenOf(place.dataDir).map(({ pid }) => pid);
    const begun = performance.now();
    run.process.kill("SIGTERM");
    expect(await run.ended).toBe(0);
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(pids.filter(isGroupAlive)).toEqual([]);
  });

  test("a stop in the middle of a start leaves nothing behind", async ({ place, expect }) => {
    const run = place.launch();
    await run.says("PostgreSQL");
    run.process.kill("SIGINT");
    expect(await run.ended).toBe(0);
    expect(existsSync(join(place.dataDir, "run.json"))).toBe(false);
    expect(existsSync(join(place.dataDir, "postgres/data/postmaster.pid"))).toBe(false);
  });

  test("a busy port is named with what needs it and what to do", async ({ place, expect }) => {
    const server = createServer().listen(place.ports.api, "127.0.0.1");
    await once(server, "listening");
    const run = place.launch();
    expect(await run.ended).toBe(1);
    server.close();
    expect(run.output()).toMatch(
      new RegExp(`Port ${place.ports.api}, which the api needs, is taken .* as in API_PORT=\\d+ npm start`),
    );
  });

  test("a second start in the same checkout is refused while the first runs", async ({ place, expect }) => {
    const first = place.launch();
    await first.says("looklook is ready");
    const second = place.launch();
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`already running in this checkout (process ${first.process.pid})`);
    expect(first.process.exitCode).toBeNull();
  });

  test("a process that dies later is named with its last lines, and everything stops", async ({
    place,
    expect,
  }) => {
    const run = place.launch();
    await run.says("looklook is ready");
    const pids = childrenOf(place.dataDir).map(({ pid }) => pid);
    await fetch(`http://127.0.0.1:${place.ports.api}/die`).catch(() => undefined);
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain("The api ended by itself (exit code 7)");
    expect(run.output()).toContain("the roof is on fire");
    expect(pids.filter(isGroupAlive)).toEqual([]);
  });

  test.runIf(isRoot)(
    "root under a folder closed to others gets a database where its user can reach it",
    async ({ place, expect }) => {
      const closed = mkdtempSync(join(homedir(), ".looklook-closed-"));
      chmodSync(closed, 0o700);
      const dataDir = join(closed, "data");
      mkdirSync(dataDir);
      const reachable = `/var/lib/looklook-${createHash("sha256").update(join(dataDir, "postgres")).digest("hex").slice(0, 12)}`;
      try {
        const run = place.launch({ LOOKLOOK_DATA_DIR: dataDir });
        await run.says("looklook is ready");
        expect(lstatSync(join(dataDir, "postgres")).isSymbolicLink()).toBe(true);
        expect(existsSync(join(reachable, "data/PG_VERSION"))).toBe(true);
        run.process.kill("SIGINT");
        expect(await run.ended).toBe(0);
      } finally {
        rmSync(closed, { recursive: true, force: true });
        rmSync(reachable, { recursive: true, force: true });
      }
    },
  );
});
