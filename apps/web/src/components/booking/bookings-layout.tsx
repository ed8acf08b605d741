"use client";

import { useSelectedLayoutSegment } from "next/navigation";
import { type ReactNode, Suspense } from "react";
import { cn } from "@/lib/cn";
import { BookingList } from "./booking-list";

/** List and detail side by side on wide screens; elsewhere a chosen booking has the page for itself. */
export function BookingsLayout({ children }: { children: ReactNode }) {
  const bookingNo = useSelectedLayoutSegment();
  const isOpen = bookingNo !== null;
  return (
    <div
      className={cn(isOpen && "xl:grid xl:grid-cols-[minmax(0,1fr)_minmax(0,440px)] xl:items-start xl:gap-6")}
    >
      <div className={cn("@container min-w-0", isOpen && "max-xl:hidden")}>
        <Suspense>
          <BookingList chosen={bookingNo} />
        </Suspense>
      </div>
      <Suspense>{children}</Suspense>
    </div>
  );
}
