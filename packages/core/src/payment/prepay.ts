import type { PrepayOutput } from "@looklook/contracts";
import type { PaymentDeps } from "./payment";

export async function prepay(
  _deps: PaymentDeps,
  _input: { userId: number; bookingNo: string },
): Promise<PrepayOutput> {
  throw new Error("not written yet");
}
