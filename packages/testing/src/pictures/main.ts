import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pictureFiles } from "./files";

// Draws the demo's pictures into the api's assets: `npm run pictures -w @looklook/testing`.
const assets = fileURLToPath(new URL("../../../../apps/api/assets", import.meta.url));
let bytes = 0;
for (const folder of ["listings", "merchants", "avatars"])
  rmSync(join(assets, folder), { recursive: true, force: true });
for (const [path, svg] of pictureFiles()) {
  mkdirSync(dirname(join(assets, path)), { recursive: true });
  writeFileSync(join(assets, path), svg);
  bytes += Buffer.byteLength(svg);
}
console.log(`${pictureFiles().size} pictures, ${Math.round(bytes / 1024)} kB`);
