import { requireMembership } from "@/lib/session";

/** The list is the layout's; without a chosen booking nothing stands beside it. */
export default async function BookingsPage({ params }: { params: Promise<{ merchant: string }> }) {
  await requireMembership((await params).merchant);
  return null;
}
