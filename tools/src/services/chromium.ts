import { existsSync } from "node:fs";
import { PlainError } from "../plain-error";
import { aptInstall, which } from "./commands";

/**
 * A Chromium for the browser journeys, with a Chinese font where we install it.
 * Order: CHROMIUM_PATH, Debian's own, apt as root. Elsewhere Playwright's own browser, then the answer is null.
 * @throws PlainError when CHROMIUM_PATH names a file that is not there
 */
export async function findChromium(say: (line: string) => void): Promise<string | null> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (!existsSync(named)) throw new PlainError(`CHROMIUM_PATH names ${named}, which is not there.`);
    return named;
  }
  const own = () => which("chromium") ?? which("chromium-browser") ?? which("google-chrome");
  return own() ?? ((await aptInstall(["chromium", "fonts-noto-cjk"], say)) ? own() : null);
}
