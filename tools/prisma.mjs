// Runs the Prisma CLI with our schema engine (npm only, no download): node tools/prisma.mjs <prisma arguments>
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
const engine = process.platform === "win32" ? "schema-engine.cmd" : "schema-engine.mjs";
const args = process.argv.slice(2);

// `migrate dev` without a name waits at a prompt; a script must not.
if (args[0] === "migrate" && args[1] === "dev" && !args.some((arg) => arg === "--name" || arg === "-n")) {
  console.error("Give the migration a name: npm run db:migrate -- --name add_something");
  process.exit(1);
}

const { status, error } = spawnSync(process.execPath, [cli, ...args], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: fileURLToPath(new URL(engine, import.meta.url)),
    CHECKPOINT_DISABLE: "1",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
  },
});
if (error) throw error;
process.exit(status ?? 1);
