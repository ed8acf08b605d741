import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

/** Nothing here yet, and what to do next. */
export function Empty({
  Icon,
  title,
  isWholePage = false,
  children,
}: {
  Icon: LucideIcon;
  title: string;
  /** There is nothing else on the page: the title is its heading. */
  isWholePage?: boolean;
  children?: ReactNode;
}) {
  const Title = isWholePage ? "h1" : "p";
  return (
    <div className="flex flex-col items-center gap-1 px-4 py-12 text-center">
      <Icon aria-hidden className="mb-2 size-6 text-muted" />
      <Title className="font-medium">{title}</Title>
      {children ? <div className="max-w-96 text-sm text-muted">{children}</div> : null}
    </div>
  );
}
