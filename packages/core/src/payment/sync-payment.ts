import type { PaymentDeps } from "./payment";

export async function syncPayment(_deps: PaymentDeps, _input: { paymentNo: string }): Promise<void> {
  throw new Error("not written yet");
}

export async function sweepPayments(_deps: PaymentDeps): Promise<number> {
  throw new Error("not written yet");
}
