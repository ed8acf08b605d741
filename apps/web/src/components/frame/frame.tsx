"use client";

import type { ConsoleIdentity } from "@looklook/contracts";
import { useParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { Theme } from "@/lib/theme";
import { Logo } from "../logo";
import { Preferences } from "../preferences";
import { CommandPalette } from "./command-palette";
import { MerchantSwitcher } from "./merchant-switcher";
import { BottomBar, Rail } from "./navigation";
import { PersonMenu } from "./person-menu";
import { roomsOf } from "./rooms";
import { SearchButton } from "./search-button";

/**
 * What stands around every page: rail or bottom bar, and the top line. On pages that belong to no merchant the rooms
 * are those of the merchant that was open last.
 */
export function Frame({
  identity,
  lastMerchant,
  theme,
  isSandbox,
  children,
}: {
  identity: ConsoleIdentity;
  lastMerchant: string | null;
  theme: Theme;
  isSandbox: boolean;
  children: ReactNode;
}) {
  const t = useTranslations("frame");
  const { merchant: inAddress } = useParams<{ merchant?: string }>();
  const { memberships } = identity;
  const current =
    memberships.find((one) => one.slug === inAddress) ??
    memberships.find((one) => one.slug === lastMerchant) ??
    memberships[0] ??
    null;
  const rooms = roomsOf(current?.slug ?? null, identity.isOperator);
  const [isSearching, setIsSearching] = useState(false);
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[72px_1fr] xl:grid-cols-[208px_1fr]">
      <a
        href="#content"
        className="sr-only z-50 rounded-sm bg-accent px-4 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t("skip")}
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r border-line bg-surface p-3 md:flex">
        <div className="flex h-10 items-center gap-2 px-2 max-xl:justify-center max-xl:px-0">
          <Logo className="size-7" />
          <span className="font-semibold max-xl:sr-only">{t("brand")}</span>
        </div>
        <Rail rooms={rooms} />
        {isSandbox ? (
          <p title={t("sandboxHint")} className="mt-auto px-2 py-1 text-xs text-muted max-xl:text-center">
            {t("sandbox")}
          </p>
        ) : null}
      </aside>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-14 items-center gap-1 border-b border-line bg-surface px-3 md:px-6">
          <div className="min-w-0">
            <MerchantSwitcher current={current} memberships={memberships} />
            {isSandbox ? (
              <p title={t("sandboxHint")} className="-mt-1 px-2 text-xs text-muted md:hidden">
                {t("sandbox")}
              </p>
            ) : null}
          </div>
          <div className="ml-auto flex items-center gap-1">
            <SearchButton onOpen={() => setIsSearching(true)} />
            <Preferences theme={theme} />
            <PersonMenu name={identity.name} email={identity.email} />
          </div>
        </header>
        <main id="content" tabIndex={-1} className="flex-1 p-4 pb-24 outline-none md:p-6">
          {children}
        </main>
      </div>
      <BottomBar rooms={rooms} />
      <CommandPalette
        isOpen={isSearching}
        onOpenChange={setIsSearching}
        rooms={rooms}
        current={current}
        memberships={memberships}
      />
    </div>
  );
}
