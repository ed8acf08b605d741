import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";

export const isRoot = process.getuid?.() === 0;

/** Where `name` is on the PATH, or null. */
export function which(name: string): string | null {
  // Debian keeps servers in sbin, which an ordinary user's PATH may lack.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/opt/homebrew/bin"];
  for (const folder of folders.filter(Boolean)) {
    for (const extension of process.platform === "win32" ? [".exe", ".cmd", ""] : [""]) {
      const file = join(folder, name + extension);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return null;
}

/** Runs a command quietly; what it printed on success, null when it failed or took longer than `timeoutMs`. */
export async function attempt(
  command: string,
  args: string[],
  timeoutMs: number,
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string | null> {
  const result = await execa(command, args, {
    ...options,
    timeout: timeoutMs,
    reject: false,
    stdin: "ignore",
  });
  return result.failed ? null : result.stdout;
}

let installing: Promise<unknown> = Promise.resolve();

/** Installs Debian packages as root, one call at a time since apt takes a lock; false when that is not possible here. */
export function aptInstall(packages: string[], say: (line: string) => void): Promise<boolean> {
  const turn = installing.then(async () => {
    if (!isRoot || !which("apt-get")) return false;
    say(`installing ${packages.join(", ")} with apt-get`);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    const install = ["install", "-y", "--no-install-recommends", ...packages];
    if ((await attempt("apt-get", install, 180_000, { env })) !== null) return true;
    await attempt("apt-get", ["update"], 120_000, { env });
    return (await attempt("apt-get", install, 300_000, { env })) !== null;
  });
  installing = turn;
  return turn;
}

/** Whether a Docker daemon answers; a client alone is often installed without one. */
export async function hasDocker(): Promise<boolean> {
  return which("docker") !== null && (await attempt("docker", ["info"], 10_000)) !== null;
}
