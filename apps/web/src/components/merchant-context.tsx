"use client";

import type { ConsoleMembership } from "@looklook/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import type { z } from "zod";
import { keepPreference } from "@/lib/cookies";
import { queries } from "@/lib/queries";
import { apiOf } from "@/lib/trpc";

type Membership = z.infer<typeof ConsoleMembership>;

const Current = createContext<Membership | null>(null);

/** The merchant whose page this is. @throws Error outside a merchant's pages */
export function useMerchant(): Membership {
  const merchant = useContext(Current);
  if (!merchant) throw new Error("This component belongs on a merchant's page.");
  return merchant;
}

/** A merchant's pages: names the merchant to them and keeps what they show fresh. */
export function MerchantProvider({ membership, children }: { membership: Membership; children: ReactNode }) {
  useLiveBookings(membership.slug);
  useEffect(() => keepPreference("merchant", membership.slug), [membership.slug]);
  return <Current value={membership}>{children}</Current>;
}

/**
 * Asks again for what a live change touches. The stream carries no data: it says which booking changed, and a burst
 * of changes becomes one round of questions.
 */
function useLiveBookings(slug: string): void {
  const client = useQueryClient();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: queries.ofMerchant(slug) });
      }, 150);
    };
    const stream = apiOf(slug).booking.live.subscribe({}, { onData: refresh });
    return () => {
      clearTimeout(timer);
      stream.unsubscribe();
    };
  }, [client, slug]);
}
