"use client";

import { type BookingStatus, bookingStatuses } from "@looklook/contracts";
import { useQuery } from "@tanstack/react-query";
import { Search, SlidersHorizontal, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { useEffect, useRef, useState } from "react";
import { dayText, type Filters, hasFilters } from "@/lib/booking-filters";
import { cn } from "@/lib/cn";
import { queries } from "@/lib/queries";
import { useMerchant } from "../merchant-context";
import { useNameOf } from "../names";
import { Button } from "../ui/button";
import { fieldClass } from "../ui/field";

const typingPauseMs = 300;

/** Text, states, listing and days. On a phone all but the text fold away until asked for. */
export function BookingFilters({
  filters,
  onChange,
}: {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
}) {
  const t = useTranslations("bookings");
  const tStatus = useTranslations("status");
  const nameOf = useNameOf();
  const { slug } = useMerchant();
  const choices = useQuery(queries.listingChoices(slug));
  const [isUnfolded, setIsUnfolded] = useState(false);
  const toggle = (status: BookingStatus) =>
    onChange({
      status: filters.status.includes(status)
        ? filters.status.filter((one) => one !== status)
        : [...filters.status, status],
    });
  return (
    <search aria-label={t("filters")} className="mb-4 flex flex-col gap-3">
      <div className="flex gap-2">
        <SearchField value={filters.q} onChange={(q) => onChange({ q })} />
        <Button
          className="md:hidden"
          aria-expanded={isUnfolded}
          aria-controls="booking-filters"
          onClick={() => setIsUnfolded(!isUnfolded)}
        >
          <SlidersHorizontal aria-hidden className="size-4" />
          {t("more")}
        </Button>
        {hasFilters(filters) ? (
          <Button
            kind="quiet"
            className="max-md:hidden"
            onClick={() => onChange({ q: "", status: [], listing: null, from: null, to: null })}
          >
            <X aria-hidden className="size-4" />
            {t("clearFilters")}
          </Button>
        ) : null}
      </div>
      <div
        id="booking-filters"
        className={cn("flex flex-wrap items-end gap-x-4 gap-y-3", !isUnfolded && "max-md:hidden")}
      >
        <fieldset className="flex flex-wrap gap-1">
          <legend className="sr-only">{t("states")}</legend>
          {bookingStatuses.map((status) => (
            <button
              key={status}
              type="button"
              aria-pressed={filters.status.includes(status)}
              onClick={() => toggle(status)}
              className="h-9 rounded-sm border border-line bg-surface px-3 text-sm text-muted transition-colors hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
            >
              {tStatus(status)}
            </button>
          ))}
        </fieldset>
        <label className="flex flex-col gap-1 text-xs text-muted max-md:w-full">
          {t("listing")}
          <select
            value={filters.listing ?? ""}
            onChange={(event) =>
              onChange({ listing: event.target.value ? Number(event.target.value) : null })
            }
            className={cn(fieldClass, "max-w-56 max-md:max-w-none")}
          >
            <option value="">{t("allListings")}</option>
            {choices.data?.listings.map((listing) => (
              <option key={listing.id} value={listing.id}>
                {nameOf(listing)}
              </option>
            ))}
          </select>
        </label>
        <DayField label={t("from")} value={filters.from} onChange={(from) => onChange({ from })} />
        <DayField label={t("to")} value={filters.to} onChange={(to) => onChange({ to })} />
      </div>
    </search>
  );
}

/** Typed text becomes a filter when typing pauses, or at once with Enter. */
function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useTranslations("bookings");
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Going back in the browser changes the filter from outside.
  useEffect(() => setText(value), [value]);
  const send = (next: string) => {
    clearTimeout(timer.current);
    if (next.trim() !== value) onChange(next.trim());
  };
  return (
    <div className="relative min-w-0 flex-1 md:max-w-96">
      <Search aria-hidden className="absolute top-2.5 left-3 size-4 text-muted" />
      <input
        type="search"
        value={text}
        maxLength={64}
        aria-label={t("searchLabel")}
        placeholder={t("searchPlaceholder")}
        className={cn(fieldClass, "w-full pl-9")}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => send(next), typingPauseMs);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.nativeEvent.isComposing) send(text);
        }}
      />
    </div>
  );
}

function DayField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: Date | null;
  onChange: (value: Date | null) => void;
}) {
  return (
    <label className="flex flex-col gap-1 text-xs text-muted max-md:flex-1">
      {label}
      <input
        type="date"
        value={dayText(value) ?? ""}
        onChange={(event) => onChange(event.target.valueAsDate)}
        className={fieldClass}
      />
    </label>
  );
}
