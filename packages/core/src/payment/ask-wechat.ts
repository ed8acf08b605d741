import type { PaymentGateway, Trade } from "./gateway";
import { type Attempt, isClosed, unknownIsClosedAt } from "./payment";

/** What is known of an attempt after asking. `open`: it may still be paid, its nights stay taken. */
export type AttemptState =
  | { state: "paid"; trade: Trade }
  | { state: "closed"; tradeState: string }
  | { state: "open"; tradeState: string };

/**
 * Asks WeChat about an attempt and, with `close`, closes it there when nobody has paid it.
 * Money that was given back in WeChat's own portal before we heard of it counts as paid: `applyTrade` opens the case.
 * @throws GatewayError when WeChat could not be asked: nothing is known then
 */
export async function askWechat(
  pay: PaymentGateway,
  attempt: Attempt,
  now: Date,
  { close }: { close: boolean },
): Promise<AttemptState> {
  const trade = await pay.query(attempt.paymentNo);
  if (!trade) return unknown(attempt, now);
  const asked = stateOf(trade);
  if (!close || asked.state !== "open" || trade.tradeState !== "NOTPAY") return asked;

  switch (await pay.close(attempt.paymentNo)) {
    case "closed":
      return { state: "closed", tradeState: "CLOSED" };
    case "paid": {
      // Somebody paid between the query and the close.
      const again = await pay.query(attempt.paymentNo);
      return again ? stateOf(again) : unknown(attempt, now);
    }
    case "busy":
      return asked;
    case "unknown":
      return unknown(attempt, now);
  }
}

function stateOf(trade: Trade): AttemptState {
  const { tradeState } = trade;
  if (tradeState === "SUCCESS" || tradeState === "REFUND") return { state: "paid", trade };
  return { state: isClosed(tradeState) ? "closed" : "open", tradeState };
}

function unknown(attempt: Attempt, now: Date): AttemptState {
  return { state: now >= unknownIsClosedAt(attempt) ? "closed" : "open", tradeState: "" };
}
