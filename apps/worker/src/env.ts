import { commonEnv, parseEnv, rateLimitOverrides } from "@looklook/runtime";
import { z } from "zod";

/** Everything the worker reads from its environment. @throws EnvError */
export function readEnv(source = process.env) {
  return {
    ...parseEnv(
      {
        ...commonEnv,
        WORKER_METRICS_HOST: z.string().default("0.0.0.0"),
        WORKER_METRICS_PORT: z.coerce.number().int().min(0).max(65535).default(9465),
        /** Jobs side by side, for each queue. */
        WORKER_CONCURRENCY: z.coerce.number().int().min(1).max(200).default(10),
      },
      source,
    ),
    rateLimits: rateLimitOverrides(source),
  };
}

export type WorkerEnv = ReturnType<typeof readEnv>;
