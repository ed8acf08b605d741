"use client";

import { Meter as Base } from "@base-ui/react/meter";

/** A part of a whole as a bar; the numbers stand beside it in words. */
export function Meter({ label, value, max }: { label: string; value: number; max: number }) {
  return (
    <Base.Root aria-label={label} value={value} max={Math.max(1, max)} className="mt-2">
      <Base.Track className="h-2 overflow-hidden rounded-sm bg-sunken">
        <Base.Indicator className="h-full bg-accent" />
      </Base.Track>
    </Base.Root>
  );
}
