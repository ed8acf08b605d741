import { z } from "zod";

const Env = z.object({
  NODE_ENV: z.enum(["production", "development", "test"]).default("production"),
  /** Where the API answers, as this process reaches it. */
  API_URL: z.url({ protocol: /^https?$/ }),
  /** The console's public address. `NEXTAUTH_URL` is what next-auth itself reads; both are the same. */
  NEXTAUTH_URL: z.url({ protocol: /^https?$/ }),
  /** Signs next-auth's own small cookies (CSRF, return address); the session's cookie is an opaque token. */
  NEXTAUTH_SECRET: z.string().min(32),
  /** The payments behind this installation are the sandbox's. */
  WECHAT_SANDBOX: z
    .enum(["0", "1"])
    .default("0")
    .transform((flag) => flag === "1"),
});
export type Env = z.infer<typeof Env>;

let parsed: Env | undefined;

/**
 * The environment, read once, at the first use: `next build` has none.
 * @throws Error that names each missing or malformed variable
 */
export function env(): Env {
  if (parsed) return parsed;
  const result = Env.safeParse({
    ...process.env,
    NEXTAUTH_URL: process.env.NEXTAUTH_URL ?? process.env.CONSOLE_URL,
  });
  if (!result.success) {
    const wrong = result.error.issues.map(({ path, message }) => {
      const name = path.join(".");
      return process.env[name] ? `${name} has a wrong value (${message})` : `${name} is missing`;
    });
    throw new Error(`The console cannot start: ${wrong.join("; ")}.`);
  }
  parsed = result.data;
  return parsed;
}

/** Browsers take `__Host-` and `Secure` cookies only where the public address is https. */
export function isHttps(): boolean {
  return new URL(env().NEXTAUTH_URL).protocol === "https:";
}
