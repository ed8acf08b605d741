import type { Broadcast, EventHandler } from "@looklook/contracts";
import { consumeEvent, type Deps } from "@looklook/core";
import { z } from "zod";

const Facts = z.object({
  merchantId: z.int(),
  listingId: z.int().nullish(),
  bookingNo: z.string().nullish(),
});

/** Tells every process what changed, so that open pages and caches follow. */
export function broadcastConsumer(deps: Deps, broadcast: Broadcast): EventHandler {
  return async (event) => {
    const facts = Facts.parse(event.payload);
    // Told before it is marked as handled: a crash in between tells twice, which does no harm.
    await broadcast.publish({
      eventId: event.id,
      type: event.type,
      merchantId: facts.merchantId,
      listingId: facts.listingId ?? null,
      bookingNo: facts.bookingNo ?? null,
    });
    await consumeEvent(deps, "broadcast", event, async () => {});
  };
}
