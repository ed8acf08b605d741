"use client";

import { useCallback, useEffect, useState } from "react";

/**
 * Text that survives a reload and a sign-in in this tab, and nothing longer. It is read after the first paint, so the
 * server's page and the browser's are the same.
 */
export function useDraft(name: string): [string, (text: string) => void] {
  const key = `draft:${name}`;
  const [text, setText] = useState("");
  useEffect(() => setText(sessionStorage.getItem(key) ?? ""), [key]);
  const keep = useCallback(
    (next: string) => {
      setText(next);
      if (next) sessionStorage.setItem(key, next);
      else sessionStorage.removeItem(key);
    },
    [key],
  );
  return [text, keep];
}
