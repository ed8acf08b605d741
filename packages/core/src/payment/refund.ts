import type { RefundReason, Tx } from "@looklook/db";
import type { PaymentDeps } from "./payment";

export async function requestRefund(
  _tx: Tx,
  _deps: Pick<PaymentDeps, "clock" | "random" | "traceparent">,
  _request: { paymentId: bigint; amountFen: number; reason: RefundReason },
): Promise<{ refundNo: string }> {
  throw new Error("not written yet");
}

export async function submitRefund(_deps: PaymentDeps, _input: { refundNo: string }): Promise<void> {
  throw new Error("not written yet");
}

export async function syncRefund(_deps: PaymentDeps, _input: { refundNo: string }): Promise<void> {
  throw new Error("not written yet");
}

export async function sweepRefunds(_deps: PaymentDeps): Promise<number> {
  throw new Error("not written yet");
}
