import { cookies, headers } from "next/headers";
import { type Locale, locales } from "./format";
import { type Theme, themes } from "./theme";

/** The chosen language; without a choice English for browsers that ask for it before Chinese, else Chinese. */
export async function readLocale(): Promise<Locale> {
  const chosen = (await cookies()).get("locale")?.value;
  const locale = locales.find((one) => one === chosen);
  if (locale) return locale;
  const wanted = ((await headers()).get("accept-language") ?? "").toLowerCase();
  const english = wanted.search(/\ben\b/);
  const chinese = wanted.search(/\bzh\b/);
  return english >= 0 && (chinese < 0 || english < chinese) ? "en" : "zh-CN";
}

/** The chosen theme; the system's without a choice. */
export async function readTheme(): Promise<Theme> {
  const chosen = (await cookies()).get("theme")?.value;
  return themes.find((one) => one === chosen) ?? "system";
}

/** The merchant whose pages were open last, for pages that belong to none. */
export async function readLastMerchant(): Promise<string | null> {
  return (await cookies()).get("merchant")?.value ?? null;
}
