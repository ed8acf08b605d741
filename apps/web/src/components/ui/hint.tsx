"use client";

import { Tooltip } from "@base-ui/react/tooltip";
import { type ReactElement, useId } from "react";

/** A short text beside something that is hovered or focused; read out as its description. */
export function Hint({ text, children }: { text: string; children: ReactElement<Record<string, unknown>> }) {
  const id = useId();
  return (
    <Tooltip.Root>
      <Tooltip.Trigger delay={300} render={children} aria-describedby={id} />
      <span id={id} hidden>
        {text}
      </span>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={8} className="z-50">
          <Tooltip.Popup className="max-w-72 rounded-sm border border-line bg-surface px-3 py-2 text-xs text-ink shadow-lift">
            {text}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
