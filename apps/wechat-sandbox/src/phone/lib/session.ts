import type { Token } from "./bridge";
import type { Language } from "./show";
import type { Person } from "./wechat";

/** What the page keeps between visits. A private window that keeps nothing still works. */
interface Kept {
  token: Token | null;
  person: Person | null;
  language: Language;
}

const key = "looklook-phone";

export function load(): Kept {
  const first: Kept = {
    token: null,
    person: null,
    language: navigator.language.startsWith("zh") ? "zh" : "en",
  };
  try {
    return { ...first, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
  } catch {
    return first;
  }
}

export function keep(kept: Kept): void {
  try {
    localStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Storage is full or forbidden: the person logs in again next time.
  }
}
