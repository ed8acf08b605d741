import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "@looklook/wechat-sandbox";

const FILE = "wechat-sandbox-state.json";

/** The last snapshot in `dir`, or undefined when there is none. */
export async function loadState(dir: string): Promise<string | undefined> {
  try {
    return await readFile(join(dir, FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Keeps the file in step with the sandbox. `save` resolves when everything that had changed before the call is
 * written; calls that come meanwhile share the next write. A reader sees the old file or the new one.
 */
export function createStateFile(dir: string, sandbox: Pick<Sandbox, "snapshot" | "version">) {
  const path = join(dir, FILE);
  let writtenVersion = sandbox.version();
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function write(): Promise<void> {
    const version = sandbox.version();
    const text = sandbox.snapshot();
    await mkdir(dir, { recursive: true });
    await writeFile(`${path}.new`, text, { mode: 0o600 });
    await rename(`${path}.new`, path);
    writtenVersion = version;
  }

  function start(): Promise<void> {
    running = write().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    save(): Promise<void> {
      // A write that has not begun covers this call too; two at once would fight over one file.
      if (next) return next;
      if (running) {
        next = running
          .catch(() => undefined)
          .then(() => {
            next = null;
            return start();
          });
        return next;
      }
      return sandbox.version() === writtenVersion ? Promise.resolve() : start();
    },
  };
}
