"use client";

import type { ConsoleMembership } from "@looklook/contracts";
import { Check, ChevronsUpDown } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import type { z } from "zod";
import { type MerchantRoom, merchantRooms, roomLink } from "@/lib/links";
import { useNameOf } from "../names";
import { buttonClass } from "../ui/button-class";
import { Menu, MenuItem } from "../ui/menu";

type Membership = z.infer<typeof ConsoleMembership>;

/** Which merchant's pages these are; changing it stays in the same room. */
export function MerchantSwitcher({
  current,
  memberships,
}: {
  current: Membership | null;
  memberships: Membership[];
}) {
  const t = useTranslations("frame");
  const nameOf = useNameOf();
  const room = roomIn(usePathname());
  if (!current) return null;
  if (memberships.length === 1) return <p className="truncate px-2 font-medium">{nameOf(current)}</p>;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("switchMerchant", { name: nameOf(current) })}
          className={buttonClass({ kind: "quiet" }, "min-w-0 px-2 text-ink")}
        >
          <span className="truncate">{nameOf(current)}</span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
        </button>
      }
    >
      {memberships.map((membership) => (
        <MenuItem key={membership.slug} render={<Link href={roomLink(membership.slug, room)} />}>
          <span className="flex-1">{nameOf(membership)}</span>
          <span className="text-xs text-muted">{t(`roles.${membership.role}`)}</span>
          <Check
            aria-hidden
            className={membership.slug === current.slug ? "size-4 text-accent-text" : "size-4 opacity-0"}
          />
        </MenuItem>
      ))}
    </Menu>
  );
}

function roomIn(path: string): MerchantRoom {
  const part = path.split("/")[3];
  return merchantRooms.find((room) => room === part) ?? "check-in";
}
