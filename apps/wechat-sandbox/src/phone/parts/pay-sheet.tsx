import { useEffect, useState } from "react";
import { useApp } from "../lib/app-context";
import type { PayParams } from "../lib/bridge";
import { money } from "../lib/show";
import { type PaySheet as Facts, wechat } from "../lib/wechat";
import { Sheet, Skeleton } from "./bits";
import { Icon } from "./icons";

export type PayOutcome = { state: "paid" | "cancelled" } | { state: "refused"; reason: string };

const digits = 6;

/** WeChat's own sheet: the amount, then six digits. Settles with what the phone would tell the mini-program. */
export function PaySheet({
  openid,
  params,
  settle,
}: {
  openid: string;
  params: PayParams;
  settle: (outcome: PayOutcome) => void;
}) {
  const { t } = useApp();
  const [facts, setFacts] = useState<Facts | null>(null);
  const [typed, setTyped] = useState(0);
  const isPaying = typed === digits;

  useEffect(() => {
    let isGone = false;
    wechat.sheet(openid, params).then(
      (answer) => {
        if (isGone) return;
        if (answer.ok) setFacts(answer);
        else settle({ state: "refused", reason: answer.reason });
      },
      () => settle({ state: "refused", reason: "OFFLINE" }),
    );
    return () => {
      isGone = true;
    };
  }, [openid, params, settle]);

  useEffect(() => {
    if (!isPaying) return;
    // A breath, so that the last dot is seen.
    const timer = setTimeout(() => {
      wechat.pay(openid, params).then(
        (answer) => settle(answer.ok ? { state: "paid" } : { state: "refused", reason: answer.reason }),
        () => settle({ state: "refused", reason: "OFFLINE" }),
      );
    }, 250);
    return () => clearTimeout(timer);
  }, [isPaying, openid, params, settle]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (/^\d$/.test(event.key)) setTyped((count) => Math.min(digits, count + 1));
      else if (event.key === "Backspace")
        setTyped((count) => (count === digits ? count : Math.max(0, count - 1)));
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  const dismiss = () => {
    if (isPaying) return;
    wechat.dismiss(openid, params).catch(() => undefined);
    settle({ state: "cancelled" });
  };

  return (
    <Sheet title={t("payPassword")} onClose={dismiss} className="pay-sheet">
      {facts?.ok ? (
        <>
          <p className="pay-what">{facts.description}</p>
          <p className="pay-amount">{money(facts.totalFen / 100)}</p>
          <p className="pay-method">
            <span className="muted">{t("payMethod")}</span> {t("balance")}
          </p>
          <div className="pay-dots" role="img" aria-label={`${typed}/${digits}`}>
            {Array.from({ length: digits }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: six places, nothing else
              <span key={index} className={index < typed ? "on" : ""} />
            ))}
          </div>
          <p className="muted center" aria-live="polite">
            {isPaying ? `${t("paying")} …` : t("payHint")}
          </p>
          <div className="pay-pad">
            {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
              <button type="button" key={digit} disabled={isPaying} onClick={() => setTyped(typed + 1)}>
                {digit}
              </button>
            ))}
            <span />
            <button type="button" disabled={isPaying} onClick={() => setTyped(typed + 1)}>
              0
            </button>
            <button
              type="button"
              aria-label={t("payDelete")}
              disabled={isPaying || typed === 0}
              onClick={() => setTyped(typed - 1)}
            >
              <Icon name="erase" />
            </button>
          </div>
        </>
      ) : (
        <Skeleton rows={2} />
      )}
    </Sheet>
  );
}
