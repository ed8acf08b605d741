"use client";

import type { ComponentProps } from "react";
import { type ButtonLook, buttonClass } from "./button-class";
import { Hint } from "./hint";

/**
 * A button. With `reason` it cannot act and says why on focus and hover; it stays in the tab order for that, so it is
 * `aria-disabled` and not `disabled`. While `isBusy` further presses do nothing.
 */
export function Button({
  kind,
  size,
  className,
  reason = null,
  isBusy = false,
  onClick,
  type = "button",
  ...rest
}: ComponentProps<"button"> & ButtonLook & { reason?: string | null; isBusy?: boolean }) {
  const cannot = reason !== null || isBusy;
  const element = (
    <button
      {...rest}
      type={type}
      aria-disabled={cannot || undefined}
      aria-busy={isBusy || undefined}
      className={buttonClass({ kind, size }, className)}
      onClick={(event) => {
        if (cannot) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
  return reason === null ? element : <Hint text={reason}>{element}</Hint>;
}
