import type { PaymentDeps } from "./payment";

export async function closeUnpaidBooking(
  _deps: PaymentDeps,
  _input: { bookingNo: string },
): Promise<"cancelled" | "paid" | "kept" | "nothing_to_do"> {
  throw new Error("not written yet");
}

export async function sweepUnpaidBookings(_deps: PaymentDeps): Promise<number> {
  throw new Error("not written yet");
}
