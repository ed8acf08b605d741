import type { JobHandlers } from "@looklook/contracts";
import {
  closeUnpaidBooking,
  type Deps,
  extendInventory,
  purgeExpired,
  sweepUnpaidBookings,
} from "@looklook/core";

/** Holds that ran out, and the calendar that runs on. */
export function bookingJobs(deps: Deps) {
  return {
    "booking.close-unpaid": async (data) => {
      await closeUnpaidBooking(deps, data);
    },
    "booking.sweep-unpaid": async () => {
      await sweepUnpaidBookings(deps);
    },
    "inventory.extend": async () => {
      await extendInventory(deps);
    },
    "maintenance.purge": async () => {
      await purgeExpired(deps);
    },
  } satisfies Partial<JobHandlers>;
}
