"use client";

import type { DeskBooking } from "@looklook/contracts";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { money } from "@/lib/format";
import { useDates } from "../dates";
import { useNameOf } from "../names";

/** What a booking is about, as the desk needs it: who, how many, where, when, meals, money, notes. */
export function BookingFacts({ booking, className }: { booking: DeskBooking; className?: string }) {
  const t = useTranslations("booking");
  const nameOf = useNameOf();
  const dates = useDates();
  return (
    <dl className={cn("grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-3", className)}>
      <Fact label={t("guests")}>{t("guestCount", { count: booking.guests })}</Fact>
      <Fact label={t("stay")}>
        <span className="whitespace-nowrap">{dates.day(booking.checkInDate)} –</span>{" "}
        <span className="whitespace-nowrap">{dates.day(booking.checkOutDate)}</span>
      </Fact>
      <Fact label={t("nights")}>{t("nightCount", { count: booking.nights })}</Fact>
      <Fact label={t("listing")}>{nameOf(booking)}</Fact>
      <Fact label={t("meals")}>{booking.withMeals ? t("withMeals") : t("withoutMeals")}</Fact>
      <Fact label={t("paid")}>{money(booking.paidFen)}</Fact>
      {booking.remark ? (
        <Fact label={t("remark")} className="col-span-full">
          {booking.remark}
        </Fact>
      ) : null}
    </dl>
  );
}

function Fact({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div className={cn("min-w-0", className)}>
      <dt className="text-xs text-muted">{label}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}
