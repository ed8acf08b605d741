import type { Locale } from "@/lib/format";
import type messages from "../messages/zh-CN.json";

declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: typeof messages;
  }
}
