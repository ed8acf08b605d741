import { cva, type VariantProps } from "class-variance-authority";
import { cn } from "@/lib/cn";

const button = cva(
  "inline-flex items-center justify-center gap-2 rounded-sm font-medium whitespace-nowrap select-none transition-colors aria-disabled:cursor-not-allowed aria-disabled:opacity-60",
  {
    variants: {
      kind: {
        primary: "bg-accent text-accent-ink not-aria-disabled:hover:bg-accent-hover",
        secondary:
          "border border-line bg-surface text-ink not-aria-disabled:hover:bg-sunken data-popup-open:bg-sunken",
        quiet:
          "text-muted not-aria-disabled:hover:bg-sunken not-aria-disabled:hover:text-ink data-popup-open:bg-sunken",
        danger: "border border-line bg-surface text-wrong not-aria-disabled:hover:bg-wrong-soft",
      },
      size: {
        medium: "h-9 px-3 text-sm",
        large: "h-12 px-6 text-base",
        icon: "size-9",
      },
    },
    defaultVariants: { kind: "secondary", size: "medium" },
  },
);

export type ButtonLook = VariantProps<typeof button>;

/** The look of a button for something else that acts, a link or a menu's trigger. */
export function buttonClass(look: ButtonLook = {}, className?: string): string {
  return cn(button(look), className);
}
