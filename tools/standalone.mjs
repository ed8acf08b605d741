// Copies a built app and just the files of node_modules that it loads, for a small image:
//   node tools/standalone.mjs api /out   →   /out/apps/api/dist/main.js, /out/node_modules/…
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeFileTrace } from "@vercel/nft";

const root = fileURLToPath(new URL("..", import.meta.url));
const [app, target] = process.argv.slice(2);
if (!app || !target) {
  console.error("node tools/standalone.mjs <app> <folder>");
  process.exit(1);
}
const appDir = join(root, "apps", app);
const out = resolve(target);

/** Packages whose files are served or loaded by a name that no import statement shows. */
const whole = { api: ["@bull-board/ui", "swagger-ui-dist"] };
/** Folders beside the bundle that the app serves. */
const beside = { api: ["assets"], "wechat-sandbox": ["dist"] };

const { fileList } = await nodeFileTrace([join(appDir, "dist/main.js")], {
  base: root,
  processCwd: appDir,
  // What Node itself resolves by.
  conditions: ["node", "module-sync"],
});
rmSync(out, { recursive: true, force: true });
const copy = (path) => {
  mkdirSync(dirname(join(out, path)), { recursive: true });
  cpSync(join(root, path), join(out, path), { recursive: true, dereference: true });
};
// Our own packages are in the bundle; a source map belongs to it as well.
for (const path of fileList) if (!path.startsWith("packages/")) copy(path);
copy(relative(root, join(appDir, "package.json")));
for (const name of readdirSync(join(appDir, "dist")))
  if (name.endsWith(".map")) copy(relative(root, join(appDir, "dist", name)));
for (const folder of beside[app] ?? [])
  if (existsSync(join(appDir, folder))) copy(relative(root, join(appDir, folder)));
const require = createRequire(join(appDir, "package.json"));
for (const name of whole[app] ?? []) copy(relative(root, dirname(require.resolve(`${name}/package.json`))));
