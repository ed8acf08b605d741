"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { keepPreference } from "@/lib/cookies";
import { type Theme, themes } from "@/lib/theme";

/** The themes and how to change to one: an attribute of the page and a cookie for the next one. */
export function useTheme(initial: Theme) {
  const t = useTranslations("preferences");
  const [theme, setTheme] = useState(initial);
  return {
    theme,
    label: t("theme"),
    choices: themes.map((value) => ({ value, label: t(`themes.${value}`) })),
    choose(value: Theme) {
      document.documentElement.dataset.theme = value;
      keepPreference("theme", value);
      setTheme(value);
    },
  };
}
