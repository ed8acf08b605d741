"use client";

import type { BookingStatus } from "@looklook/contracts";
import {
  CircleCheck,
  CircleDashed,
  CircleOff,
  CircleX,
  DoorOpen,
  Hourglass,
  type LucideIcon,
} from "lucide-react";
import { useTranslations } from "next-intl";
import { cn } from "@/lib/cn";

const looks: Record<BookingStatus, { className: string; Icon: LucideIcon }> = {
  pending_payment: { className: "bg-attention-soft text-attention", Icon: Hourglass },
  confirmed: { className: "bg-waiting-soft text-waiting", Icon: CircleDashed },
  checked_in: { className: "bg-ok-soft text-ok", Icon: DoorOpen },
  completed: { className: "bg-sunken text-muted", Icon: CircleCheck },
  cancelled: { className: "bg-sunken text-muted", Icon: CircleX },
  no_show: { className: "bg-wrong-soft text-wrong", Icon: CircleOff },
};

/** A booking's state: a word and an icon besides the colour. */
export function StatusBadge({ status, className }: { status: BookingStatus; className?: string }) {
  const t = useTranslations("status");
  const { className: look, Icon } = looks[status];
  return (
    <span
      className={cn(
        "inline-flex h-6 items-center gap-1 rounded-sm px-2 text-xs font-medium whitespace-nowrap",
        look,
        className,
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      {t(status)}
    </span>
  );
}
