import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PlainError, Stopped } from "../plain-error";
import { freePort, isPortFree } from "../ports";
import { type Child, lastLines, startChild } from "../processes";
import { root } from "../root";
import { isRoot } from "../services/commands";
import { type PostgresServer, startPostgres } from "../services/postgres";
import { type AppSpec, appsOf, TIE } from "./apps";
import { build } from "./build";
import { checkReachable, ensureDatabase, isEmpty, migrate, seed } from "./database";
import type { Options } from "./options";
import type { Progress } from "./progress";
import { localSecrets, wechatSecrets } from "./secrets";
import { beginRun, type Run } from "./single-run";

/** A running system. */
export interface System {
  /** Settles with a sentence when one of its processes ends by itself. */
  failed: Promise<string>;
}

/** What a run is made of; the launcher's own tests hand in something small. */
export interface Parts {
  appsOf: typeof appsOf;
  build: typeof build;
  migrate: typeof migrate;
  isEmpty: typeof isEmpty;
  seed: typeof seed;
}

const product: Parts = { appsOf, build, migrate, isEmpty, seed };

/** Everything that a run has started so far; `stop` may be called at any moment, and again. */
export class Launch {
  private readonly apps: Child[] = [];
  /** Children that end by themselves: build, migrations, seed. */
  private readonly tasks: Child[] = [];
  private postgres: PostgresServer | null = null;
  private run: Run | null = null;
  private stopping: Promise<void> | null = null;

  constructor(
    private readonly options: Options,
    private readonly progress: Progress,
    private readonly parts: Parts = product,
  ) {}

  /** @throws PlainError with what to do about it; what was started until then is left to `stop` */
  async start(): Promise<System> {
    const { options, progress } = this;
    const { dataDir } = options;
    mkdirSync(dataDir, { recursive: true });
    // PostgreSQL's own user passes through here when we are root; every secret below is closed by itself.
    chmodSync(dataDir, isRoot ? 0o711 : 0o700);
    const run = await beginRun(dataDir, progress.say);
    this.run = run;
    await this.checkPorts();
    const secrets = {
      ...(options.makesSecrets ? localSecrets(dataDir) : {}),
      ...(options.isDemo && options.makesSecrets ? await wechatSecrets(dataDir) : {}),
    };
    const log = (name: string) => join(dataDir, "logs", `${name}.log`);
    const onStart = (task: Child) => this.keep(task, this.tasks);

    const build = (what: "generate" | "build") =>
      this.parts.build(what, BUILT_PACKAGES, log("build"), onStart);
    const generating = this.step("Database client", () => build("generate"));
    generating.catch(() => undefined);
    const url = await this.database(log("postgres"));
    await this.step("Migrations", async (say) => {
      const applied = await this.parts.migrate(url, log("migrate"), onStart);
      say(applied > 0 ? `${applied} applied` : "up to date");
    });
    await generating;
    this.mayGoOn();
    const apps = this.parts.appsOf(options, url, secrets);
    const isBare = options.isDemo && (await this.parts.isEmpty(url));
    const env = { ...apps.find((app) => app.name === "api")?.env, LOOKLOOK_DATA_DIR: dataDir };
    // The two longest steps of a first start need nothing of each other.
    await Promise.all([
      options.isDev ? undefined : this.step("Build", () => build("build")),
      isBare
        ? this.step("Demo data", () => this.parts.seed(url, !options.databaseUrl, env, log("seed"), onStart))
        : undefined,
    ]);
    this.mayGoOn();
    await Promise.all(apps.map((app) => this.startApp(app, log(app.name))));
    return { failed: this.firstFailure() };
  }

  /** Stops everything in order, apps before the database, within ten seconds. */
  stop(): Promise<void> {
    this.stopping ??= (async () => {
      const tasks = this.tasks.filter((task) => !task.hasExited());
      await Promise.all([...this.apps, ...tasks].map((child) => child.stop(APP_GRACE_MS)));
      await this.postgres?.stop();
      this.run?.end();
    })();
    return this.stopping;
  }

