"use client";

import type { DeskBooking, GetBookingOutput } from "@looklook/contracts";
import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, KeyRound, Undo2, X } from "lucide-react";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { z } from "zod";
import { UndoCheckIn } from "@/forms/undo-check-in";
import { cn } from "@/lib/cn";
import { isErrorCode } from "@/lib/errors";
import { bookingNoGroups, money } from "@/lib/format";
import { links } from "@/lib/links";
import { queries } from "@/lib/queries";
import { useDates } from "../dates";
import { useMerchant } from "../merchant-context";
import { RefusalNotice, useRefusalText } from "../refusal";
import { Button } from "../ui/button";
import { buttonClass } from "../ui/button-class";
import { Skeleton } from "../ui/skeleton";
import { BookingFacts } from "./facts";
import { StatusBadge } from "./status-badge";
import { Timeline } from "./timeline";

type Detail = z.infer<typeof GetBookingOutput>;

/** One booking: who and when, what may be done now, the money night by night, and everything that happened. */
export function BookingDetail({ bookingNo }: { bookingNo: string }) {
  const t = useTranslations("booking");
  const { slug } = useMerchant();
  const back = links.bookings(slug, useSearchParams().toString());
  const { data, error, refetch } = useQuery(queries.booking(slug, bookingNo));
  return (
    <article
      aria-label={t("detail")}
      className="rounded-lg border border-line bg-surface xl:sticky xl:top-20 xl:max-h-[calc(100dvh-104px)] xl:overflow-y-auto"
    >
      <div className="flex items-center gap-2 border-b border-line px-4 py-2">
        <Link href={back} scroll={false} className={buttonClass({ kind: "quiet" }, "-ml-2 px-2 xl:hidden")}>
          <ArrowLeft aria-hidden className="size-4" />
          {t("back")}
        </Link>
        <p className="min-w-0 flex-1 truncate font-mono text-xs text-muted max-xl:text-right">
          {bookingNoGroups(bookingNo)}
        </p>
        <Link
          href={back}
          scroll={false}
          aria-label={t("close")}
          className={buttonClass({ kind: "quiet", size: "icon" }, "-mr-2 max-xl:hidden")}
        >
          <X aria-hidden className="size-4" />
        </Link>
      </div>
      {error ? (
        <RefusalNotice error={error} onRetry={() => void refetch()} className="m-4" />
      ) : data ? (
        <Body detail={data} />
      ) : (
        <DetailSkeleton />
      )}
    </article>
  );
}

function Body({ detail }: { detail: Detail }) {
  const t = useTranslations("booking");
  const { booking } = detail;
  return (
    <div className="divide-y divide-line">
      <section className="p-4">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h1 className="text-xl font-semibold">
            {booking.guestName || t("noName")}
            <span className="ml-3 text-sm font-normal text-muted">
              {t("last4", { last4: booking.mobileLast4 })}
            </span>
          </h1>
          <StatusBadge status={booking.status} />
        </div>
        <BookingFacts booking={booking} className="mt-3" />
        <Actions booking={booking} />
      </section>
      <Money detail={detail} />
      <section className="p-4">
        <h2 className="mb-3 font-semibold">{t("timeline")}</h2>
        <Timeline entries={detail.timeline} />
      </section>
    </div>
  );
}

/** What may be done follows the refusals that the API sends along; the browser knows no rule of its own. */
function Actions({ booking }: { booking: DeskBooking }) {
  const t = useTranslations("booking");
  const { slug } = useMerchant();
  const refusalText = useRefusalText();
  const [isUndoing, setIsUndoing] = useState(false);
  const why = (code: string | null) =>
    code === null ? null : refusalText({ code: isErrorCode(code) ? code : "INTERNAL", facts: {} }).what;
  return (
    <div className="mt-4 flex flex-wrap gap-2">
      {booking.actions.checkIn === null ? (
        <Link href={links.checkIn(slug)} className={buttonClass({ kind: "primary" })}>
          <KeyRound aria-hidden className="size-4" />
          {t("toCheckIn")}
        </Link>
      ) : (
        <Button reason={why(booking.actions.checkIn)}>
          <KeyRound aria-hidden className="size-4" />
          {t("toCheckIn")}
        </Button>
      )}
      {booking.status === "checked_in" ? (
        <Button reason={why(booking.actions.undoCheckIn)} onClick={() => setIsUndoing(true)}>
          <Undo2 aria-hidden className="size-4" />
          {t("undoCheckIn")}
        </Button>
      ) : null}
      <UndoCheckIn booking={isUndoing ? booking : null} onClose={() => setIsUndoing(false)} />
    </div>
  );
}

function Money({ detail: { booking, nights, roomTotalFen, mealTotalFen } }: { detail: Detail }) {
  const t = useTranslations("booking");
  const dates = useDates();
  return (
    <section className="p-4">
      <h2 className="mb-2 font-semibold">{t("money")}</h2>
      <table className="w-full">
        <tbody>
          {nights.map(({ night, priceFen }) => (
            <MoneyRow key={night} label={dates.day(night)} fen={priceFen} isQuiet />
          ))}
          <MoneyRow label={t("roomTotal")} fen={roomTotalFen} />
          {booking.withMeals ? <MoneyRow label={t("mealTotal")} fen={mealTotalFen} /> : null}
        </tbody>
        <tfoot className="border-t border-line font-semibold">
          <MoneyRow label={t("total")} fen={booking.totalFen} isTotal />
          <MoneyRow
            label={booking.paidAt ? t("paidAt", { at: dates.instant(booking.paidAt) }) : t("paid")}
            fen={booking.paidFen}
            isTotal
          />
        </tfoot>
      </table>
    </section>
  );
}

function MoneyRow({
  label,
  fen,
  isQuiet = false,
  isTotal = false,
}: {
  label: ReactNode;
  fen: number;
  isQuiet?: boolean;
  isTotal?: boolean;
}) {
  return (
    <tr className={isQuiet ? "text-muted" : undefined}>
      <th scope="row" className={cn("py-1 pr-4 text-left", isTotal ? "font-semibold" : "font-normal")}>
        {label}
      </th>
      <td className="py-1 text-right whitespace-nowrap">{money(fen)}</td>
    </tr>
  );
}

function DetailSkeleton() {
  return (
    <div aria-hidden className="p-4">
      <Skeleton className="h-8 w-40" />
      <div className="mt-4 grid grid-cols-2 gap-4">
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
        <Skeleton className="h-10" />
      </div>
      <Skeleton className="mt-6 h-32" />
      <Skeleton className="mt-6 h-48" />
    </div>
  );
}
