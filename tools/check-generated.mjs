// Makes every generated file again and says which committed ones differ: node tools/check-generated.mjs <paths>
// Works on a copy of the committed bytes, so an uncommitted edit of another file is nobody's business here.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

function filesOf(path) {
  const absolute = join(root, path);
  return statSync(absolute).isDirectory()
    ? readdirSync(absolute).map((name) => join(absolute, name))
    : [absolute];
}

const before = new Map(
  process.argv
    .slice(2)
    .flatMap(filesOf)
    .map((file) => [file, readFileSync(file)]),
);

const makers = [
  [process.execPath, fileURLToPath(new URL("prisma.mjs", import.meta.url)), "format"],
  ["npm", "run", "--silent", "openapi", "-w", "@looklook/api"],
];
for (const [command, ...args] of makers) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}

const stale = [...before].filter(([file, bytes]) => !readFileSync(file).equals(bytes));
for (const [file, bytes] of stale) {
  console.error(
    `${file.slice(root.length)} is not what its generator makes; run the generator and commit the result`,
  );
  writeFileSync(file, bytes);
}
process.exit(stale.length > 0 ? 1 : 0);
