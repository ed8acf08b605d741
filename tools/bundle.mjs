// Bundles the app in the current folder: src/main.ts and the workspace packages it uses become dist/main.js;
// what npm installed stays outside. Called by the apps' `build` scripts. Arguments name other entries than src/main.ts.
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const app = process.cwd();
const entries = process.argv.slice(2);
const root = fileURLToPath(new URL("..", import.meta.url));

/** Our own packages are bundled: they are TypeScript, which Node cannot load. */
const installedStaysOutside = {
  name: "installed-stays-outside",
  setup(esbuild) {
    esbuild.onResolve({ filter: /^[^./]/ }, ({ path, kind, importer }) => {
      if (kind === "entry-point" || path.startsWith("@looklook/")) return undefined;
      if (path.startsWith("node:") || builtinModules.includes(path)) return { path, external: true };
      const name = path.split("/", path.startsWith("@") ? 2 : 1).join("/");
      const own = nearest(name, dirname(importer));
      // The bundle looks for packages from the app's folder. What it would not find there, or in another
      // version, is taken in.
      if (own !== nearest(name, app)) return undefined;
      return { path, external: true };
    });
  },
};

function nearest(name, folder) {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, "node_modules", name);
    if (existsSync(candidate)) return relative(root, candidate).split(sep).join("/");
    if (at === dirname(at)) return null;
  }
}

const { metafile } = await build({
  entryPoints: (entries.length > 0 ? entries : ["src/main.ts"]).map((entry) => join(app, entry)),
  outdir: join(app, "dist"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "linked",
  // Unminified, so stack traces name functions and classes. esbuild's keepNames would name every closure again each
  // time it is made.
  metafile: true,
  logLevel: "warning",
  banner: {
    js: 'import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);',
  },
  plugins: [installedStaysOutside],
});
for (const [file, { bytes }] of Object.entries(metafile.outputs))
  if (file.endsWith(".js"))
    console.log(`${relative(root, join(app, relative(app, file)))} ${Math.ceil(bytes / 1024)} kB`);
