import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { createStateFile, loadState } from "./state-file";

const dirs: string[] = [];
afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true });
});

async function stateFile() {
  const dir = await mkdtemp(join(tmpdir(), "sandbox-state-"));
  dirs.push(dir);
  let version = 0;
  let snapshots = 0;
  const file = createStateFile(dir, {
    version: () => version,
    snapshot: () => {
      snapshots++;
      return `v${version}`;
    },
  });
  return { dir, file, change: () => ++version, snapshotCount: () => snapshots };
}

test("nothing is written before something changes", async () => {
  const { dir, file } = await stateFile();
  await file.save();
  expect(await loadState(dir)).toBeUndefined();
});

test("a save covers every change made before it, also while another is being written", async () => {
  const { dir, file, change, snapshotCount } = await stateFile();
  change();
  const first = file.save();
  change();
  const others = Array.from({ length: 20 }, () => file.save());
  await Promise.all([first, ...others]);
  expect(await loadState(dir)).toBe("v2");
  expect(snapshotCount(), "twenty callers share one write").toBe(2);
  expect(await readdir(dir)).toEqual(["wechat-sandbox-state.json"]);
});
