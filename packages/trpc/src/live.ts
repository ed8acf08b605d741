import type { BroadcastMessage, LiveChange } from "@looklook/contracts";
import { tracked } from "@trpc/server";
import type { z } from "zod";
import type { Context } from "./context";

/** So many unread changes of one slow browser are folded into "read everything again". */
const backlogMax = 200;

/**
 * What changes about one merchant's bookings, as it happens, until the browser leaves. A line says what to read again
 * and carries no data, so a browser that was away (it sends `lastEventId`) or too slow gets one `resync` for all that
 * it missed.
 */
export async function* liveChanges(
  { broadcast }: Pick<Context, "broadcast">,
  input: { merchantId: number; lastEventId?: string | null | undefined; signal: AbortSignal | undefined },
) {
  const waiting: z.infer<typeof LiveChange>[] = [];
  let wake = () => {};
  const push = (change: z.infer<typeof LiveChange>) => {
    if (waiting.length >= backlogMax) waiting.splice(0, waiting.length, resync);
    else waiting.push(change);
    wake();
  };
  const stop = broadcast.subscribe(
    (message: BroadcastMessage) => {
      if (message.merchantId !== input.merchantId) return;
      push({ eventId: message.eventId, type: message.type, bookingNo: message.bookingNo });
    },
    () => push(resync),
  );
  const onAbort = () => wake();
  input.signal?.addEventListener("abort", onAbort);
  try {
    if (input.lastEventId) push(resync);
    while (!input.signal?.aborted) {
      const change = waiting.shift();
      if (change) yield tracked(change.eventId, change);
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    input.signal?.removeEventListener("abort", onAbort);
    stop();
  }
}

const resync = { eventId: "resync", type: "resync", bookingNo: null };
