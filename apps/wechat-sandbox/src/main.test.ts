import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateKeys, writeKeys } from "@looklook/wechat-sandbox";
import { afterEach, expect, test } from "vitest";

const appDir = fileURLToPath(new URL("..", import.meta.url));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function run(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
    cwd: appDir,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  cleanups.push(() => child.kill("SIGKILL"));
  return child;
}

async function ready(child: ChildProcess): Promise<void> {
  for await (const chunk of child.stdout ?? []) if (String(chunk).includes("listens on")) return;
  throw new Error("the sandbox ended before it listened");
}

test("what a person did survives kill -9, and SIGTERM ends it by itself", async () => {
  const dir = await mkdtemp(join(tmpdir(), "sandbox-app-"));
  cleanups.push(() => rm(dir, { recursive: true }));
  await writeKeys(dir, await generateKeys({ now: new Date() }));
  const port = await freePort();
  const env = { SANDBOX_PORT: String(port), SANDBOX_KEYS_DIR: dir, SANDBOX_STATE_DIR: join(dir, "state") };
  const users = `http://127.0.0.1:${port}/sandbox/users`;

  const first = run(env);
  await ready(first);
  await fetch(users, {
    method: "POST",
    body: JSON.stringify({ openid: "guest", phoneNumber: "13800001111" }),
  });
  first.kill("SIGKILL");
  await once(first, "exit");

  const second = run(env);
  await ready(second);
  expect(await (await fetch(users)).json()).toMatchObject([{ openid: "guest", phoneNumber: "13800001111" }]);
  second.kill("SIGTERM");
  expect(await once(second, "exit")).toEqual([0, null]);
  expect(await readdir(join(dir, "state"))).toEqual(["wechat-sandbox-state.json"]);
});

test("a start without keys names the variable, and one with an empty folder the file", async () => {
  const dir = await mkdtemp(join(tmpdir(), "sandbox-app-"));
  cleanups.push(() => rm(dir, { recursive: true }));
  const complaint = async (env: Record<string, string>) => {
    const child = run(env);
    let text = "";
    child.stderr?.on("data", (chunk) => {
      text += chunk;
    });
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    return text;
  };
  expect(await complaint({})).toContain("SANDBOX_KEYS_DIR");
  expect(await complaint({ SANDBOX_KEYS_DIR: dir })).toContain("wechat-sandbox-keys.json");
});
