import { redirect } from "next/navigation";
import { links } from "@/lib/links";

export default async function MerchantHome({ params }: { params: Promise<{ merchant: string }> }) {
  redirect(links.checkIn((await params).merchant));
}
