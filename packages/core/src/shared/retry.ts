import { sqlStateOf } from "@looklook/db";

/**
 * Runs a unit of work again when the database gave it up for another one's sake (deadlock, serialization): it left
 * nothing behind, so running it again is all there is to do.
 */
export async function withRetry<T>(work: () => Promise<T>, timesMax = 5): Promise<T> {
  for (let time = 1; ; time++) {
    try {
      return await work();
    } catch (error) {
      const state = sqlStateOf(error);
      if (time >= timesMax || (state !== "40P01" && state !== "40001")) throw error;
    }
  }
}
