import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { TodayBoard } from "@/components/booking/today-board";
import { requireMembership } from "@/lib/session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("today"))("title") };
}

export default async function TodayPage({ params }: { params: Promise<{ merchant: string }> }) {
  await requireMembership((await params).merchant);
  return <TodayBoard />;
}
