"use client";

import type { DeskBooking } from "@looklook/contracts";
import { useQuery } from "@tanstack/react-query";
import { BedDouble, LogIn, LogOut, type LucideIcon } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { queries } from "@/lib/queries";
import { useDates } from "../dates";
import { useMerchant } from "../merchant-context";
import { PageHead } from "../page-head";
import { RefusalNotice } from "../refusal";
import { Empty } from "../ui/empty";
import { Meter } from "../ui/meter";
import { Panel } from "../ui/panel";
import { Skeleton } from "../ui/skeleton";
import { BookingLine } from "./booking-line";
import { ListSkeleton } from "./list-skeleton";
import { StatusBadge } from "./status-badge";

/** The day at one look: who comes, who goes, who is in the house, how full tonight is. */
export function TodayBoard() {
  const t = useTranslations("today");
  const dates = useDates();
  const { slug } = useMerchant();
  const { data, error, isPending, refetch } = useQuery(queries.today(slug));
  const lists = [
    { name: "arrivals", Icon: LogIn, bookings: data?.arrivals },
    { name: "departures", Icon: LogOut, bookings: data?.departures },
    { name: "inHouse", Icon: BedDouble, bookings: data?.inHouse },
  ] as const;
  return (
    <>
      <PageHead
        title={
          <>
            {t("title")}
            {data ? (
              <span className="ml-3 text-sm font-normal text-muted">{dates.day(data.today)}</span>
            ) : null}
          </>
        }
      />
      {error ? (
        <RefusalNotice error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="grid grid-cols-12 items-start gap-4">
          <Figure label={t("arrivals")}>
            {data ? t("arrivalsFigure", figuresOf(data.arrivals)) : <Skeleton className="h-8 w-24" />}
          </Figure>
          <Figure label={t("departures")}>
            {data ? t("departuresFigure", figuresOf(data.departures)) : <Skeleton className="h-8 w-24" />}
          </Figure>
          <Figure label={t("inHouse")}>
            {data ? t("inHouseFigure", { count: data.inHouse.length }) : <Skeleton className="h-8 w-24" />}
          </Figure>
          <Figure label={t("tonight")}>
            {data ? (
              <>
                {t("tonightFigure", { sold: data.soldTonight, units: data.unitsTonight })}
                <Meter label={t("tonight")} value={data.soldTonight} max={data.unitsTonight} />
              </>
            ) : (
              <Skeleton className="h-8 w-24" />
            )}
          </Figure>
          {lists.map(({ name, Icon, bookings }) => (
            <Panel key={name} title={t(name)} className="col-span-12 lg:col-span-6 xl:col-span-4">
              {isPending ? <ListSkeleton /> : <List name={name} Icon={Icon} bookings={bookings ?? []} />}
            </Panel>
          ))}
        </div>
      )}
    </>
  );
}

/** How many there are, and how many of them the door has seen: arrived, or gone. */
function figuresOf(bookings: DeskBooking[]) {
  return {
    total: bookings.length,
    arrived: bookings.filter(({ checkedInAt }) => checkedInAt !== null).length,
    gone: bookings.filter(({ status }) => status === "completed").length,
  };
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="col-span-6 self-stretch rounded-lg border border-line bg-surface p-4 lg:col-span-3">
      <p className="text-xs text-muted">{label}</p>
      <div className="mt-1 text-base font-semibold md:text-xl">{children}</div>
    </div>
  );
}

function List({
  name,
  Icon,
  bookings,
}: {
  name: "arrivals" | "departures" | "inHouse";
  Icon: LucideIcon;
  bookings: DeskBooking[];
}) {
  const t = useTranslations("today");
  const dates = useDates();
  if (bookings.length === 0)
    return (
      <Empty Icon={Icon} title={t(`${name}None`)}>
        {t(`${name}NoneNext`)}
      </Empty>
    );
  return (
    <ul className="divide-y divide-line">
      {bookings.map((booking) => (
        <li key={booking.bookingNo}>
          <BookingLine booking={booking}>
            {name === "inHouse" ? (
              <span className="text-xs whitespace-nowrap text-muted">
                {t("until", { date: dates.day(booking.checkOutDate) })}
              </span>
            ) : (
              <StatusBadge status={booking.status} />
            )}
          </BookingLine>
        </li>
      ))}
    </ul>
  );
}
