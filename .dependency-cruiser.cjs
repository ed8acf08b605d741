// Who may import whom (the table in CONTRIBUTING.md). `tools/check.mjs` also runs every rule against a planted
// violation in tools/dependency-rules/<rule>, so that a rule that stopped biting fails the check.

/** Tests, and what only they start from. */
const tests = "(\\.test|/test-[a-z-]+)\\.tsx?$";
/** Internal rooms by workspace folder. */
const ours = "^(apps|packages|tools|bench)/";
const only = (...rooms) => `^(${rooms.join("|")})/`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-circular",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "contracts-stand-alone",
      severity: "error",
      comment: "contracts is underneath everyone",
      from: { path: "^packages/contracts/" },
      to: { path: ours, pathNot: only("packages/contracts") },
    },
    {
      name: "db-knows-only-its-client",
      severity: "error",
      from: { path: "^packages/db/src", pathNot: tests },
      to: { path: ours, pathNot: only("packages/db") },
    },
    {
      name: "core-sits-on-db-and-contracts",
      severity: "error",
      from: { path: "^packages/core/src", pathNot: tests },
      to: { path: ours, pathNot: only("packages/core", "packages/db", "packages/contracts") },
    },
    {
      name: "core-does-no-io-of-its-own",
      severity: "error",
      comment: "the network, queues and the SDK come in through Deps",
      from: { path: "^packages/core/src", pathNot: tests },
      to: {
        path: "node_modules/(@trpc|hono|@hono|bullmq|ioredis|kafkajs|wechatpay-node-v3|undici|next)/|^(node:)?(http|https|http2|net|tls|dgram|child_process|fs)$",
      },
    },
    {
      name: "features-meet-at-their-doors",
      severity: "error",
      comment: "inside core one feature reaches another only through its index.ts",
      from: { path: "^packages/core/src/([^/]+)/", pathNot: tests },
      to: {
        path: "^packages/core/src/([^/]+)/",
        pathNot: "^packages/core/src/($1|shared)/|^packages/core/src/[^/]+/index\\.ts$",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "trpc-sits-on-core-and-contracts",
      severity: "error",
      from: { path: "^packages/trpc/src", pathNot: tests },
      to: { path: ours, pathNot: only("packages/trpc", "packages/core", "packages/contracts") },
    },
    {
      name: "infra-sits-on-contracts",
      severity: "error",
      from: { path: "^packages/infra/src" },
      to: { path: ours, pathNot: only("packages/infra", "packages/contracts") },
    },
    {
      name: "wechat-knows-the-gateway-only",
      severity: "error",
      from: { path: "^packages/wechat/src", pathNot: tests },
      to: { path: ours, pathNot: "^packages/(wechat|contracts)/|^packages/core/src/payment/gateway\\.ts$" },
    },
    {
      name: "the-sandbox-is-the-other-party",
      severity: "error",
      from: { path: "^packages/wechat-sandbox/src" },
      to: { path: ours, pathNot: only("packages/wechat-sandbox") },
    },
    {
      name: "the-sandbox-app-speaks-to-the-bridge-only",
      severity: "error",
      from: { path: "^apps/wechat-sandbox/src" },
      to: { path: ours, pathNot: only("apps/wechat-sandbox", "packages/wechat-sandbox") },
    },
    {
      name: "web-sees-contracts-and-trpc",
      severity: "error",
      from: { path: "^apps/web/" },
      to: { path: ours, pathNot: only("apps/web", "packages/contracts", "packages/trpc") },
    },
    {
      name: "web-takes-types-from-trpc",
      severity: "error",
      from: { path: "^apps/web/" },
      to: { path: "^packages/trpc/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "apps-never-meet",
      severity: "error",
      from: { path: "^apps/([^/]+)/" },
      to: { path: "^apps/", pathNot: "^apps/$1/" },
    },
    {
      name: "the-worker-has-no-trpc",
      severity: "error",
      from: { path: "^apps/worker/" },
      to: { path: "^packages/trpc/" },
    },
    {
      name: "only-main-wires",
      severity: "error",
      comment: "db and infra are opened in main.ts and handed on",
      from: { path: "^apps/(api|worker)/src/", pathNot: ["^apps/[^/]+/src/main\\.ts$", tests] },
      to: { path: "^packages/(db|infra)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "builders-stay-out-of-what-runs",
      severity: "error",
      from: { path: "^(apps|packages)/", pathNot: ["^packages/testing/", tests, "^apps/[^/]+/e2e/"] },
      to: { path: "^packages/testing/" },
    },
    {
      name: "declared-dependencies-only",
      severity: "error",
      from: { path: "^(apps|packages)/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: ["node_modules", "packages/db/src/generated"] },
    exclude: { path: ["\\.next/", "/dist/", "tools/dependency-rules/"] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
    tsConfig: { fileName: "tsconfig.base.json" },
  },
};
