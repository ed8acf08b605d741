// Completes package-lock.json: npm leaves out the native bindings (optional dependencies for other
// platforms) that the registry at hand does not have, and then `npm ci` refuses the lock file elsewhere.
//
//   node tools/lock-complete.mjs [package-lock.json]           adds what is missing; run after each change
//   node tools/lock-complete.mjs --check [package-lock.json]   says what is missing, changes nothing, asks nobody
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const OS_BY_WORD = { windows: "win32", win: "win32", linuxmusl: "linux" };
const OS_NAMES = "aix android darwin freebsd linux netbsd openbsd openharmony sunos win32".split(" ");
const CPU_BY_WORD = { 64: "x64" };
const CPU_NAMES = "arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64".split(" ");

/** Platform fields as npm would write them, read from a binding's name; null when the name says nothing. */
export function platformOf(name) {
  const words = name.replace(/^@[^/]+\//, "").split("-");
  const os = words.map((word) => OS_BY_WORD[word] ?? word).find((word) => OS_NAMES.includes(word));
  const cpu = words.map((word) => CPU_BY_WORD[word] ?? word).find((word) => CPU_NAMES.includes(word));
  if (!os && !cpu) return null;
  const libc = words.some((word) => word.includes("musl"))
    ? "musl"
    : words.some((word) => word.startsWith("gnu"))
      ? "glibc"
      : null;
  return {
    ...(cpu && { cpu: [cpu] }),
    ...(libc && os === "linux" && { libc: [libc] }),
    ...(os && { os: [os] }),
  };
}

/** The lock-file key that `name` resolves to for the package at `path`, found as Node finds modules. */
function resolved(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const key = folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`;
    if (packages[key]) return key;
    if (!folder) return null;
  }
}

/**
 * Optional bindings that the lock file names but does not hold: `[{ key, entry, parent }]`, and in
 * `unclear` those whose version or platform cannot be told without a registry.
 */
export function missingBindings(lock) {
  const packages = { ...lock.packages };
  const missing = [];
  const unclear = [];
  for (const [path, parent] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
      const version = /^[\^~]?(\d+\.\d+\.\d+\S*)$/.exec(range)?.[1];
      const isExact = version === range;
      const found = resolved(packages, path, name);
      // A range was resolved by npm itself; an exact pin that differs belongs to another copy of the parent.
      if (found && (!isExact || packages[found].version === version)) continue;
      const platform = platformOf(name);
      if (!version || !platform) {
        unclear.push(`${name}@${range} of ${path}`);
        continue;
      }
      const key = found ? `${path}/node_modules/${name}` : `node_modules/${name}`;
      const entry = { version, ...platform, ...(parent.dev && { dev: true }), optional: true };
      packages[key] = entry;
      missing.push({ key, entry, parent: path });
    }
  }
  return { missing, unclear };
}

const nameOf = (key) => key.slice(key.lastIndexOf("node_modules/") + "node_modules/".length);

async function integrityOf(name, version) {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  try {
    const { stdout } = await promisify(execFile)(npm, ["view", `${name}@${version}`, "dist.integrity"], {
      shell: process.platform === "win32",
    });
    return stdout.trim() || null;
  } catch {
    return null;
  }
}

/** Fills `integrity` where the registry has the package. Where it lacks one binding of a parent, it is not asked for the rest. */
async function fillIntegrity(packages) {
  const parents = new Map();
  for (const [path, parent] of Object.entries(packages)) {
    const bare = Object.keys(parent.optionalDependencies ?? {})
      .map((name) => resolved(packages, path, name))
      .filter((key) => key && !packages[key].link && !packages[key].integrity);
    if (bare.length > 0) parents.set(path, bare);
  }
  let filled = 0;
  for (const keys of parents.values()) {
    for (const key of keys) {
      const integrity = await integrityOf(nameOf(key), packages[key].version);
      if (!integrity) break;
      packages[key] = { version: packages[key].version, integrity, ...packages[key] };
      filled++;
    }
  }
  return filled;
}

async function main(args) {
  const isCheck = args.includes("--check");
  const file =
    args.find((arg) => !arg.startsWith("--")) ??
    fileURLToPath(new URL("../package-lock.json", import.meta.url));
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const { missing, unclear } = missingBindings(lock);
  const addressed = Object.entries(lock.packages).filter(([, entry]) =>
    /^https?:/.test(entry.resolved ?? ""),
  );
  for (const what of unclear) console.error(`lock: cannot tell version and platform of ${what}`);
  if (isCheck) {
    for (const { key, entry } of missing)
      console.error(`lock: ${key} ${entry.version} is missing; run \`npm run lock\``);
    for (const [key] of addressed) console.error(`lock: ${key} holds a registry address; see .npmrc`);
    return missing.length + unclear.length + addressed.length > 0 ? 1 : 0;
  }
  for (const { key, entry } of missing) lock.packages[key] = entry;
  for (const [, entry] of addressed) delete entry.resolved;
  const filled = await fillIntegrity(lock.packages);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`lock: added ${missing.length}, integrity filled ${filled}`);
  return unclear.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
