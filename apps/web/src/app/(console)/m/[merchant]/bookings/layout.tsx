import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { BookingsLayout } from "@/components/booking/bookings-layout";
import { requireMembership } from "@/lib/session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("rooms"))("bookings") };
}

/** The list stays where it is while a booking opens beside it. */
export default async function Layout({
  params,
  children,
}: {
  params: Promise<{ merchant: string }>;
  children: ReactNode;
}) {
  await requireMembership((await params).merchant);
  return <BookingsLayout>{children}</BookingsLayout>;
}
