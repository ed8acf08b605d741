"use client";

import type { DeskBooking } from "@looklook/contracts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronRight, NotebookText, SearchX } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useQueryStates } from "nuqs";
import { filterParsers, filterQuery, findInput, hasFilters } from "@/lib/booking-filters";
import { cn } from "@/lib/cn";
import { money } from "@/lib/format";
import { links } from "@/lib/links";
import { queries } from "@/lib/queries";
import { useNew } from "@/lib/use-new";
import { useDates } from "../dates";
import { useMerchant } from "../merchant-context";
import { useNameOf } from "../names";
import { PageHead } from "../page-head";
import { RefusalNotice } from "../refusal";
import { Button } from "../ui/button";
import { Empty } from "../ui/empty";
import { BookingFilters } from "./booking-filters";
import { usePrefetchBooking } from "./booking-line";
import { ListSkeleton } from "./list-skeleton";
import { StatusBadge } from "./status-badge";

/** The merchant's bookings, newest first: a table where there is room, cards where there is not. */
export function BookingList({ chosen }: { chosen: string | null }) {
  const t = useTranslations("bookings");
  const { slug } = useMerchant();
  const [filters, setFilters] = useQueryStates(filterParsers, { history: "push" });
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery({
    ...queries.bookings(slug, findInput(filters)),
    placeholderData: keepPreviousData,
  });
  const query = filterQuery(filters);
  const bookings = data?.bookings;
  const fresh = useNew(query, isPlaceholderData ? undefined : bookings?.map(({ bookingNo }) => bookingNo));
  return (
    <>
      <PageHead title={t("title")} />
      <BookingFilters filters={filters} onChange={(change) => void setFilters({ ...change, cursor: null })} />
      <p aria-live="polite" className="sr-only">
        {fresh.size > 0 ? t("saidNew", { count: fresh.size }) : ""}
      </p>
      <div
        aria-busy={isPlaceholderData}
        className={cn(
          "overflow-hidden rounded-lg border border-line bg-surface transition-opacity",
          isPlaceholderData && "opacity-60",
        )}
      >
        {error && !bookings ? (
          <RefusalNotice error={error} onRetry={() => void refetch()} className="m-4" />
        ) : isPending || !bookings ? (
          <ListSkeleton rows={8} />
        ) : bookings.length === 0 ? (
          hasFilters(filters) ? (
            <Empty Icon={SearchX} title={t("nothingFound")}>
              <p>{t("nothingFoundNext")}</p>
              <Button className="mt-3" onClick={() => void setFilters(null)}>
                {t("clearFilters")}
              </Button>
            </Empty>
          ) : (
            <Empty Icon={NotebookText} title={t("none")}>
              {t("noneNext")}
            </Empty>
          )
        ) : (
          <>
            <Table bookings={bookings} query={query} chosen={chosen} fresh={fresh} />
            <Cards bookings={bookings} query={query} fresh={fresh} />
          </>
        )}
      </div>
      {filters.cursor !== null || data?.nextCursor ? (
        <nav aria-label={t("pages")} className="mt-4 flex justify-end gap-2">
          <Button
            reason={filters.cursor === null ? t("onNewest") : null}
            onClick={() => void setFilters({ cursor: null })}
          >
            {t("newest")}
          </Button>
          <Button
            reason={data?.nextCursor ? null : t("onOldest")}
            onClick={() => void setFilters({ cursor: data?.nextCursor ?? null })}
          >
            {t("older")}
            <ChevronRight aria-hidden className="size-4" />
          </Button>
        </nav>
      ) : null}
    </>
  );
}

