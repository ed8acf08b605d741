import { createBooking } from "@looklook/core";
import type { BookingsWanted } from "./bookings-wanted";
import { runtime } from "./runtime";
import { serve, timeAll } from "./serve";

/** The use case on the dependencies that the api hands it, limits included. */
async function book({ bookings, concurrency }: BookingsWanted): Promise<number> {
  return timeAll(bookings, concurrency, async (booking) => {
    await createBooking(runtime.deps, {
      ...booking,
      guests: 2,
      withMeals: true,
      remark: "",
      idempotencyKey: null,
    });
  });
}

serve({ book });
