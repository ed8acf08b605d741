"use client";

import type { ConsoleMembership } from "@looklook/contracts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useDeferredValue, useState } from "react";
import type { z } from "zod";
import { bookingNoGroups } from "@/lib/format";
import { links, roomLink } from "@/lib/links";
import { queries } from "@/lib/queries";
import { StatusBadge } from "../booking/status-badge";
import { useNameOf } from "../names";
import { Dialog } from "../ui/dialog";
import type { Room } from "./rooms";

type Membership = z.infer<typeof ConsoleMembership>;

const groupClass =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted";
const itemClass =
  "flex min-h-10 items-center gap-3 rounded-sm px-2 py-1 text-sm data-[selected=true]:bg-accent-soft";

/** Ctrl-K: go to a page, to another merchant, or to a booking by its number, last four digits or listing. */
export function CommandPalette({
  isOpen,
  onOpenChange,
  rooms,
  current,
  memberships,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  rooms: Room[];
  current: Membership | null;
  memberships: Membership[];
}) {
  const t = useTranslations("search");
  return (
    <Dialog isOpen={isOpen} onOpenChange={onOpenChange} title={t("open")} hideTitle className="max-w-xl p-0">
      <Palette rooms={rooms} current={current} memberships={memberships} onDone={() => onOpenChange(false)} />
    </Dialog>
  );
}

function Palette({
  rooms,
  current,
  memberships,
  onDone,
}: {
  rooms: Room[];
  current: Membership | null;
  memberships: Membership[];
  onDone: () => void;
}) {
  const t = useTranslations();
  const nameOf = useNameOf();
  const router = useRouter();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState("");
  const query = useDeferredValue(text.trim());
  const found = useQuery({
    ...queries.bookings(current?.slug ?? "", { query, limit: 6 }),
    enabled: current !== null && query.length >= 2,
    placeholderData: keepPreviousData,
  });
  const bookings = query.length >= 2 ? (found.data?.bookings ?? []) : [];
  const go = (href: string) => {
    onDone();
    router.push(href);
  };
  const matches = (label: string) => label.toLowerCase().includes(query.toLowerCase());
  const shownRooms = rooms.filter((room) => matches(t(`rooms.${room.name}`)));
  const others = memberships.filter((one) => one.slug !== current?.slug && matches(nameOf(one)));
  // Results that come later take the choice over when what was chosen is gone: Enter always means the marked line.
  const values = [
    ...bookings.map(({ bookingNo }) => bookingNo),
    ...shownRooms.map(({ name }) => `room-${name}`),
    ...others.map(({ slug }) => `merchant-${slug}`),
  ];
  const marked = values.includes(chosen) ? chosen : (values[0] ?? "");

  return (
    <Command shouldFilter={false} label={t("search.open")} value={marked} onValueChange={setChosen} loop>
      <Command.Input
        autoFocus
        value={text}
        onValueChange={setText}
        placeholder={t("search.placeholder")}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-muted"
      />
      <Command.List label={t("search.results")} className="max-h-[50vh] overflow-y-auto p-2 pt-0">
        <Command.Empty className="px-2 py-8 text-center text-sm text-muted">
          {found.isFetching ? t("search.looking") : t("search.nothing")}
        </Command.Empty>
        {current && bookings.length > 0 ? (
          <Command.Group heading={t("rooms.bookings")} className={groupClass}>
            {bookings.map((booking) => (
              <Command.Item
                key={booking.bookingNo}
                value={booking.bookingNo}
                onSelect={() => go(links.booking(current.slug, booking.bookingNo))}
                className={itemClass}
              >
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">
                    {booking.guestName} · {booking.mobileLast4} · {nameOf(booking)}
                  </span>
                  <span className="block truncate text-xs text-muted">
                    {bookingNoGroups(booking.bookingNo)}
                  </span>
                </span>
                <StatusBadge status={booking.status} />
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
        {shownRooms.length > 0 ? (
          <Command.Group heading={t("search.pages")} className={groupClass}>
            {shownRooms.map((room) => (
              <Command.Item
                key={room.name}
                value={`room-${room.name}`}
                onSelect={() => go(room.href)}
                className={itemClass}
              >
                <room.Icon aria-hidden className="size-4 text-muted" />
                {t(`rooms.${room.name}`)}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
        {others.length > 0 ? (
          <Command.Group heading={t("search.merchants")} className={groupClass}>
            {others.map((one) => (
              <Command.Item
                key={one.slug}
                value={`merchant-${one.slug}`}
                onSelect={() => go(roomLink(one.slug, "check-in"))}
                className={itemClass}
              >
                {nameOf(one)}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command>
  );
}
