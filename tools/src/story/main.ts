import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { root } from "../root";
import { startSystem } from "../separate-system";
import { short } from "./http";
import { type Places, play } from "./play";

const SignIns = z.array(
  z.object({ role: z.string(), email: z.string(), password: z.string(), merchantSlug: z.string().nullish() }),
);

/** The addresses and the front desk's sign-in, from the arguments, the environment and the demo's own files. */
function placesOf(baseUrl: string, env: Record<string, string | undefined>): Places {
  const { hostname } = new URL(baseUrl);
  const dataDir = env.LOOKLOOK_DATA_DIR ?? join(root, ".data");
  const signIns = SignIns.parse(JSON.parse(readFileSync(join(dataDir, "demo-sign-ins.json"), "utf8")));
  const desk = signIns.find(({ role }) => role === "front_desk");
  if (!desk) throw new Error(`${dataDir}/demo-sign-ins.json names no front desk`);
  return {
    bridgeUrl: baseUrl.replace(/\/$/, ""),
    consoleUrl: env.CONSOLE_URL ?? `http://${hostname}:3000`,
    sandboxUrl: env.PHONE_URL ?? `http://${hostname}:4300`,
    desk,
  };
}

const { values } = parseArgs({ options: { "base-url": { type: "string" } } });
const began = performance.now();
const stops: (() => Promise<void>)[] = [];
let steps = 0;

/** The addresses of a system of the story's own, in a folder that goes away with it. */
async function ownSystem(): Promise<Places> {
  const folder = mkdtempSync(join(tmpdir(), "looklook-story-"));
  // PostgreSQL's own user passes through here when we are root.
  chmodSync(folder, 0o755);
  stops.push(async () => rmSync(folder, { recursive: true, force: true }));
  const { env } = await startSystem("story", folder, {}, [], (stop) => void stops.unshift(stop));
  return placesOf(env.API_URL, env);
}

async function main() {
  const baseUrl = values["base-url"];
  const places = baseUrl ? placesOf(baseUrl, process.env) : await ownSystem();
  await play(places, ({ title, told, tookMs }) => {
    steps += 1;
    console.log(`ok ${String(steps).padStart(2)}  ${title}  (${Math.round(tookMs)} ms)`);
    if (told.sent !== undefined) console.log(`       → ${short(told.sent)}`);
    console.log(`       ← ${short(told.got)}`);
  });
  console.log(`\nThe story holds: ${steps} steps in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
}

async function stopAll() {
  for (const stop of stops.splice(0)) await stop();
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, async () => {
    await stopAll();
    process.exit(1);
  });
}
try {
  await main();
} catch (error) {
  console.error(`FAILED ${String(steps + 1).padStart(2)}  ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
