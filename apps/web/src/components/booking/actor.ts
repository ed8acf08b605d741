"use client";

import type { TimelineEntry } from "@looklook/contracts";
import { useTranslations } from "next-intl";
import { useCallback } from "react";
import type { z } from "zod";

/** Who did something: a name where there is one, else what kind of party it was. */
export function useActorName() {
  const t = useTranslations("actors");
  return useCallback(
    ({ actorKind, actorName }: Pick<z.infer<typeof TimelineEntry>, "actorKind" | "actorName">) =>
      actorName || t(actorKind),
    [t],
  );
}
