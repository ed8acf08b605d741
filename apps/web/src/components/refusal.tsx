"use client";

import { useTranslations } from "next-intl";
import { useCallback } from "react";
import { type Refusal, refusalOf } from "@/lib/errors";
import { useDates } from "./dates";

import { Button } from "./ui/button";
import { Notice } from "./ui/notice";

/** Words for a refusal: `what` happened and what to do `next`, in the reader's language. */
export function useRefusalText() {
  const t = useTranslations("errors");
  const dates = useDates();
  return useCallback(
    ({ code, facts }: Refusal) => {
      const at = typeof facts.at === "string" || typeof facts.at === "number" ? new Date(facts.at) : null;
      const values = {
        seconds: Math.max(1, Math.ceil(Number(facts.retryAfterMs ?? 60_000) / 1_000)),
        at: at && !Number.isNaN(at.getTime()) ? dates.instant(at) : "",
        by: typeof facts.by === "string" ? facts.by : "",
        hasAt: at ? "yes" : "no",
      };
      return { what: t(`${code}.what`, values), next: t(`${code}.next`, values) };
    },
    [t, dates],
  );
}

/** A refusal, said in place, with a way to try again where that can help. */
export function RefusalText({
  refusal,
  onRetry,
  className,
}: {
  refusal: Refusal;
  onRetry?: () => void;
  className?: string;
}) {
  const text = useRefusalText();
  const t = useTranslations("common");
  const { what, next } = text(refusal);
  return (
    <Notice kind="wrong" title={what} role="alert" className={className}>
      <p>{next}</p>
      {onRetry ? (
        <Button className="mt-2" onClick={onRetry}>
          {t("retry")}
        </Button>
      ) : null}
    </Notice>
  );
}

/** The same for whatever a call threw. */
export function RefusalNotice({
  error,
  ...rest
}: {
  error: unknown;
  onRetry?: () => void;
  className?: string;
}) {
  return <RefusalText refusal={refusalOf(error)} {...rest} />;
}
