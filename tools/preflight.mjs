// What must hold before anything from node_modules is loaded; hence no imports from there.
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const DISK_MIN_BYTES = 1_500_000_000;

/** The first thing that stands in the way, as one sentence with what to do; null when nothing does. */
export function preflight(folder = root, nodeVersion = process.versions.node) {
  return nodeTooOld(folder, nodeVersion) ?? halfInstalled(folder) ?? diskTooFull(folder);
}

function nodeTooOld(folder, nodeVersion) {
  const wanted = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).engines.node.replace(
    /[^\d.]/g,
    "",
  );
  const [major, minor = 0] = wanted.split(".").map(Number);
  const [ownMajor, ownMinor] = nodeVersion.split(".").map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return null;
  return `Node ${nodeVersion} is too old: install Node ${wanted} or newer, then run \`npm ci\` again.`;
}

/** npm writes its own list of what it installed last of all, so an install that was interrupted has none or an old one. */
function halfInstalled(folder) {
  const listed = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(listed)) return "The packages are not installed, or only half: run `npm ci`.";
  const installed = JSON.parse(readFileSync(listed, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  for (const [path, { version, link, optional }] of Object.entries(wanted)) {
    if (!path.includes("node_modules/") || link || optional) continue;
    if (installed[path]?.version !== version || !existsSync(join(folder, path, "package.json")))
      return `The installed packages do not fit package-lock.json (${path.replace(/^.*node_modules\//, "")} is missing or another version): run \`npm ci\`.`;
  }
  return null;
}

function diskTooFull(folder) {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= DISK_MIN_BYTES) return null;
  return `Only ${Math.round(free / 1e6)} MB are free on this disk; building and the database need ${DISK_MIN_BYTES / 1e6} MB: make room and start again.`;
}
