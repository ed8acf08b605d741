import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { preflight } from "../preflight.mjs";

let folder: string;
const lock = (version: string) => JSON.stringify({ packages: { "": {}, "node_modules/pg": { version } } });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "looklook-preflight-"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ engines: { node: ">=20.19" } }));
  writeFileSync(join(folder, "package-lock.json"), lock("8.0.0"));
  mkdirSync(join(folder, "node_modules/pg"), { recursive: true });
  writeFileSync(join(folder, "node_modules/pg/package.json"), "{}");
  cpSync(join(folder, "package-lock.json"), join(folder, "node_modules/.package-lock.json"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("a complete checkout may start", () => {
  expect(preflight(folder, "20.19.0")).toBeNull();
  expect(preflight(folder, "24.0.1")).toBeNull();
});

test("an old Node is told which one to install", () => {
  expect(preflight(folder, "20.18.3")).toMatch(/Node 20\.18\.3 is too old: install Node 20\.19/);
  expect(preflight(folder, "18.20.0")).toMatch(/too old/);
});

test("packages that were never installed, or only half, ask for npm ci", () => {
  rmSync(join(folder, "node_modules/.package-lock.json"));
  expect(preflight(folder, "22.0.0")).toMatch(/only half: run `npm ci`/);
});

test("a package of another version, or one that was deleted, is named", () => {
  writeFileSync(join(folder, "package-lock.json"), lock("8.0.1"));
  expect(preflight(folder, "22.0.0")).toMatch(/\(pg is missing or another version\): run `npm ci`/);
  writeFileSync(join(folder, "package-lock.json"), lock("8.0.0"));
  rmSync(join(folder, "node_modules/pg"), { recursive: true });
  expect(preflight(folder, "22.0.0")).toMatch(/\(pg is missing/);
});
