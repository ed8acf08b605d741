"use client";

import { useCallback, useEffect, useState } from "react";

/** A switch that this browser remembers. It is read after the first paint, as the server cannot know it. */
export function useRemembered(name: string, initial: boolean): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(initial);
  useEffect(() => {
    const kept = localStorage.getItem(name);
    if (kept !== null) setValue(kept === "on");
  }, [name]);
  const keep = useCallback(
    (next: boolean) => {
      setValue(next);
      localStorage.setItem(name, next ? "on" : "off");
    },
    [name],
  );
  return [value, keep];
}
