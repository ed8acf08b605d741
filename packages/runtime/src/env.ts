import { type RateLimitName, type RateLimitRule, rateLimits } from "@looklook/contracts";
import { wechatEnvShape } from "@looklook/wechat";
import { z } from "zod";

const Json = z.string().transform((text, ctx) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    ctx.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
});

/** `{"k2":"base64","k1":"base64"}`: 32-byte keys by id, the current one first; older ones still open what they sealed. */
const KeyRing = Json.pipe(z.record(z.string().min(1).max(16), z.base64()))
  .refine((ring) => Object.keys(ring).length > 0, "names no key")
  .refine(
    (ring) => Object.values(ring).every((key) => Buffer.from(key, "base64").length === 32),
    "has a key that is not 32 bytes",
  )
  .transform((ring) => Object.entries(ring).map(([id, key]) => ({ id, key: Buffer.from(key, "base64") })));

/** `{"k1":"-----BEGIN PRIVATE KEY-----…"}`: Ed25519 private keys (PKCS 8 PEM) by id, the current one first. */
const SigningKeys = Json.pipe(
  z.record(z.string().min(1).max(16), z.string().includes("PRIVATE KEY")),
).transform((ring) => Object.entries(ring).map(([id, key]) => ({ id, key })));

const commaList = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .optional();

/** What api and worker both read. None of it has a secret for a default. */
export const commonEnv = {
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Most connections of this process to PostgreSQL for its own statements; queues have a few of their own. */
  DATABASE_CONNECTIONS_MAX: z.coerce.number().int().min(2).max(200).default(20),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  KAFKA_BROKERS: commaList,
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  CONSOLE_URL: z.url({ protocol: /^https?$/ }),

  JWT_ACCESS_SECRET: z.string().min(32),
  CHECK_IN_CODE_PEPPERS: KeyRing,
  CHECK_IN_CODE_KEYS: KeyRing,
  CHECK_IN_QR_KEYS: SigningKeys,
  PII_KEYS: KeyRing,
  /** Keys the blind index of mobile numbers; unlike the others it can't be rotated without reading every row. */
  PII_INDEX_KEY: z.base64().transform((key) => Buffer.from(key, "base64")),

  ...wechatEnvShape,
};

/** What `parseEnv(commonEnv, …)` gives. */
export type CommonEnv = z.infer<z.ZodObject<typeof commonEnv>>;

/** Thrown for an environment that the process cannot start with; the message names every variable, never a value. */
export class EnvError extends Error {}

/**
 * Reads the environment once. An empty variable counts as missing; PEM may carry its line ends as `\\n`, for env files
 * that know no others.
 * @throws EnvError naming each variable that is missing or wrong
 */
export function parseEnv<S extends z.ZodRawShape>(shape: S, source: Record<string, string | undefined>) {
  const filled = Object.fromEntries(
    Object.entries(source)
      .filter(([, value]) => value !== undefined && value !== "")
      .map(([name, value]) => [
        name,
        value?.startsWith("-----BEGIN") ? value.replaceAll("\\n", "\n") : value,
      ]),
  );
  const parsed = z.object(shape).safeParse(filled);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? "environment");
    return filled[name] === undefined
      ? `${name} is missing`
      : `${name} ${issue.code === "custom" ? issue.message : "has a wrong value"}`;
  });
  throw new EnvError(
    `The environment is not complete:\n${[...new Set(lines)].map((line) => `  ${line}`).join("\n")}`,
  );
}

/** `RATE_LIMIT_BOOKING_CREATE=100/60` (points/seconds) overrides a row of the table in contracts. @throws EnvError */
export function rateLimitOverrides(
  source: Record<string, string | undefined>,
): Partial<Record<RateLimitName, RateLimitRule>> {
  const overrides: Partial<Record<RateLimitName, RateLimitRule>> = {};
  for (const name of Object.keys(rateLimits) as RateLimitName[]) {
    const variable = `RATE_LIMIT_${name.replaceAll("-", "_").toUpperCase()}`;
    const value = source[variable];
    if (!value) continue;
    const [, points, seconds] = /^(\d{1,9})\/(\d{1,6})$/.exec(value) ?? [];
    if (!points || !seconds) throw new EnvError(`${variable} wants points/seconds, as in 10/60`);
    overrides[name] = { points: Number(points), windowSeconds: Number(seconds) };
  }
  return overrides;
}
