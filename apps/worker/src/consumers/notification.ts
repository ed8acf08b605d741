import type { EventHandler } from "@looklook/contracts";
import { consumeEvent, type Deps, intendPaidMessages } from "@looklook/core";

/** A confirmed booking owes its guest two messages; the intent is written once, a job sends them. */
export function notificationConsumer(deps: Deps): EventHandler {
  return async (event) => {
    await consumeEvent(deps, "notification", event, async (tx) => {
      if (event.type === "booking.confirmed") await intendPaidMessages(tx, deps, event.key);
    });
  };
}
