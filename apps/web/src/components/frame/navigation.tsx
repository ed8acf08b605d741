"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { cn } from "@/lib/cn";
import { isIn, type Room } from "./rooms";

/** The left rail: icons with labels, icons above small labels where there is less room. */
export function Rail({ rooms }: { rooms: Room[] }) {
  const t = useTranslations("rooms");
  const path = usePathname();
  return (
    <nav aria-label={t("label")} className="mt-4">
      <ul className="flex flex-col gap-1">
        {rooms.map((room) => (
          <li key={room.name}>
            <Link
              href={room.href}
              aria-current={isIn(room, path) ? "page" : undefined}
              className={cn(
                "flex items-center gap-3 rounded-sm px-3 py-2 text-sm text-muted transition-colors hover:bg-sunken hover:text-ink max-xl:flex-col max-xl:gap-1 max-xl:px-1 max-xl:text-xs",
                isIn(room, path) &&
                  "bg-accent-soft font-medium text-accent-text hover:bg-accent-soft hover:text-accent-text",
              )}
            >
              <room.Icon aria-hidden className="size-5 shrink-0" />
              <span className="max-xl:text-center max-xl:leading-tight">{t(room.name)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The phone's bottom bar: the four daily rooms, within a thumb's reach. */
export function BottomBar({ rooms }: { rooms: Room[] }) {
  const t = useTranslations("rooms");
  const path = usePathname();
  const daily = rooms.length > 4 ? rooms.filter((room) => room.name !== "ops") : rooms;
  return (
    <nav
      aria-label={t("label")}
      className="fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      <ul className="flex">
        {daily.map((room) => (
          <li key={room.name} className="flex-1">
            <Link
              href={room.href}
              aria-current={isIn(room, path) ? "page" : undefined}
              className={cn(
                "flex h-14 flex-col items-center justify-center text-xs text-muted",
                isIn(room, path) && "font-medium text-accent-text",
              )}
            >
              <room.Icon aria-hidden className="size-5" />
              {t(room.name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
