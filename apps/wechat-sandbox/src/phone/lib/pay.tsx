import { GrantSheet } from "../parts/grant-sheet";
import { type PayOutcome, PaySheet } from "../parts/pay-sheet";
import type { App } from "./app-context";
import { wechat } from "./wechat";

export type PayEnd =
  | { state: "paid" | "cancelled" | "unsure" }
  | { state: "refused"; reason: string }
  | { state: "failed"; error: unknown };

const askAgainMs = [400, 800, 1_500, 2_500, 4_000] as const;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Pays one order as a mini-program does: asks for the messages, gets the parameters, opens WeChat's sheet, then asks
 * the bridge what became of it, because the phone's own word proves nothing.
 */
export async function payOrder(app: App, sn: string, onChecking: () => void): Promise<PayEnd> {
  const { bridge, person, sheet } = app;
  if (!person) return { state: "cancelled" };
  const { openid } = person;
  try {
    const params = await bridge.wxPay(sn);
    const answer = await sheet<"accept" | "reject">("reject", (settle) => <GrantSheet settle={settle} />);
    const templates = await wechat.templates();
    await wechat.grant(
      openid,
      templates.map(({ id }) => id),
      answer,
    );
    const outcome = await sheet<PayOutcome>({ state: "cancelled" }, (settle) => (
      <PaySheet openid={openid} params={params} settle={settle} />
    ));
    if (outcome.state !== "paid") return outcome as PayEnd;
  } catch (error) {
    return { state: "failed", error };
  }
  onChecking();
  for (const ms of askAgainMs) {
    const result = await bridge.payResult(sn).catch(() => null);
    if (result?.payStatus === 1) return { state: "paid" };
    await pause(ms);
  }
  return { state: "unsure" };
}
