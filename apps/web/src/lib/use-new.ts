"use client";

import { useEffect, useState } from "react";

/**
 * Which of `ids` came while somebody was looking: they were not there the last time this same list (`list` is its
 * identity: filters and position) was shown. The first showing of a list is no news.
 */
export function useNew(list: string, ids: readonly string[] | undefined): ReadonlySet<string> {
  const [seen, setSeen] = useState<{
    list: string;
    ids: ReadonlySet<string>;
    fresh: ReadonlySet<string>;
  } | null>(null);
  const key = ids?.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for `ids`, which is a new array each time
  useEffect(() => {
    if (!ids) return;
    setSeen((before) => {
      const all = new Set(ids);
      if (before?.list !== list) return { list, ids: all, fresh: new Set() };
      const fresh = ids.filter((id) => !before.ids.has(id) || before.fresh.has(id));
      return { list, ids: all, fresh: new Set(fresh) };
    });
  }, [list, key]);
  return seen?.list === list ? seen.fresh : nothing;
}

const nothing: ReadonlySet<string> = new Set();
