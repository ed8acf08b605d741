import { z } from "zod";

const env = z
  .object({
    /** The WeChat sandbox of the running system; a missing address fails the run. */
    PHONE_URL: z.url(),
    CHROMIUM_PATH: z.string().min(1).default("/usr/bin/chromium"),
  })
  .parse(process.env);

export const phoneUrl = env.PHONE_URL;
export const chromiumPath = env.CHROMIUM_PATH;