function Table({
  bookings,
  query,
  chosen,
  fresh,
}: {
  bookings: DeskBooking[];
  query: string;
  chosen: string | null;
  fresh: ReadonlySet<string>;
}) {
  const t = useTranslations("booking");
  const tList = useTranslations("bookings");
  const nameOf = useNameOf();
  const dates = useDates();
  const router = useRouter();
  const prefetch = usePrefetchBooking();
  const { slug } = useMerchant();
  return (
    <table className="w-full text-left @max-2xl:hidden">
      <caption className="sr-only">{tList("title")}</caption>
      <thead>
        <tr className="border-b border-line text-xs text-muted">
          <th scope="col" className="px-4 py-2 font-medium">
            {t("guest")}
          </th>
          <th scope="col" className="px-2 py-2 font-medium">
            {t("listing")}
          </th>
          <th scope="col" className="px-2 py-2 font-medium">
            {t("stay")}
          </th>
          <th scope="col" className="px-2 py-2 font-medium">
            {t("state")}
          </th>
          <th scope="col" className="px-4 py-2 text-right font-medium">
            {t("total")}
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {bookings.map((booking) => {
          const href = links.booking(slug, booking.bookingNo, query);
          const isChosen = booking.bookingNo === chosen;
          return (
            // The link in the first cell is what keyboards and readers use; the row only makes a bigger target of it.
            <tr
              key={booking.bookingNo}
              onClick={(event) => {
                if (!(event.target as Element).closest("a") && !window.getSelection()?.toString())
                  router.push(href, { scroll: false });
              }}
              onMouseEnter={() => prefetch(booking.bookingNo)}
              className={cn(
                "cursor-pointer align-top transition-colors hover:bg-sunken",
                isChosen && "bg-accent-soft hover:bg-accent-soft",
                fresh.has(booking.bookingNo) && "animate-arrive",
              )}
            >
              <td className="px-4 py-2">
                <Link
                  href={href}
                  scroll={false}
                  aria-current={isChosen ? "true" : undefined}
                  onFocus={() => prefetch(booking.bookingNo)}
                  className="font-medium whitespace-nowrap underline-offset-4 hover:underline"
                >
                  {booking.guestName || t("noName")}
                </Link>
                {fresh.has(booking.bookingNo) ? <NewMark /> : null}
                <p className="text-xs text-muted">
                  {booking.mobileLast4} · {t("guestCount", { count: booking.guests })}
                </p>
              </td>
              <td className="px-2 py-2">{nameOf(booking)}</td>
              <td className="px-2 py-2 whitespace-nowrap">
                {dates.day(booking.checkInDate)}
                <p className="text-xs text-muted">{t("nightCount", { count: booking.nights })}</p>
              </td>
              <td className="px-2 py-2">
                <StatusBadge status={booking.status} />
              </td>
              <td className="px-4 py-2 text-right whitespace-nowrap">{money(booking.totalFen)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Cards({
  bookings,
  query,
  fresh,
}: {
  bookings: DeskBooking[];
  query: string;
  fresh: ReadonlySet<string>;
}) {
  const t = useTranslations("booking");
  const nameOf = useNameOf();
  const dates = useDates();
  const { slug } = useMerchant();
  return (
    <ul className="divide-y divide-line @2xl:hidden">
      {bookings.map((booking) => (
        <li key={booking.bookingNo} className={cn(fresh.has(booking.bookingNo) && "animate-arrive")}>
          <Link
            href={links.booking(slug, booking.bookingNo, query)}
            className="block px-4 py-3 transition-colors hover:bg-sunken"
          >
            <span className="flex items-center justify-between gap-2">
              <span className="min-w-0 truncate font-medium">
                {booking.guestName || t("noName")}
                <span className="ml-2 font-normal text-muted">{booking.mobileLast4}</span>
                {fresh.has(booking.bookingNo) ? <NewMark /> : null}
              </span>
              <StatusBadge status={booking.status} />
            </span>
            <span className="mt-1 block truncate text-muted">{nameOf(booking)}</span>
            <span className="mt-1 flex justify-between gap-2 text-muted">
              <span>
                {dates.day(booking.checkInDate)} · {t("nightCount", { count: booking.nights })} ·{" "}
                {t("guestCount", { count: booking.guests })}
              </span>
              <span className="text-ink">{money(booking.totalFen)}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Came while this list was open. */
function NewMark() {
  const t = useTranslations("bookings");
  return (
    <span className="ml-2 rounded-sm bg-accent-soft px-1 text-xs font-medium text-accent-text">
      {t("new")}
    </span>
  );
}
