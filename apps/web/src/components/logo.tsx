import { cn } from "@/lib/cn";

/** A house with a lit door. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={cn("shrink-0", className)}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M7 16.5 16 8l9 8.5V25h-6v-5.5a3 3 0 0 0-6 0V25H7z" className="fill-accent-ink" />
    </svg>
  );
}
