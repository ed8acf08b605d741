import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const Environment = z
  .object({
    CONSOLE_URL: z.url(),
    API_URL: z.url(),
    /** The WeChat sandbox, where guests have their phones. */
    PHONE_URL: z.url(),
    /** JSON, or a file with it. */
    DEMO_SIGN_INS: z.string().optional(),
    LOOKLOOK_DATA_DIR: z.string().optional(),
    CHROMIUM_PATH: z.string().default("/usr/bin/chromium"),
  })
  .refine(
    (env) => env.DEMO_SIGN_INS ?? env.LOOKLOOK_DATA_DIR,
    "DEMO_SIGN_INS or LOOKLOOK_DATA_DIR is missing",
  );

const SignIns = z.array(z.object({ email: z.email(), password: z.string() }));
export type SignIn = z.infer<typeof SignIns>[number];

/** The running system that the journeys visit. A missing address fails the run, it never skips a test. */
export function readWorld() {
  const env = Environment.parse(process.env);
  const signIns = env.DEMO_SIGN_INS ?? join(env.LOOKLOOK_DATA_DIR ?? "", "demo-sign-ins.json");
  const known = SignIns.parse(JSON.parse(existsSync(signIns) ? readFileSync(signIns, "utf8") : signIns));
  return {
    consoleUrl: env.CONSOLE_URL,
    apiUrl: env.API_URL,
    phoneUrl: env.PHONE_URL,
    /** The demo account whose address begins so: `front-desk@cloud-tea`. @throws Error */
    account(name: string): SignIn {
      const found = known.find(({ email }) => email.startsWith(`${name}.`));
      if (!found) throw new Error(`there is no demo account ${name}`);
      return found;
    },
  };
}

export const chromiumPath = process.env.CHROMIUM_PATH || "/usr/bin/chromium";

/** Two of the demo's merchants, by slug; the first has rooms left for tonight. */
export const house = "hills-and-sea";
export const otherHouse = "cloud-tea";
