"use client";

import type { CheckInHistoryOutput, DeskBooking } from "@looklook/contracts";
import { useQuery } from "@tanstack/react-query";
import { CalendarCheck, DoorOpen, History, Undo2 } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { z } from "zod";
import { time } from "@/lib/format";
import { links } from "@/lib/links";
import { queries } from "@/lib/queries";
import { BookingLine } from "../booking/booking-line";
import { ListSkeleton } from "../booking/list-skeleton";
import { StatusBadge } from "../booking/status-badge";
import { useMerchant } from "../merchant-context";
import { useNameOf } from "../names";
import { RefusalNotice } from "../refusal";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { Panel } from "../ui/panel";

type Entry = z.infer<typeof CheckInHistoryOutput>["entries"][number];
type Undoable = Pick<DeskBooking, "bookingNo" | "guestName">;

/** Under the field: who is expected today, and what happened at this desk and the others. */
export function TodayAtTheDoor({ onUndo }: { onUndo: (booking: Undoable) => void }) {
  const t = useTranslations("checkIn");
  const { slug } = useMerchant();
  const today = useQuery(queries.today(slug));
  const history = useQuery(queries.history(slug));
  const arrivals = today.data?.arrivals ?? [];
  const arrived = arrivals.filter(({ checkedInAt }) => checkedInAt !== null).length;
  return (
    <div className="mt-8 grid items-start gap-4 lg:grid-cols-2">
      <Panel
        title={t("expected")}
        aside={
          today.data ? (
            <p className="text-xs text-muted">
              {t("expectedCount", { total: arrivals.length, arrived, left: arrivals.length - arrived })}
            </p>
          ) : null
        }
      >
        {today.isError ? (
          <RefusalNotice error={today.error} onRetry={() => void today.refetch()} className="m-4" />
        ) : today.isPending ? (
          <ListSkeleton />
        ) : arrivals.length === 0 ? (
          <Empty Icon={CalendarCheck} title={t("nobodyExpected")}>
            {t("nobodyExpectedNext")}
          </Empty>
        ) : (
          <ul className="max-h-120 divide-y divide-line overflow-y-auto">
            {arrivals.map((booking) => (
              <li key={booking.bookingNo}>
                <BookingLine booking={booking}>
                  <StatusBadge status={booking.status} />
                </BookingLine>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      <Panel title={t("history")}>
        {history.isError ? (
          <RefusalNotice error={history.error} onRetry={() => void history.refetch()} className="m-4" />
        ) : history.isPending ? (
          <ListSkeleton />
        ) : history.data.entries.length === 0 ? (
          <Empty Icon={History} title={t("noHistory")}>
            {t("noHistoryNext")}
          </Empty>
        ) : (
          <ul className="max-h-120 divide-y divide-line overflow-y-auto">
            {history.data.entries.map((entry) => (
              <HistoryLine key={`${entry.bookingNo}-${entry.at.getTime()}`} entry={entry} onUndo={onUndo} />
            ))}
          </ul>
        )}
      </Panel>
    </div>
  );
}

function HistoryLine({ entry, onUndo }: { entry: Entry; onUndo: (booking: Undoable) => void }) {
  const t = useTranslations("checkIn");
  const nameOf = useNameOf();
  const { slug } = useMerchant();
  const isOpen = useIsBefore(entry.undoUntil);
  const isIn = entry.kind === "checked_in";
  return (
    <li className="flex items-center gap-3 py-2 pr-3 pl-4">
      {isIn ? (
        <DoorOpen aria-hidden className="size-4 shrink-0 text-ok" />
      ) : (
        <Undo2 aria-hidden className="size-4 shrink-0 text-attention" />
      )}
      <div className="min-w-0 flex-1">
        <Link
          href={links.booking(slug, entry.bookingNo)}
          className="block truncate font-medium underline-offset-4 hover:underline"
        >
          {entry.guestName || entry.bookingNo}
        </Link>
        <p className="truncate text-xs text-muted">
          {time(entry.at)} · {t(isIn ? "historyIn" : "historyUndone", { by: entry.by })} ·{" "}
          {isIn ? nameOf(entry) : entry.reason}
        </p>
      </div>
      {isIn && entry.undoUntil ? (
        <Button kind="quiet" reason={isOpen ? null : t("undoOver")} onClick={() => onUndo(entry)}>
          {t("undo")}
        </Button>
      ) : null}
    </li>
  );
}

/** True until `at`; turns by itself. The server has the last word, this only keeps a button honest. */
function useIsBefore(at: Date | null): boolean {
  const end = at?.getTime() ?? 0;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const left = end - Date.now();
    if (left <= 0) return setNow(Date.now());
    const timer = setTimeout(() => setNow(Date.now()), left + 100);
    return () => clearTimeout(timer);
  }, [end]);
  return now < end;
}
