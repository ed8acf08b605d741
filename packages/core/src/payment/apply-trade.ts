import type { Trade } from "./gateway";
import type { PaymentDeps } from "./payment";

export async function applyTrade(
  _deps: PaymentDeps,
  _trade: Trade,
  _source: "notification" | "query",
): Promise<"applied" | "repeated" | "suspense" | "ignored"> {
  throw new Error("not written yet");
}
