import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PlainError } from "../plain-error";
import { ask, freePort } from "../ports";
import { type Child, lastLines, startChild } from "../processes";
import { aptInstall, attempt, hasDocker, which } from "./commands";

export interface RedisServer {
  url: string;
  /** How it was found, for the run's summary. */
  kind: string;
  stop(): Promise<void>;
}

export interface RedisOptions {
  /** Empty folder for its data and log. */
  dir: string;
  /** Where a server that was fetched without root is kept between runs. */
  cacheDir: string;
  say: (line: string) => void;
  /** Told of the server's process at once, so that a later run can find it should this one be killed. */
  onStart: (child: Child) => void;
}

// BullMQ loses jobs under any other eviction policy, and without the append-only file at a restart.
const SETTINGS = "--appendonly yes --appendfsync everysec --maxmemory-policy noeviction".split(" ");

/**
 * Starts a Redis (or Valkey) of our own on a free port, for tests; another's server is never touched.
 * Order: PATH, cache, apt as root, apt-get download without root, Homebrew, Docker.
 * @throws PlainError when none can be had
 */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const binary =
    installed(options.cacheDir) ??
    ((await aptInstall(["redis-server"], options.say)) ? installed(options.cacheDir) : null) ??
    (await unpackDebianPackages(options)) ??
    (await brewInstall(options));
  if (binary) return runBinary(binary, options);
  if (await hasDocker()) return runContainer(options);
  throw new PlainError(
    "No Redis server could be found or installed for the tests: install redis-server or valkey-server, or start Docker.",
  );
}

function installed(cacheDir: string): string | null {
  const cached = join(cacheDir, "usr/bin/redis-server");
  return which("valkey-server") ?? which("redis-server") ?? (existsSync(cached) ? cached : null);
}

async function unpackDebianPackages({ cacheDir, say }: RedisOptions): Promise<string | null> {
  if (!which("apt-get") || !which("dpkg")) return null;
  say("fetching redis-server with apt-get download");
  const downloads = await mkdtemp(join(tmpdir(), "looklook-redis-"));
  try {
    const packages = ["redis-server", "redis-tools", "libjemalloc2", "liblzf1", "libatomic1"];
    if ((await attempt("apt-get", ["download", ...packages], 120_000, { cwd: downloads })) === null)
      return null;
    mkdirSync(cacheDir, { recursive: true });
    for (const file of readdirSync(downloads))
      await attempt("dpkg", ["-x", join(downloads, file), cacheDir], 30_000);
    return installed(cacheDir);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

async function brewInstall({ cacheDir, say }: RedisOptions): Promise<string | null> {
  if (!which("brew")) return null;
  say("installing valkey with Homebrew");
  const env = { HOMEBREW_NO_AUTO_UPDATE: "1" };
  if ((await attempt("brew", ["install", "valkey"], 600_000, { env })) === null)
    await attempt("brew", ["install", "redis"], 600_000, { env });
  return installed(cacheDir);
}

async function runBinary(binary: string, { dir, cacheDir, onStart }: RedisOptions): Promise<RedisServer> {
  const port = await freePort();
  mkdirSync(dir, { recursive: true });
  const logFile = join(dir, "redis.log");
  const libraries = binary.startsWith(cacheDir) ? libraryFolders(cacheDir) : [];
  const child = await startChild({
    name: "redis",
    command: binary,
    args: ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", ...SETTINGS],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: [...libraries, process.env.LD_LIBRARY_PATH].filter(Boolean).join(":"),
    },
    logFile,
  });
  onStart(child);
  if (!(await answersPing(port, 10_000, child.hasExited))) {
    await child.stop(0);
    throw new PlainError(`${binary} does not answer. Its last lines:\n${lastLines(logFile, 10)}`);
  }
  return { url: `redis://127.0.0.1:${port}`, kind: binary, stop: () => child.stop(5_000) };
}

function libraryFolders(cacheDir: string): string[] {
  const lib = join(cacheDir, "usr/lib");
  return readdirSync(lib)
    .filter((name) => name.includes("linux-gnu"))
    .map((name) => join(lib, name));
}

async function runContainer({ say }: RedisOptions): Promise<RedisServer> {
  const port = await freePort();
  const image = "valkey/valkey:8";
  say(`starting ${image} with Docker`);
  const args = ["run", "-d", "--rm", "-p", `127.0.0.1:${port}:6379`, image, "valkey-server", ...SETTINGS];
  const id = await attempt("docker", args, 300_000);
  const stop = async () => {
    if (id) await attempt("docker", ["rm", "-f", id.trim()], 20_000);
  };
  if (!id || !(await answersPing(port, 20_000, () => false))) {
    await stop();
    throw new PlainError(`Docker is there, but ${image} could not be started on port ${port}.`);
  }
  return { url: `redis://127.0.0.1:${port}`, kind: image, stop };
}

/** Waits for `+PONG`; any other answer (a password is asked for, another program) is not our server. */
async function answersPing(port: number, timeoutMs: number, isGone: () => boolean): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline && !isGone()) {
    if ((await ask(port, "PING\r\n", 500))?.startsWith("+PONG")) return true;
    await sleep(50);
  }
  return false;
}
