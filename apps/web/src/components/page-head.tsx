import type { ReactNode } from "react";

/** A page's title, and beside it what can be done with the page as a whole. */
export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div className="mb-4 flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <h1 className="text-xl font-semibold">{title}</h1>
      {children}
    </div>
  );
}
