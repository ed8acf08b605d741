import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

const looks = {
  ok: { className: "bg-ok-soft text-ok", Icon: CircleCheck },
  waiting: { className: "bg-waiting-soft text-waiting", Icon: Info },
  attention: { className: "bg-attention-soft text-attention", Icon: TriangleAlert },
  wrong: { className: "bg-wrong-soft text-wrong", Icon: CircleAlert },
} as const;

/** Says what happened and, below it, what to do next. Never by colour alone. */
export function Notice({
  kind,
  title,
  children,
  role,
  className,
}: {
  kind: keyof typeof looks;
  title: ReactNode;
  children?: ReactNode;
  role?: "alert" | "status";
  className?: string;
}) {
  const { className: look, Icon } = looks[kind];
  return (
    <div role={role} className={cn("flex gap-3 rounded-sm p-3 text-sm", look, className)}>
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children ? <div className="mt-1 text-ink">{children}</div> : null}
      </div>
    </div>
  );
}
