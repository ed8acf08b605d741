import { useSyncExternalStore } from "react";

/** Where the page is: the part of the address behind `#`. */
export interface Place {
  /** `/listing/3` as `["listing", "3"]` */
  parts: string[];
  query: URLSearchParams;
  /** The whole, as a key. */
  id: string;
}

function subscribe(listener: () => void) {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?");
  return { parts: path.split("/").filter(Boolean), query: new URLSearchParams(query), id: hash };
}

let last: Place | null = null;
/** The same object while the address stays the same. */
function current(): Place {
  if (last?.id !== location.hash) last = placeOf(location.hash);
  return last as Place;
}

export const usePlace = () => useSyncExternalStore(subscribe, current);

/** How far into the page's own history we are: going back never leaves the page. */
let depth = 0;

export function go(path: string, options: { replace?: boolean } = {}): void {
  if (options.replace) location.replace(`#${path}`);
  else {
    location.hash = path;
  }
}

export function countPlaces(): () => void {
  const onChange = () => {
    depth += 1;
  };
  return subscribe(onChange);
}

export function back(): void {
  if (depth > 0) {
    depth -= 2;
    history.back();
  } else go("/", { replace: true });
}
