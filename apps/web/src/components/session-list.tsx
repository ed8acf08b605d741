"use client";

import type { ConsoleSessionRow } from "@looklook/contracts";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MonitorSmartphone } from "lucide-react";
import { useTranslations } from "next-intl";
import type { z } from "zod";
import { describeBrowser } from "@/lib/describe-browser";
import { queries } from "@/lib/queries";
import { api } from "@/lib/trpc";
import { ListSkeleton } from "./booking/list-skeleton";
import { useDates } from "./dates";
import { PageHead } from "./page-head";
import { RefusalNotice } from "./refusal";
import { Button } from "./ui/button";
import { Panel } from "./ui/panel";

type Session = z.infer<typeof ConsoleSessionRow>;

/** Where this person is signed in, and the way to end each of it. */
export function SessionList({ name, email }: { name: string; email: string }) {
  const t = useTranslations("sessions");
  const { data, error, refetch } = useQuery(queries.sessions());
  return (
    <div className="mx-auto max-w-4xl">
      <PageHead title={t("title")} />
      <p className="mb-4 text-muted">
        {name} · {email}
      </p>
      <Panel title={t("signedIn")}>
        {error ? (
          <RefusalNotice error={error} onRetry={() => void refetch()} className="m-4" />
        ) : data ? (
          <ul className="divide-y divide-line">
            {data.sessions.map((session) => (
              <SessionLine key={session.id} session={session} />
            ))}
          </ul>
        ) : (
          <ListSkeleton rows={2} />
        )}
      </Panel>
    </div>
  );
}

function SessionLine({ session }: { session: Session }) {
  const t = useTranslations("sessions");
  const dates = useDates();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => api.account.revokeSession.mutate({ sessionId: session.id }),
    onSettled: () => client.invalidateQueries({ queryKey: queries.sessions().queryKey }),
  });
  const browser = describeBrowser(session.userAgent);
  return (
    <li className="px-4 py-3">
      <div className="flex items-center gap-3">
        <MonitorSmartphone aria-hidden className="size-5 shrink-0 text-muted" />
        <div className="min-w-0 flex-1">
          <p className="font-medium">
            {browser ? t("browser", browser) : t("unknownBrowser")}
            {session.isCurrent ? (
              <span className="ml-2 rounded-sm bg-ok-soft px-2 text-xs font-medium text-ok">
                {t("current")}
              </span>
            ) : null}
          </p>
          <p className="text-xs text-muted">
            {t("times", {
              created: dates.instant(session.createdAt),
              seen: dates.instant(session.lastSeenAt),
            })}
          </p>
        </div>
        <Button
          kind="danger"
          reason={session.isCurrent ? t("endCurrent") : null}
          isBusy={end.isPending}
          onClick={() => end.mutate()}
        >
          {t("end")}
        </Button>
      </div>
      {end.isError ? <RefusalNotice error={end.error} className="mt-2" /> : null}
    </li>
  );
}
