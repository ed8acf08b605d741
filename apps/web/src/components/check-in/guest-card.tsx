"use client";

import type { DeskBooking, LookUpCodeOutput } from "@looklook/contracts";
import { useQuery } from "@tanstack/react-query";
import { Check, CircleCheck, Undo2 } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import type { z } from "zod";
import { isErrorCode } from "@/lib/errors";
import { time } from "@/lib/format";
import { links } from "@/lib/links";
import { queries } from "@/lib/queries";
import { useActorName } from "../booking/actor";
import { BookingFacts } from "../booking/facts";
import { StatusBadge } from "../booking/status-badge";
import { useDates } from "../dates";
import { useMerchant } from "../merchant-context";
import { useRefusalText } from "../refusal";
import { Button } from "../ui/button";
import { buttonClass } from "../ui/button-class";
import { Kbd } from "../ui/kbd";
import { Notice } from "../ui/notice";

export type LookUp = z.infer<typeof LookUpCodeOutput>;

/** Who a code belongs to, and the one button that lets them in, or the sentence that says why not. */
export function GuestCard({
  answer,
  isAccepting,
  takesEnter,
  onAccept,
  onUndo,
}: {
  answer: LookUp;
  isAccepting: boolean;
  /** Enter accepts; not yet in the first moment, when it was meant for the field. */
  takesEnter: boolean;
  onAccept: () => void;
  onUndo: (booking: DeskBooking) => void;
}) {
  const t = useTranslations("checkIn");
  const { slug } = useMerchant();
  const { booking } = answer;
  const canAccept = booking.actions.checkIn === null;
  return (
    <section aria-label={t("card")} className="rounded-lg border border-line bg-surface p-4 md:p-6">
      <GuestLine booking={booking} />
      {canAccept ? null : <WhyNot answer={answer} />}
      <BookingFacts booking={booking} className="mt-4" />
      <div className="mt-6 flex flex-wrap items-center gap-2">
        {canAccept ? (
          <Button
            kind="primary"
            size="large"
            className="max-md:w-full md:min-w-64"
            isBusy={isAccepting}
            aria-keyshortcuts={takesEnter ? "Enter" : undefined}
            onClick={onAccept}
          >
            <Check aria-hidden className="size-5" />
            {t("accept")}
            <Kbd className="max-md:hidden">Enter</Kbd>
          </Button>
        ) : null}
        {!canAccept && booking.actions.undoCheckIn === null ? (
          <Button onClick={() => onUndo(booking)}>
            <Undo2 aria-hidden className="size-4" />
            {t("undo")}
          </Button>
        ) : null}
        <Link href={links.booking(slug, booking.bookingNo)} className={buttonClass({ kind: "quiet" })}>
          {t("openBooking")}
        </Link>
      </div>
    </section>
  );
}

function GuestLine({ booking }: { booking: DeskBooking }) {
  const t = useTranslations("booking");
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <h2 className="text-xl font-semibold">
        {booking.guestName || t("noName")}
        <span className="ml-3 text-sm font-normal text-muted">
          {t("last4", { last4: booking.mobileLast4 })}
        </span>
      </h2>
      <StatusBadge status={booking.status} />
    </div>
  );
}

function WhyNot({ answer: { booking, usedAt, usedBy } }: { answer: LookUp }) {
  const t = useTranslations("checkIn.whyNot");
  const dates = useDates();
  const { slug } = useMerchant();
  const refusalText = useRefusalText();
  const actorName = useActorName();
  const code = booking.actions.checkIn;
  const isGone = code === "BOOKING_NOT_CONFIRMED" && booking.status !== "pending_payment";
  // Who cancelled it, and when, stands in the timeline only.
  const detail = useQuery({ ...queries.booking(slug, booking.bookingNo), enabled: isGone });
  const last = detail.data?.timeline.findLast(
    (entry) => entry.kind === "transition" && entry.what === booking.status,
  );
  const who = last ? actorName(last) : "";
  const when = last ? dates.instant(last.at) : "";

  const [what, next] = (() => {
    if (usedAt && (code === "CHECK_IN_CODE_USED" || booking.status === "checked_in"))
      return [t("used", { at: dates.instant(usedAt), by: usedBy ?? t("somebody") }), t("usedNext")];
    if (code === "STAY_NOT_STARTED")
      return [t("notStarted", { date: dates.day(booking.checkInDate) }), t("notStartedNext")];
    if (code === "STAY_OVER") return [t("over", { date: dates.day(booking.checkOutDate) }), t("overNext")];
    if (code === "BOOKING_NOT_CONFIRMED" && booking.status === "pending_payment")
      return [t("notPaid"), t("notPaidNext")];
    if (code === "BOOKING_NOT_CONFIRMED" && booking.status === "cancelled")
      return [last ? t("cancelledBy", { by: who, at: when }) : t("cancelled"), t("cancelledNext")];
    if (code === "BOOKING_NOT_CONFIRMED" && booking.status === "no_show")
      return [last ? t("noShowAt", { at: when }) : t("noShow"), t("noShowNext")];
    const text = refusalText({ code: isErrorCode(code) ? code : "INTERNAL", facts: {} });
    return [text.what, text.next];
  })();

  return (
    <Notice kind="attention" title={what} className="mt-4">
      <p>{next}</p>
    </Notice>
  );
}

/** The clear mark after a check-in, and the way back for as long as there is one. */
export function AcceptedCard({
  booking,
  onUndo,
}: {
  booking: DeskBooking;
  onUndo: (booking: DeskBooking) => void;
}) {
  const t = useTranslations("checkIn");
  const { slug } = useMerchant();
  return (
    <section
      aria-label={t("acceptedCard")}
      className="animate-arrive rounded-lg border-2 border-ok bg-ok-soft p-4 md:p-6"
    >
      <div className="flex items-start gap-4">
        <CircleCheck aria-hidden className="size-10 shrink-0 text-ok" />
        <div className="min-w-0 flex-1">
          <h2 className="text-xl font-semibold text-ok">
            {t("accepted", { name: booking.guestName || booking.bookingNo })}
          </h2>
          <p>{booking.undoUntil ? t("undoUntil", { time: time(booking.undoUntil) }) : t("ready")}</p>
          <div className="mt-3 flex flex-wrap gap-2">
            {booking.actions.undoCheckIn === null ? (
              <Button onClick={() => onUndo(booking)}>
                <Undo2 aria-hidden className="size-4" />
                {t("undo")}
              </Button>
            ) : null}
            <Link href={links.booking(slug, booking.bookingNo)} className={buttonClass({ kind: "quiet" })}>
              {t("openBooking")}
            </Link>
          </div>
        </div>
      </div>
    </section>
  );
}
