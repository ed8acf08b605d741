import type { Clock } from "@looklook/core";

/** A clock that stands still until somebody moves it. */
export interface SetClock extends Clock {
  set(instant: string | Date): void;
  forward(ms: number): void;
}

/** `instant`: ISO text with its offset, `2025-05-01T14:00:00+08:00`. */
export function clockAt(instant: string | Date): SetClock {
  let now = read(instant);
  return {
    now: () => new Date(now),
    set(next) {
      now = read(next);
    },
    forward(ms) {
      now = new Date(now.getTime() + ms);
    },
  };
}

function read(instant: string | Date): Date {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) throw new RangeError(`not an instant: ${String(instant)}`);
  return at;
}
