// npm run check: everything that can be said of the code without running it. Each step prints one line;
// a failing one prints what it found. Two at a time: that is what a small machine has.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
const node = (script, ...args) => [
  process.execPath,
  fileURLToPath(new URL(script, import.meta.url)),
  ...args,
];

/** Files that are made from others: made again here, and compared with what is committed. */
const generated = ["docs/openapi.json", "prisma/schema"];

const steps = [
  ["format and lint", [bin("biome"), "ci", "--error-on-warnings", "."]],
  ["types", [bin("turbo"), "run", "typecheck", "--output-logs=errors-only"]],
  [
    "dependency rules",
    [bin("depcruise"), "--config", ".dependency-cruiser.cjs", "apps", "packages", "tools", "bench"],
  ],
  ["dependency rules bite", node("planted-violations.mjs")],
  ["unused code", [bin("knip"), "--no-progress", "--treat-config-hints-as-errors"]],
  ["workspace hygiene", [bin("sherif"), "--no-install"]],
  ["lock file", node("lock-complete.mjs", "--check")],
  ["migrations and schema", node("prisma.mjs", "validate")],
  ["generated files", node("check-generated.mjs", ...generated)],
];

function run([name, [command, ...args]]) {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: {
        ...process.env,
        TURBO_TELEMETRY_DISABLED: "1",
        NEXT_TELEMETRY_DISABLED: "1",
        FORCE_COLOR: process.stdout.isTTY ? "1" : "0",
      },
      shell: process.platform === "win32",
    });
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => keep(`${error.message}\n`));
    child.on("close", (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${code === 0 ? "ok    " : "FAILED"}  ${name} (${seconds} s)`);
      if (code !== 0) console.log(output.trimEnd());
      resolve(code === 0);
    });
  });
}

// Types and several tools read the generated database client.
const prepared = spawnSync(bin("turbo"), ["run", "generate", "--output-logs=errors-only"], {
  cwd: root,
  stdio: ["ignore", "ignore", "inherit"],
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" },
  shell: process.platform === "win32",
});
if (prepared.status !== 0) process.exit(1);

let allOk = true;
const queue = [...steps];
await Promise.all(
  Array.from({ length: 2 }, async () => {
    for (let step = queue.shift(); step; step = queue.shift()) allOk = (await run(step)) && allOk;
  }),
);
process.exit(allOk ? 0 : 1);
