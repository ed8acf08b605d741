import type { SandboxClock } from "./sandbox-types";

/** A clock that stands still until it is moved. */
export interface VirtualClock extends SandboxClock {
  set(at: Date): void;
  /** Moves on without doing what falls due on the way; `Sandbox.advance` does that. */
  advance(ms: number): void;
}

/** @param start an instant as text or Date, e.g. `2026-05-01T10:00:00+08:00` */
export function virtualClock(start: string | Date): VirtualClock {
  let atMs = new Date(start).getTime();
  if (Number.isNaN(atMs)) throw new Error(`not an instant: ${String(start)}`);
  return {
    now: () => new Date(atMs),
    set(at) {
      atMs = at.getTime();
    },
    advance(ms) {
      atMs += ms;
    },
  };
}

/** RFC 3339 in Beijing time without fractions, as WeChat writes instants: `2026-05-01T10:00:00+08:00`. */
export function beijingTime(at: Date): string {
  return `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

/** Beijing wall-clock digits `yyyyMMddHHmmss`, the beginning of WeChat's own numbers. */
export function beijingDigits(at: Date): string {
  return beijingTime(at).slice(0, 19).replace(/\D/g, "");
}
