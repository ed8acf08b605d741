import { buildRuntime, commonEnv, parseEnv, rateLimitOverrides } from "@looklook/runtime";

const log = (fields: object, message: string) => console.error(message, fields);

/** The dependencies of a process of ours, wired as the api wires its own. */
export const runtime = buildRuntime(
  { ...parseEnv(commonEnv, process.env), rateLimits: rateLimitOverrides(process.env) },
  { clientId: "api", logger: { info() {}, warn: log, error: log } },
);
