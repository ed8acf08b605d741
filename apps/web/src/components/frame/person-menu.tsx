"use client";

import { CircleUserRound, LogOut } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { useTranslations } from "next-intl";
import { links } from "@/lib/links";
import { buttonClass } from "../ui/button-class";
import { Menu, MenuItem, MenuSeparator } from "../ui/menu";

export function PersonMenu({ name, email }: { name: string; email: string }) {
  const t = useTranslations("frame");
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("person", { name })}
          className={buttonClass({ kind: "quiet", size: "icon" })}
        >
          <span
            aria-hidden
            className="flex size-7 items-center justify-center rounded-full bg-accent-soft text-xs font-medium text-accent-text"
          >
            {[...name][0] ?? "·"}
          </span>
        </button>
      }
    >
      <div className="px-2 py-1">
        <p className="font-medium">{name}</p>
        <p className="text-xs text-muted">{email}</p>
      </div>
      <MenuSeparator />
      <MenuItem render={<Link href={links.sessions} />}>
        <CircleUserRound aria-hidden className="size-4 text-muted" />
        {t("account")}
      </MenuItem>
      <MenuItem onSelect={() => void leave()}>
        <LogOut aria-hidden className="size-4 text-muted" />
        {t("signOut")}
      </MenuItem>
    </Menu>
  );
}

/** Ends the session at the API and forgets what was typed; whoever sits down next starts clean. */
async function leave(): Promise<void> {
  sessionStorage.clear();
  await signOut({ callbackUrl: links.signIn() });
}
