import { redirect } from "next/navigation";
import { links } from "@/lib/links";
import { readLastMerchant } from "@/lib/preferences";
import { requireIdentity } from "@/lib/session";

/** Everybody's first page: check-in at the merchant that was open last, operations for those without a merchant. */
export default async function Home() {
  const { memberships, isOperator } = await requireIdentity();
  const last = await readLastMerchant();
  const merchant = memberships.find((one) => one.slug === last) ?? memberships[0];
  if (merchant) redirect(links.checkIn(merchant.slug));
  redirect(isOperator ? links.ops : links.sessions);
}
