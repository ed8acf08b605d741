import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { CheckInDesk } from "@/components/check-in/check-in-desk";
import { requireMembership } from "@/lib/session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("checkIn"))("title") };
}

export default async function CheckInPage({ params }: { params: Promise<{ merchant: string }> }) {
  await requireMembership((await params).merchant);
  return <CheckInDesk />;
}
