import { type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

/** A titled box of a page. */
export function Panel({
  title,
  aside,
  className,
  children,
}: {
  title: ReactNode;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cn("overflow-hidden rounded-lg border border-line bg-surface", className)}
    >
      <div className="flex min-h-12 items-center justify-between gap-4 border-b border-line px-4 py-2">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
