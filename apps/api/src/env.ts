import { commonEnv, parseEnv, rateLimitOverrides } from "@looklook/runtime";
import { z } from "zod";

const Port = z.coerce.number().int().min(0).max(65_535);

/** Everything the api reads from its environment. @throws EnvError */
export function readEnv(source = process.env) {
  return {
    ...parseEnv(
      {
        ...commonEnv,
        API_HOST: z.string().default("0.0.0.0"),
        API_PORT: Port.default(4000),
        API_METRICS_HOST: z.string().default("0.0.0.0"),
        API_METRICS_PORT: Port.default(9464),
        /** How many proxies of ours stand in front; each vouches for one entry of X-Forwarded-For. */
        API_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
      },
      source,
    ),
    rateLimits: rateLimitOverrides(source),
  };
}

export type ApiEnv = ReturnType<typeof readEnv>;