  private keep(child: Child, list: Child[]): void {
    list.push(child);
    this.run?.add(child.mark);
    // A stop that came while it was being started has not seen it.
    if (this.stopping) void child.stop(0);
  }

  /** A step that fails because everything is being stopped has nothing to tell. */
  private step<T>(title: string, work: (say: (detail: string) => void) => Promise<T>): Promise<T> {
    return this.progress.step(title, async (say) => {
      try {
        const result = await work(say);
        this.mayGoOn();
        return result;
      } catch (error) {
        this.mayGoOn();
        throw error;
      }
    });
  }

  private mayGoOn(): void {
    if (this.stopping) throw new Stopped("stopped while starting");
  }

  private async checkPorts(): Promise<void> {
    for (const app of this.parts.appsOf(this.options, "postgresql://unknown", {})) {
      for (const [variable, port] of Object.entries(app.ports)) {
        if (await isPortFree(port)) continue;
        throw new PlainError(
          `Port ${port}, which the ${app.title} needs, is taken by another program: stop that program, or choose another port, as in ${variable}=${await freePort()} npm start.`,
        );
      }
    }
  }

  /** The address of the database to use, started here unless somebody else provides it. */
  private async database(logFile: string): Promise<string> {
    const { databaseUrl, dataDir } = this.options;
    return this.step("PostgreSQL", async (say) => {
      if (databaseUrl) {
        await checkReachable(databaseUrl);
        say("yours, from DATABASE_URL");
        return databaseUrl;
      }
      const postgres = await startPostgres({ dir: join(dataDir, "postgres"), logFile, isDurable: true });
      this.postgres = postgres;
      // A stop that came while it was starting has found nothing to stop.
      if (this.stopping) await postgres.stop();
      this.mayGoOn();
      await ensureDatabase(postgres.url, DATABASE);
      say(`embedded, port ${new URL(postgres.url).port}`);
      return postgres.urlOf(DATABASE);
    });
  }

  private async startApp(app: AppSpec, logFile: string): Promise<void> {
    await this.step(app.title, async () => {
      const child = await startChild({
        name: app.title,
        command: process.execPath,
        args: ["--import", TIE, ...app.args],
        cwd: app.folder,
        env: { ...process.env, ...app.env },
        logFile,
        isTied: true,
      });
      this.keep(child, this.apps);
      const deadline = performance.now() + (this.options.isDev ? READY_MS_DEV : READY_MS);
      while (!(await isReady(app.readyUrl))) {
        if (child.hasExited() || performance.now() > deadline) {
          const what = child.hasExited() ? "ended while starting" : `does not answer at ${app.readyUrl}`;
          throw new PlainError(`The ${app.title} ${what}. ${tail(child)}`);
        }
        await sleep(100);
      }
    });
  }

  private firstFailure(): Promise<string> {
    const sentences = this.apps.map(async (child) => {
      const { code, signal } = await child.exited;
      return `The ${child.name} ended by itself (${signal ?? `exit code ${code}`}). ${tail(child)}`;
    });
    const { postgres } = this;
    if (postgres)
      sentences.push(
        postgres.exited.then(
          () => `PostgreSQL ended by itself. Its last lines:\n${lastLines(postgres.logFile, 12)}`,
        ),
      );
    return Promise.race(sentences);
  }
}

const DATABASE = "looklook";
const BUILT_PACKAGES = ["@looklook/api", "@looklook/worker", "@looklook/web", "@looklook/wechat-sandbox-app"];
/** Leaves the database three of the ten seconds that a stop may take. */
const APP_GRACE_MS = 6_000;
const READY_MS = 60_000;
const READY_MS_DEV = 120_000;

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function tail(child: Child): string {
  const shown = child.logFile.startsWith(root) ? child.logFile.slice(root.length + 1) : child.logFile;
  return `Its last lines (${shown}):\n${lastLines(child.logFile, 15)}`;
}
