import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { SessionList } from "@/components/session-list";
import { requireIdentity } from "@/lib/session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("sessions"))("title") };
}

export default async function SessionsPage() {
  const identity = await requireIdentity();
  return <SessionList name={identity.name} email={identity.email} />;
}
