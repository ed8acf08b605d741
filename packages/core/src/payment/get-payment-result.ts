import type { PaymentResultOutput } from "@looklook/contracts";
import type { z } from "zod";
import { AppError } from "../shared";
import { applyTrade } from "./apply-trade";
import { askWechat } from "./ask-wechat";
import { GatewayError } from "./gateway";
import { attemptColumns, type PaymentDeps } from "./payment";

type PaymentResult = z.infer<typeof PaymentResultOutput>;

/**
 * What became of a guest's payment. While ours does not know, WeChat is asked: the phone comes back sooner than the
 * callback. `unsure` when WeChat could not be asked.
 * @throws AppError BOOKING_NOT_FOUND, also for another guest's booking
 */
export async function getPaymentResult(
  deps: PaymentDeps,
  input: { userId: number; bookingNo: string },
): Promise<PaymentResult> {
  const booking = await findBooking(deps, input);
  const [open] = booking.payments.filter(({ status }) => status === "open");
  if (booking.status !== "pending_payment" || !open) return resultOf(booking);
  try {
    const asked = await askWechat(deps.pay, open, deps.clock.now(), { close: false });
    // A closed attempt waits for the poll: nobody hurries, and the booking may still be paid by another one.
    if (asked.state !== "paid") return resultOf(booking);
    await applyTrade(deps, asked.trade, "query");
  } catch (error) {
    if (error instanceof GatewayError) return { state: "unsure", paidAt: null };
    throw error;
  }
  return resultOf(await findBooking(deps, input));
}

async function findBooking({ db }: PaymentDeps, input: { userId: number; bookingNo: string }) {
  const booking = await db.booking.findUnique({
    where: { bookingNo: input.bookingNo, userId: input.userId },
    select: {
      status: true,
      closingAt: true,
      paidAt: true,
      payments: { select: { ...attemptColumns, refundedFen: true, paidAt: true } },
      refunds: { select: { status: true } },
    },
  });
  if (!booking) throw new AppError("BOOKING_NOT_FOUND");
  return booking;
}

/** What the stored state comes to: `refunded` when nothing of the guest's money is kept and all of it went back. */
function resultOf(booking: Awaited<ReturnType<typeof findBooking>>): PaymentResult {
  const paid = booking.payments.filter(({ status }) => status === "succeeded");
  const paidAt = booking.paidAt ?? paid[0]?.paidAt ?? null;
  if (booking.status === "pending_payment")
    return { state: booking.closingAt ? "closed" : "unpaid", paidAt: null };
  if (paid.some((payment) => payment.refundedFen < payment.amountFen)) return { state: "paid", paidAt };
  if (booking.status !== "cancelled") return { state: "paid", paidAt };
  if (paid.length === 0) return { state: "closed", paidAt: null };
  const isDone = booking.refunds.every(({ status }) => status === "succeeded");
  return { state: isDone ? "refunded" : "refunding", paidAt };
}
