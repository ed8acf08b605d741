export { buildRuntime, type Runtime } from "./build-runtime";
export { commonEnv, EnvError, parseEnv, rateLimitOverrides } from "./env";
