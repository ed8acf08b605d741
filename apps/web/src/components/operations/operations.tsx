"use client";

import type { DeadLetterView, OperatorCaseView } from "@looklook/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, ExternalLink, MailCheck } from "lucide-react";
import { useTranslations } from "next-intl";
import { parseAsInteger, useQueryState } from "nuqs";
import type { ReactNode } from "react";
import type { z } from "zod";
import { money } from "@/lib/format";
import { links } from "@/lib/links";
import { queries } from "@/lib/queries";
import { api } from "@/lib/trpc";
import { ListSkeleton } from "../booking/list-skeleton";
import { useDates } from "../dates";
import { PageHead } from "../page-head";
import { RefusalNotice } from "../refusal";
import { Button } from "../ui/button";
import { buttonClass } from "../ui/button-class";
import { Empty } from "../ui/empty";
import { Panel } from "../ui/panel";

/** What an operator looks at when something is wrong: queues, events nobody could handle, money that matches nothing. */
export function Operations() {
  const t = useTranslations("operations");
  return (
    <>
      <PageHead title={t("title")}>
        <a href={links.queues} target="_blank" rel="noreferrer" className={buttonClass()}>
          {t("queues")}
          <ExternalLink aria-hidden className="size-4" />
        </a>
      </PageHead>
      <div className="flex flex-col gap-4">
        <DeadLetters />
        <Cases />
      </div>
    </>
  );
}

function DeadLetters() {
  const t = useTranslations("operations");
  const [cursor, setCursor] = useQueryState("letters", parseAsInteger.withOptions({ history: "push" }));
  const { data, error, refetch } = useQuery(queries.deadLetters(cursor));
  return (
    <Panel title={t("letters")}>
      {error ? (
        <RefusalNotice error={error} onRetry={() => void refetch()} className="m-4" />
      ) : !data ? (
        <ListSkeleton rows={3} />
      ) : data.letters.length === 0 && cursor === null ? (
        <Empty Icon={MailCheck} title={t("noLetters")}>
          {t("noLettersNext")}
        </Empty>
      ) : (
        <>
          <ul className="divide-y divide-line">
            {data.letters.map((letter) => (
              <Letter key={letter.id} letter={letter} />
            ))}
          </ul>
          <Pages cursor={cursor} next={data.nextCursor} onMove={(to) => void setCursor(to)} />
        </>
      )}
    </Panel>
  );
}

function Letter({ letter }: { letter: z.infer<typeof DeadLetterView> }) {
  const t = useTranslations("operations");
  const dates = useDates();
  const client = useQueryClient();
  const replay = useMutation({
    mutationFn: () => api.operations.replayDeadLetter.mutate({ id: letter.id }),
    onSettled: () => client.invalidateQueries({ queryKey: ["dead-letters"] }),
  });
  return (
    <li className="px-4 py-3">
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="font-medium">{letter.eventType ?? t("unreadable")}</p>
          <p className="text-xs break-words text-muted">
            {t("letterFacts", {
              subscriber: letter.subscriber,
              key: letter.key,
              attempts: letter.attempts,
              at: dates.instant(letter.createdAt),
            })}
          </p>
          <p className="mt-1 font-mono text-xs break-words">{letter.error}</p>
        </div>
        <Button
          isBusy={replay.isPending}
          reason={letter.replayedAt ? t("replayed", { at: dates.instant(letter.replayedAt) }) : null}
          onClick={() => replay.mutate()}
        >
          {t("replay")}
        </Button>
      </div>
      {replay.isError ? <RefusalNotice error={replay.error} className="mt-2" /> : null}
    </li>
  );
}

function Cases() {
  const t = useTranslations("operations");
  const [cursor, setCursor] = useQueryState("cases", parseAsInteger.withOptions({ history: "push" }));
  const { data, error, refetch } = useQuery(queries.cases(cursor));
  return (
    <Panel title={t("cases")}>
      {error ? (
        <RefusalNotice error={error} onRetry={() => void refetch()} className="m-4" />
      ) : !data ? (
        <ListSkeleton rows={3} />
      ) : data.cases.length === 0 && cursor === null ? (
        <Empty Icon={CircleCheck} title={t("noCases")}>
          {t("noCasesNext")}
        </Empty>
      ) : (
        <>
          <ul className="divide-y divide-line">
            {data.cases.map((one) => (
              <Case key={one.id} one={one} />
            ))}
          </ul>
          <Pages cursor={cursor} next={data.nextCursor} onMove={(to) => void setCursor(to)} />
        </>
      )}
    </Panel>
  );
}

function Case({ one }: { one: z.infer<typeof OperatorCaseView> }) {
  const t = useTranslations("operations");
  const dates = useDates();
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{t(`kinds.${one.kind}`)}</p>
        <p className="text-xs break-words text-muted">
          {one.subject} · {dates.instant(one.openedAt)}
        </p>
      </div>
      <p className="text-right">{money(one.amountFen)}</p>
      <span
        className={
          one.status === "open"
            ? "rounded-sm bg-attention-soft px-2 text-xs font-medium text-attention"
            : "rounded-sm bg-sunken px-2 text-xs font-medium text-muted"
        }
      >
        {t(`caseStatus.${one.status}`)}
      </span>
    </li>
  );
}

function Pages({
  cursor,
  next,
  onMove,
}: {
  cursor: number | null;
  next: number | null;
  onMove: (cursor: number | null) => void;
}): ReactNode {
  const t = useTranslations("bookings");
  if (cursor === null && next === null) return null;
  return (
    <div className="flex justify-end gap-2 border-t border-line px-4 py-2">
      <Button reason={cursor === null ? t("onNewest") : null} onClick={() => onMove(null)}>
        {t("newest")}
      </Button>
      <Button reason={next === null ? t("onOldest") : null} onClick={() => onMove(next)}>
        {t("older")}
      </Button>
    </div>
  );
}
