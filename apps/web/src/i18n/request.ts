import { getRequestConfig } from "next-intl/server";
import { timeZone } from "@/lib/format";
import { readLocale } from "@/lib/preferences";

export default getRequestConfig(async () => {
  const locale = await readLocale();
  return { locale, timeZone, messages: (await import(`../messages/${locale}.json`)).default };
});
