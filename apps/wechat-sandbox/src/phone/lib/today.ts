import { type Day, dayOf } from "./calendar";

/** The day it is in China, where all listings are. */
export function todayInChina(now = Date.now()): Day {
  return dayOf(Math.floor(now / 1_000));
}
