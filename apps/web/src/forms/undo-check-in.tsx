"use client";

import type { DeskBooking } from "@looklook/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type RefObject, useState } from "react";
import { useMerchant } from "@/components/merchant-context";
import { RefusalNotice } from "@/components/refusal";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { queries } from "@/lib/queries";
import { newRequestId } from "@/lib/request-id";
import { apiOf } from "@/lib/trpc";
import { useDraft } from "@/lib/use-draft";

const reasons = ["wrongGuest", "wrongBooking", "left"] as const;

/** Asks why a check-in is taken back, and takes it back. `booking` null keeps the dialog shut. */
export function UndoCheckIn({
  booking,
  onClose,
  onUndone,
  returnTo,
}: {
  booking: Pick<DeskBooking, "bookingNo" | "guestName"> | null;
  onClose: () => void;
  onUndone?: () => void;
  returnTo?: RefObject<HTMLElement | null>;
}) {
  const t = useTranslations("undo");
  return (
    <Dialog
      isOpen={booking !== null}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      title={t("title", { name: booking?.guestName ?? "" })}
      description={t("description")}
      {...(returnTo ? { returnTo } : {})}
    >
      {booking ? (
        <UndoForm
          bookingNo={booking.bookingNo}
          onClose={onClose}
          onDone={() => {
            onClose();
            onUndone?.();
          }}
        />
      ) : null}
    </Dialog>
  );
}

function UndoForm({
  bookingNo,
  onClose,
  onDone,
}: {
  bookingNo: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const t = useTranslations("undo");
  const { slug } = useMerchant();
  const client = useQueryClient();
  const [reason, setReason] = useDraft(`undo:${bookingNo}`);
  const [requestId] = useState(newRequestId);
  const undo = useMutation({
    mutationFn: () => apiOf(slug).booking.undoCheckIn.mutate({ bookingNo, reason: reason.trim(), requestId }),
    onSuccess: () => {
      setReason("");
      void client.invalidateQueries({ queryKey: queries.ofMerchant(slug) });
      onDone();
    },
  });
  return (
    <form
      className="mt-4 flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== "" && !undo.isPending) undo.mutate();
      }}
    >
      <div className="flex flex-wrap gap-2">
        {reasons.map((name) => (
          <Button
            key={name}
            aria-pressed={reason === t(`reasons.${name}`)}
            className="aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent-text"
            onClick={() => setReason(t(`reasons.${name}`))}
          >
            {t(`reasons.${name}`)}
          </Button>
        ))}
      </div>
      <TextField
        label={t("reason")}
        value={reason}
        maxLength={200}
        onChange={(event) => setReason(event.target.value)}
      />
      {undo.isError ? <RefusalNotice error={undo.error} /> : null}
      <div className="flex justify-end gap-2">
        <Button kind="quiet" onClick={onClose}>
          {t("keep")}
        </Button>
        <Button
          type="submit"
          kind="primary"
          isBusy={undo.isPending}
          reason={reason.trim() === "" ? t("reasonMissing") : null}
        >
          {t("confirm")}
        </Button>
      </div>
    </form>
  );
}
