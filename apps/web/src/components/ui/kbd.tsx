import { cn } from "@/lib/cn";

/** A key. For sighted readers; the control's own `aria-keyshortcuts` tells everybody else. */
export function Kbd({ children, className }: { children: string; className?: string }) {
  return (
    <kbd
      aria-hidden
      className={cn(
        "inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-current/30 px-1 font-sans text-xs",
        className,
      )}
    >
      {children}
    </kbd>
  );
}
