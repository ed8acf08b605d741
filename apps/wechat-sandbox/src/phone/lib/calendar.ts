/** Days are YYYY-MM-DD in China, where all listings are: text that compares as days do. */
export type Day = string;

const dayMs = 86_400_000;
/** The bridge's days begin at midnight in this zone, which has no summer time. */
const chinaOffsetMs = 8 * 3_600_000;

/** The unix second at which `day` begins, as the bridge wants it. */
export function secondsOf(day: Day): number {
  return (Date.parse(`${day}T00:00:00Z`) - chinaOffsetMs) / 1_000;
}

/** The day that a unix second falls on. */
export function dayOf(seconds: number): Day {
  return new Date(seconds * 1_000 + chinaOffsetMs).toISOString().slice(0, 10);
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

export function nightsBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/** 0 is Sunday. */
export function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}

export interface Month {
  /** YYYY-MM */
  id: string;
  /** Weeks from Sunday on; null before the first and after the last day. */
  weeks: (Day | null)[][];
}

/** `count` months from the one that `first` is in. */
export function monthsFrom(first: Day, count: number): Month[] {
  const [year = 0, month = 1] = first.split("-").map(Number);
  return Array.from({ length: count }, (_, index) => {
    const start = new Date(Date.UTC(year, month - 1 + index, 1));
    const id = start.toISOString().slice(0, 7);
    const length = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
    const days = Array.from({ length }, (_, n) => `${id}-${String(n + 1).padStart(2, "0")}`);
    const cells: (Day | null)[] = [...Array<null>(start.getUTCDay()).fill(null), ...days];
    while (cells.length % 7 > 0) cells.push(null);
    const weeks = Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
    return { id, weeks };
  });
}

export interface Night {
  day: Day;
  /** Yuan, as the bridge says it. */
  price: number;
  free: number;
  isClosed: boolean;
}

export type Nights = ReadonlyMap<Day, Night>;

/** A stay that is being chosen: nothing yet, a first day, or both. */
export interface Chosen {
  checkIn: Day | null;
  checkOut: Day | null;
}

export const nothingChosen: Chosen = { checkIn: null, checkOut: null };

function isFree(nights: Nights, day: Day): boolean {
  const night = nights.get(day);
  return night !== undefined && !night.isClosed && night.free > 0;
}

/** Whether every night from `from` up to `to`, which is not slept, can be had. */
export function areFree(nights: Nights, from: Day, to: Day): boolean {
  for (let day = from; day < to; day = addDays(day, 1)) if (!isFree(nights, day)) return false;
  return true;
}

/**
 * What a tap on a day means: the first day of a stay, or its last when every night between is free. A day that is
 * full can still be the day of leaving.
 */
export function choose(chosen: Chosen, day: Day, nights: Nights): Chosen {
  const { checkIn, checkOut } = chosen;
  const isLeaving = checkIn !== null && checkOut === null && day > checkIn && areFree(nights, checkIn, day);
  if (isLeaving) return { checkIn, checkOut: day };
  return isFree(nights, day) ? { checkIn: day, checkOut: null } : chosen;
}

/** Whether a tap on this day would change anything. */
export function canChoose(chosen: Chosen, day: Day, nights: Nights): boolean {
  return choose(chosen, day, nights) !== chosen;
}
