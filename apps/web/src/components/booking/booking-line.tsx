"use client";

import type { DeskBooking } from "@looklook/contracts";
import { useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { links } from "@/lib/links";
import { queries } from "@/lib/queries";
import { useMerchant } from "../merchant-context";
import { useNameOf } from "../names";

/** One booking in a short list: who and how many, where, and what the list adds at its end. */
export function BookingLine({ booking, children }: { booking: DeskBooking; children?: ReactNode }) {
  const t = useTranslations("booking");
  const nameOf = useNameOf();
  const { slug } = useMerchant();
  const prefetch = usePrefetchBooking();
  return (
    <Link
      href={links.booking(slug, booking.bookingNo)}
      onMouseEnter={() => prefetch(booking.bookingNo)}
      onFocus={() => prefetch(booking.bookingNo)}
      className="flex items-center gap-3 px-4 py-2 transition-colors hover:bg-sunken"
    >
      <span className="min-w-0 flex-1">
        <span className="flex gap-2">
          <span className="truncate font-medium">{booking.guestName || t("noName")}</span>
          <span className="shrink-0 text-muted">{booking.mobileLast4}</span>
        </span>
        <span className="block truncate text-xs text-muted">
          {nameOf(booking)} · {t("guestCount", { count: booking.guests })} ·{" "}
          {t("nightCount", { count: booking.nights })}
        </span>
      </span>
      {children}
    </Link>
  );
}

/** Reads a booking before its page is opened. */
export function usePrefetchBooking() {
  const client = useQueryClient();
  const { slug } = useMerchant();
  return (bookingNo: string) => void client.prefetchQuery(queries.booking(slug, bookingNo));
}
