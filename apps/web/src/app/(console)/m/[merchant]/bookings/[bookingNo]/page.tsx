import { BookingDetail } from "@/components/booking/booking-detail";
import { requireMembership } from "@/lib/session";

export default async function BookingPage({
  params,
}: {
  params: Promise<{ merchant: string; bookingNo: string }>;
}) {
  const { merchant, bookingNo } = await params;
  await requireMembership(merchant);
  return <BookingDetail key={bookingNo} bookingNo={bookingNo} />;
}
