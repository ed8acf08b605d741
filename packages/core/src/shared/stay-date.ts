import { Temporal } from "temporal-polyfill";
import type { Clock } from "./deps";

/** YYYY-MM-DD in the listing's time zone: comparing text compares days. */
export type StayDate = string;

/** The day it is in `timeZone`. */
export function today(clock: Clock, timeZone: string): StayDate {
  return dayOf(clock.now(), timeZone);
}

/** The day on which `at` falls in `timeZone`. */
export function dayOf(at: Date, timeZone: string): StayDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}

/** The instant at which `day` begins in `timeZone`. */
export function startOf(day: StayDate, timeZone: string): Date {
  return new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds);
}

export function addDays(day: StayDate, days: number): StayDate {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** Calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: StayDate, to: StayDate): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: "day" }).days;
}

/** The nights of a half-open stay, in order; the check-out day is not one of them. */
export function nightsOf(checkInDate: StayDate, checkOutDate: StayDate): StayDate[] {
  return Array.from({ length: Math.max(0, daysBetween(checkInDate, checkOutDate)) }, (_, n) =>
    addDays(checkInDate, n),
  );
}

/** Friday and Saturday nights are weekend nights. */
export function isWeekendNight(night: StayDate): boolean {
  const { dayOfWeek } = Temporal.PlainDate.from(night);
  return dayOfWeek === 5 || dayOfWeek === 6;
}

/** A `date` column's value: Prisma hands days over as UTC midnights. */
export function toDbDate(day: StayDate): Date {
  return new Date(`${day}T00:00:00.000Z`);
}

/** The day a `date` column holds. */
export function fromDbDate(value: Date): StayDate {
  return value.toISOString().slice(0, 10);
}
