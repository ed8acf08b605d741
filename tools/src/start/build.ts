import { cpSync, existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PlainError } from "../plain-error";
import { type Child, lastLines, startChild } from "../processes";
import { root } from "../root";

/**
 * Builds what is not built, or whose sources changed; turbo knows. In watch mode only the database client
 * is generated, since the apps run from their sources.
 * @throws PlainError with the build's last lines
 */
export async function build(
  what: "build" | "generate",
  packages: string[],
  logFile: string,
  onStart: (child: Child) => void,
): Promise<void> {
  const filters = what === "generate" ? [] : packages.map((name) => `--filter=${name}`);
  const child = await startChild({
    name: "build",
    command: turboBinary(),
    // A daemon would stay behind when we are done.
    args: ["run", what, ...filters, "--no-daemon", "--output-logs=new-only"],
    cwd: root,
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: "1",
      NEXT_TELEMETRY_DISABLED: "1",
    },
    logFile,
  });
  onStart(child);
  const { code } = await child.exited;
  if (code === 0 && what === "build") completeConsole();
  if (code !== 0)
    throw new PlainError(`The build failed. Its last lines (${logFile}):\n${lastLines(logFile, 25)}`);
}

/** Turbo itself: its start script waits in a way that lets no signal through, and what it started would live on. */
function turboBinary(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@turbo/${system}-${process.arch === "x64" ? "64" : process.arch}`;
  const wrapper = createRequire(join(root, "package.json")).resolve("turbo/package.json");
  const suffix = process.platform === "win32" ? ".exe" : "";
  return join(createRequire(wrapper).resolve(`${name}/package.json`), `../bin/turbo${suffix}`);
}

/** Next's standalone server expects its static files and pictures beside it, but its build does not put them there. */
function completeConsole(): void {
  const web = join(root, "apps/web");
  const standalone = join(web, ".next/standalone/apps/web");
  for (const [from, to] of [
    [join(web, ".next/static"), join(standalone, ".next/static")],
    [join(web, "public"), join(standalone, "public")],
  ] as const) {
    rmSync(to, { recursive: true, force: true });
    if (existsSync(from)) cpSync(from, to, { recursive: true });
  }
}
