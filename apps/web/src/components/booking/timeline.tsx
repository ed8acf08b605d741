"use client";

import type { TimelineEntry } from "@looklook/contracts";
import { ArrowRightLeft, CreditCard, type LucideIcon, MessageSquare, RotateCcw } from "lucide-react";
import { useTranslations } from "next-intl";
import type { z } from "zod";
import { money } from "@/lib/format";
import { useDates } from "../dates";
import { useActorName } from "./actor";

type Entry = z.infer<typeof TimelineEntry>;

const icons: Record<Entry["kind"], LucideIcon> = {
  transition: ArrowRightLeft,
  payment: CreditCard,
  refund: RotateCcw,
  message: MessageSquare,
};

/** Everything that happened to a booking, in order: states, payments, refunds, messages; when, by whom and why. */
export function Timeline({ entries }: { entries: Entry[] }) {
  const t = useTranslations("timeline");
  const dates = useDates();
  const actorName = useActorName();
  return (
    <ol className="flex flex-col">
      {entries.map((entry, n) => {
        const Icon = icons[entry.kind];
        const what = `${entry.kind}.${isUndo(entry) ? "undone" : entry.what}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows at its end
          <li key={n} className="relative flex gap-3 pb-4 last:pb-0">
            {n < entries.length - 1 ? (
              <span aria-hidden className="absolute top-7 bottom-0 left-3 w-px bg-line" />
            ) : null}
            <span className="flex size-6 shrink-0 items-center justify-center rounded-full bg-sunken">
              <Icon aria-hidden className="size-3.5 text-muted" />
            </span>
            <div className="min-w-0 flex-1">
              <p className="flex justify-between gap-2">
                <span className="font-medium">{t.has(what as never) ? t(what as never) : entry.what}</span>
                {entry.amountFen === null ? null : (
                  <span className="whitespace-nowrap">
                    {money(entry.kind === "refund" ? -entry.amountFen : entry.amountFen)}
                  </span>
                )}
              </p>
              <p className="text-xs text-muted">
                <time dateTime={entry.at.toISOString()}>{dates.instant(entry.at)}</time> · {actorName(entry)}
              </p>
              {entry.reason ? (
                <p className="text-xs text-muted">
                  {t.has(`reasons.${entry.reason}` as never)
                    ? t(`reasons.${entry.reason}` as never)
                    : entry.reason}
                </p>
              ) : null}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** Nobody at a desk confirms a booking; a person who brings it back to confirmed has taken a check-in back. */
function isUndo({ kind, what, actorKind }: Entry): boolean {
  return (
    kind === "transition" &&
    what === "confirmed" &&
    (actorKind === "console_user" || actorKind === "operator")
  );
}
