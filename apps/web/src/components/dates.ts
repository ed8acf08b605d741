"use client";

import { useLocale } from "next-intl";
import { useMemo } from "react";
import { dateTime, dayOf, stayDate } from "@/lib/format";

/** Days and instants as this reader has them; a year is said only where it is not this one. */
export function useDates() {
  const locale = useLocale();
  return useMemo(() => {
    const today = dayOf(new Date());
    return {
      day: (day: string) => stayDate(day, locale, today),
      instant: (at: Date) => dateTime(at, locale, today),
    };
  }, [locale]);
}
