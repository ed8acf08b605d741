"use client";

import { useRouter } from "next/navigation";
import { useLocale, useTranslations } from "next-intl";
import { useTransition } from "react";
import { keepPreference } from "@/lib/cookies";
import { type Locale, locales } from "@/lib/format";

/** The languages, each in its own words, and how to change to one. */
export function useLanguage() {
  const locale = useLocale();
  const t = useTranslations("preferences");
  const router = useRouter();
  const [, startTransition] = useTransition();
  return {
    locale,
    label: t("language"),
    choices: locales.map((value) => ({ value, label: languageNames[value] })),
    choose(value: Locale) {
      keepPreference("locale", value);
      startTransition(() => router.refresh());
    },
  };
}

const languageNames: Record<Locale, string> = { "zh-CN": "简体中文", en: "English" };
