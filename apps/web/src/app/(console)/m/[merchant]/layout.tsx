import type { ReactNode } from "react";
import { MerchantProvider } from "@/components/merchant-context";
import { requireMembership } from "@/lib/session";

export default async function MerchantLayout({
  params,
  children,
}: {
  params: Promise<{ merchant: string }>;
  children: ReactNode;
}) {
  const membership = await requireMembership((await params).merchant);
  return (
    <MerchantProvider key={membership.slug} membership={membership}>
      {children}
    </MerchantProvider>
  );
}
