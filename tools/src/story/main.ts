import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { root } from "../root";
import { short } from "./http";
import { type Places, play } from "./play";

const SignIns = z.array(
  z.object({ role: z.string(), email: z.string(), password: z.string(), merchantSlug: z.string().nullish() }),
);

/** The addresses and the front desk's sign-in, from the arguments, the environment and the demo's own files. */
function placesOf(baseUrl: string): Places {
  const { hostname } = new URL(baseUrl);
  const dataDir = process.env.LOOKLOOK_DATA_DIR ?? join(root, ".data");
  const signIns = SignIns.parse(JSON.parse(readFileSync(join(dataDir, "demo-sign-ins.json"), "utf8")));
  const desk = signIns.find(({ role }) => role === "front_desk");
  if (!desk) throw new Error(`${dataDir}/demo-sign-ins.json names no front desk`);
  return {
    bridgeUrl: baseUrl.replace(/\/$/, ""),
    consoleUrl: process.env.CONSOLE_URL ?? `http://${hostname}:3000`,
    sandboxUrl: process.env.PHONE_URL ?? `http://${hostname}:4300`,
    desk,
  };
}

const { values } = parseArgs({ options: { "base-url": { type: "string" } } });
const began = performance.now();
let steps = 0;
try {
  const baseUrl = values["base-url"];
  if (!baseUrl) throw new Error("say where: npm run story -- --base-url http://127.0.0.1:4000");
  await play(placesOf(baseUrl), ({ title, told, tookMs }) => {
    steps += 1;
    console.log(`ok ${String(steps).padStart(2)}  ${title}  (${Math.round(tookMs)} ms)`);
    if (told.sent !== undefined) console.log(`       → ${short(told.sent)}`);
    console.log(`       ← ${short(told.got)}`);
  });
  console.log(`\nThe story holds: ${steps} steps in ${((performance.now() - began) / 1_000).toFixed(1)} s`);
} catch (error) {
  console.error(`FAILED ${String(steps + 1).padStart(2)}  ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
