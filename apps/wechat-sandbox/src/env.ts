import { z } from "zod";

const Env = z.object({
  /** The machine itself only, unless a container's network is to reach it. */
  SANDBOX_HOST: z.string().min(1).default("127.0.0.1"),
  SANDBOX_PORT: z.coerce.number().int().min(1).max(65_535).default(4300),
  /** Folder with `wechat-sandbox-keys.json`, which the launcher writes. */
  SANDBOX_KEYS_DIR: z.string().min(1),
  /** Origin that callbacks are posted to; the path of notify_url is kept. */
  SANDBOX_DELIVER_TO: z.url().default("http://127.0.0.1:4000"),
  /** Folder for the state; absent: a restart forgets every payment. */
  SANDBOX_STATE_DIR: z.string().min(1).optional(),
  /** Where the phone page's /bridge/* goes. */
  BRIDGE_URL: z.url().default("http://127.0.0.1:4000"),
});

export type Env = z.infer<typeof Env>;

/** @throws Error whose text names every variable that is missing or wrong */
export function readEnv(values: Record<string, string | undefined> = process.env): Env {
  const parsed = Env.safeParse(values);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`wechat-sandbox cannot start: ${wrong.join("; ")}`);
}
