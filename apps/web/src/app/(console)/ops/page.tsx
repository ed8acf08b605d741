import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Operations } from "@/components/operations/operations";
import { requireOperator } from "@/lib/session";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("operations"))("title") };
}

export default async function OperationsPage() {
  await requireOperator();
  return <Operations />;
}
