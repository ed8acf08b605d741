import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";

/** Text and select fields; 16 px on a phone, where smaller ones make the browser zoom in. */
export const fieldClass =
  "h-9 rounded-sm border border-line-strong bg-surface px-3 text-base text-ink placeholder:text-muted md:text-sm aria-invalid:border-wrong";

/** A labelled text field; `error` is what is wrong with it and stands below. */
export function TextField({
  label,
  error,
  className,
  ...rest
}: ComponentProps<"input"> & { label: ReactNode; error?: string | undefined }) {
  const id = useId();
  return (
    <div className={cn("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        className={cn(fieldClass, "h-11")}
      />
      {error ? (
        <p id={`${id}-error`} className="text-xs text-wrong">
          {error}
        </p>
      ) : null}
    </div>
  );
}
