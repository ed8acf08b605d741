import { copyFile, mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, context } from "esbuild";

/** Bundles the phone page into dist/phone, where the server looks for it; with `isWatching` again after each change. */
export async function buildPhonePage({ isWatching }: { isWatching: boolean }): Promise<void> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const target = fileURLToPath(new URL("../../dist/phone/", import.meta.url));
  const options: BuildOptions = {
    entryPoints: [`${here}main.tsx`],
    outdir: target,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: ["chrome111", "safari16.4"],
    jsx: "automatic",
    minify: !isWatching,
    sourcemap: isWatching ? "inline" : false,
    define: { "process.env.NODE_ENV": JSON.stringify(isWatching ? "development" : "production") },
    // Pictures are the api's and come at run time.
    external: ["/bridge/*"],
    logLevel: "warning",
  };
  await mkdir(target, { recursive: true });
  for (const name of ["index.html", "icon.svg"]) await copyFile(`${here}${name}`, `${target}${name}`);
  if (!isWatching) {
    await build(options);
    return;
  }
  const watching = await context(options);
  await watching.rebuild();
  await watching.watch();
}
