import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { createSandbox, deliverOverHttp, readKeys, seededRandom } from "@looklook/wechat-sandbox";
import { createApp } from "./app";
import { readEnv } from "./env";
import { createStateFile, loadState } from "./state-file";

/** How often the sandbox looks for what is due; callbacks are late by at most this. */
const TICK_MS = 100;
const CALLBACK_DELAY_MS = 300;
const DELIVERIES_AT_ONCE = 8;

const env = readEnv();
const keys = await readKeys(env.SANDBOX_KEYS_DIR);
const stateDir = env.SANDBOX_STATE_DIR;
const sandbox = createSandbox({
  clock: { now: () => new Date() },
  // A fresh seed each time: numbers given out before a restart must not come again.
  random: seededRandom(randomUUID()),
  keys,
  deliver: deliverOverHttp(),
  config: {
    deliverTo: env.SANDBOX_DELIVER_TO,
    callbackDelayMs: CALLBACK_DELAY_MS,
    deliveriesAtOnce: DELIVERIES_AT_ONCE,
  },
  state: stateDir === undefined ? undefined : await loadState(stateDir),
});
const stateFile = stateDir === undefined ? null : createStateFile(stateDir, sandbox);
const save = async () => stateFile?.save();

// From source (`npm run dev`) the page is built here, and again after each change; the bundle finds it built. The name
// in a variable keeps the builder out of that bundle.
const builder = "./phone/build.ts";
if (import.meta.url.endsWith(".ts")) await (await import(builder)).buildPhonePage({ isWatching: true });

// src/main.ts and dist/main.js lie equally deep, so both find the built page.
const appDir = dirname(dirname(fileURLToPath(import.meta.url)));
const app = createApp({
  sandbox,
  keys,
  save,
  bridgeUrl: env.BRIDGE_URL,
  phoneDir: join(appDir, "dist/phone"),
});
const server = serve({ fetch: app.fetch, hostname: env.SANDBOX_HOST, port: env.SANDBOX_PORT }, (info) => {
  console.log(
    `wechat-sandbox listens on http://${info.address}:${info.port}, callbacks to ${env.SANDBOX_DELIVER_TO}`,
  );
});
server.on("error", (error) => {
  console.error(`wechat-sandbox: ${error.message}`);
  process.exit(1);
});

let isTicking = false;
const ticker = setInterval(async () => {
  if (isTicking) return;
  isTicking = true;
  try {
    await sandbox.tick();
    await save();
  } catch (error) {
    console.error("wechat-sandbox: a due thing failed", error);
  } finally {
    isTicking = false;
  }
}, TICK_MS);

async function stop() {
  clearInterval(ticker);
  server.close();
  if ("closeAllConnections" in server) server.closeAllConnections();
  await save();
  process.exit(0);
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
