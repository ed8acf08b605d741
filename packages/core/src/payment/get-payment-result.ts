import type { PaymentResultOutput } from "@looklook/contracts";
import type { z } from "zod";
import type { PaymentDeps } from "./payment";

export async function getPaymentResult(
  _deps: PaymentDeps,
  _input: { userId: number; bookingNo: string },
): Promise<z.infer<typeof PaymentResultOutput>> {
  throw new Error("not written yet");
}
