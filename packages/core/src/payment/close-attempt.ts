import { lockBooking } from "../booking";
import { idOf } from "../shared";
import type { Attempt, PaymentDeps } from "./payment";

/** Notes that an attempt is closed at WeChat. The booking goes on; another attempt may be made for it. */
export async function closeAttempt(deps: PaymentDeps, attempt: Attempt, tradeState: string): Promise<void> {
  await deps.db.$transaction(async (tx) => {
    await lockBooking(tx, idOf(attempt.bookingId));
    await tx.payment.updateMany({
      where: { id: attempt.id, status: "open" },
      data: { status: "closed", tradeState, nextSyncAt: null, updatedAt: deps.clock.now() },
    });
  });
}
