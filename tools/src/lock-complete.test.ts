import { expect, test } from "vitest";
import { missingBindings, platformOf } from "../lock-complete.mjs";

const keysOf = (packages: Record<string, object>) =>
  missingBindings({ packages }).missing.map(({ key, entry }) => `${key}@${entry.version}`);

test("a binding that npm left out is added beside the others", () => {
  const packages = {
    "node_modules/fast": {
      version: "1.0.0",
      dev: true,
      optionalDependencies: { "@fast/darwin-arm64": "1.0.0" },
    },
  };
  const { missing, unclear } = missingBindings({ packages });
  expect(unclear).toEqual([]);
  expect(missing).toEqual([
    {
      key: "node_modules/@fast/darwin-arm64",
      parent: "node_modules/fast",
      entry: { version: "1.0.0", cpu: ["arm64"], os: ["darwin"], dev: true, optional: true },
    },
  ]);
});

test("a second copy of a parent gets its own version nested under itself", () => {
  const packages = {
    "node_modules/fast": { version: "1.0.0", optionalDependencies: { "@fast/linux-x64": "1.0.0" } },
    "node_modules/@fast/linux-x64": { version: "1.0.0" },
    "node_modules/other/node_modules/fast": {
      version: "2.0.0",
      optionalDependencies: { "@fast/linux-x64": "2.0.0", "@fast/win32-x64": "2.0.0" },
    },
  };
  expect(keysOf(packages)).toEqual([
    "node_modules/other/node_modules/fast/node_modules/@fast/linux-x64@2.0.0",
    "node_modules/@fast/win32-x64@2.0.0",
  ]);
});

test("a range that npm resolved is left as it is, and one that nobody resolved takes its lowest version", () => {
  const parent = {
    version: "2.0.0",
    optionalDependencies: { "@db/linux-x64": "^2.0.0", "@db/darwin-x64": "^2.0.0" },
  };
  expect(keysOf({ "node_modules/db": parent, "node_modules/@db/linux-x64": { version: "2.3.0" } })).toEqual([
    "node_modules/@db/darwin-x64@2.0.0",
  ]);
});

test("what cannot be told from a name is reported, not guessed", () => {
  const packages = {
    "node_modules/a": { version: "1.0.0", optionalDependencies: { fsevents: "1.0.0", "b-linux": "*" } },
  };
  expect(missingBindings({ packages })).toEqual({
    missing: [],
    unclear: ["fsevents@1.0.0 of node_modules/a", "b-linux@* of node_modules/a"],
  });
});

test.each([
  ["@biomejs/cli-linux-x64-musl", { cpu: ["x64"], libc: ["musl"], os: ["linux"] }],
  ["@swc/core-linux-arm-gnueabihf", { cpu: ["arm"], libc: ["glibc"], os: ["linux"] }],
  ["@turbo/windows-64", { cpu: ["x64"], os: ["win32"] }],
  ["@tailwindcss/oxide-wasm32-wasi", { cpu: ["wasm32"] }],
])("the platform of %s is read from its name", (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});
