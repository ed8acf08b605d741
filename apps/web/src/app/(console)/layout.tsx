import type { ReactNode } from "react";
import { Frame } from "@/components/frame/frame";
import { env } from "@/env";
import { readLastMerchant, readTheme } from "@/lib/preferences";
import { requireIdentity } from "@/lib/session";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const identity = await requireIdentity();
  return (
    <Frame
      identity={identity}
      lastMerchant={await readLastMerchant()}
      theme={await readTheme()}
      isSandbox={env().WECHAT_SANDBOX}
    >
      {children}
    </Frame>
  );
}
