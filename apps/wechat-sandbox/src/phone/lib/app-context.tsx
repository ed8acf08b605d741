import { createContext, type ReactNode, use, useCallback, useEffect, useRef, useState } from "react";
import type { Bridge, User } from "./bridge";
import type { Language } from "./show";
import type { Texts } from "./texts";
import type { Person } from "./wechat";

/** What every page may use. */
export interface App {
  bridge: Bridge;
  t: Texts;
  language: Language;
  setLanguage(language: Language): void;
  /** Whose phone it is, null until somebody logs in. */
  person: Person | null;
  isLoggedIn: boolean;
  /** Opens the login sheet when needed; false when it was closed without a login. */
  logIn(): Promise<boolean>;
  logOut(): Promise<void>;
  /** Shows one line for a moment, announced to screen readers. */
  toast(text: string): void;
  /** The sentence for whatever was thrown. */
  explain(error: unknown): string;
  /** Shows a sheet over the page until it settles; leaving the page settles it with `left`. */
  sheet<T>(left: T, render: (settle: (value: T) => void) => ReactNode): Promise<T>;
  go(path: string, options?: { replace?: boolean }): void;
  back(): void;
  /** Ids of what this guest has saved. */
  saved: { homestays: ReadonlySet<number>; houses: ReadonlySet<number> };
  toggleSaved(target: { homestayId?: number; homestayBusinessId?: number }): Promise<void>;
  me: User | null;
  setMe(user: User): void;
}

const Context = createContext<App | null>(null);
export const AppProvider = Context;

export function useApp(): App {
  const app = use(Context);
  if (!app) throw new Error("outside of the app");
  return app;
}

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  isLoading: boolean;
  reload(): Promise<void>;
}

/** Answers seen before are shown at once while they are asked for again. */
const seen = new Map<string, unknown>();
export const forgetAll = () => seen.clear();

/** Loads by a key; a key of null loads nothing. */
export function useLoad<T>(key: string | null, load: () => Promise<T>): Loaded<T> {
  const [, refresh] = useState(0);
  const state = useRef<{ key: string | null; error: unknown; isLoading: boolean }>({
    key: null,
    error: null,
    isLoading: false,
  });
  const latest = useRef(load);
  latest.current = load;

  const reload = useCallback(async () => {
    if (key === null) return;
    state.current = { key, error: null, isLoading: true };
    refresh((count) => count + 1);
    try {
      const data = await latest.current();
      seen.set(key, data);
      if (state.current.key === key) state.current = { key, error: null, isLoading: false };
    } catch (error) {
      if (state.current.key === key) state.current = { key, error, isLoading: false };
    }
    refresh((count) => count + 1);
  }, [key]);

  useEffect(() => {
    void reload();
  }, [reload]);

  const isCurrent = state.current.key === key;
  return {
    data: key === null ? undefined : (seen.get(key) as T | undefined),
    error: isCurrent ? state.current.error : null,
    isLoading: key !== null && (!isCurrent || state.current.isLoading),
    reload,
  };
}

/** The time, told again every second while `isRunning`. */
export function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!isRunning) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return now;
}
