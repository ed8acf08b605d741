"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode, RefObject } from "react";
import { cn } from "@/lib/cn";

/** A question or a form over the page. Escape and a press outside close it; focus goes back to `returnTo`. */
export function Dialog({
  isOpen,
  onOpenChange,
  title,
  description,
  hideTitle = false,
  returnTo,
  className,
  children,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  description?: string;
  hideTitle?: boolean;
  returnTo?: RefObject<HTMLElement | null>;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Base.Root open={isOpen} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[rgb(20_18_16/0.4)]" />
        <Base.Popup
          finalFocus={returnTo}
          className={cn(
            "fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-md -translate-x-1/2 rounded-lg border border-line bg-surface p-6 shadow-lift outline-none",
            className,
          )}
        >
          <Base.Title className={hideTitle ? "sr-only" : "text-base font-semibold"}>{title}</Base.Title>
          {description ? (
            <Base.Description className="mt-1 text-sm text-muted">{description}</Base.Description>
          ) : null}
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
