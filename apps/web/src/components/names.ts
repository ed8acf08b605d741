"use client";

import { useLocale } from "next-intl";
import { useCallback } from "react";

/** Names as the reader's language has them; where there is no English one the Chinese one stands. */
export function useNameOf() {
  const locale = useLocale();
  return useCallback(
    (thing: { name: string; nameEn: string } | { title: string; titleEn: string }) => {
      const [chinese, english] = "name" in thing ? [thing.name, thing.nameEn] : [thing.title, thing.titleEn];
      return locale === "en" && english ? english : chinese;
    },
    [locale],
  );
}
