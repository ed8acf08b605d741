import { recordJob, sweepOver } from "../shared";
import { applyTrade } from "./apply-trade";
import { askWechat } from "./ask-wechat";
import { closeAttempt } from "./close-attempt";
import { attemptColumns, nextPollAt, type PaymentDeps } from "./payment";
import { applyStoredNotifications } from "./receive-notification";

/**
 * Asks WeChat about an open attempt whose time has come, because callbacks get lost (wechat: poll).
 * @throws GatewayError when WeChat could not be asked; the next time to ask stands already
 */
export async function syncPayment(deps: PaymentDeps, { paymentNo }: { paymentNo: string }): Promise<void> {
  const { db, clock, pay } = deps;
  const attempt = await db.$transaction(async (tx) => {
    const found = await tx.payment.findUnique({
      where: { paymentNo },
      select: { ...attemptColumns, booking: { select: { bookingNo: true } } },
    });
    if (!found) return null;
    const now = clock.now();
    const nextSyncAt = nextPollAt(found.createdAt, now);
    // Whoever moves the time on is the one who asks; side by side and after a crash it is asked once each time.
    const { count } = await tx.payment.updateMany({
      where: { id: found.id, status: "open", nextSyncAt: { lte: now } },
      data: { nextSyncAt, syncAttempts: { increment: 1 } },
    });
    if (count === 0) return null;
    await recordJob(tx, deps, "payment.sync", found.booking.bookingNo, { paymentNo }, nextSyncAt);
    return found;
  });
  if (!attempt) return;
  const asked = await askWechat(pay, attempt, clock.now(), { close: false });
  if (asked.state === "paid") await applyTrade(deps, asked.trade, "query");
  if (asked.state === "closed") await closeAttempt(deps, attempt, asked.tradeState);
}

/** Asks about every attempt whose poll is due and applies notifications that were kept. @returns how many of both */
export async function sweepPayments(deps: PaymentDeps): Promise<number> {
  const applied = await applyStoredNotifications(deps);
  const due = await deps.db.payment.findMany({
    where: { status: "open", nextSyncAt: { lte: deps.clock.now() } },
    orderBy: { nextSyncAt: "asc" },
    take: 200,
    select: { paymentNo: true },
  });
  return applied + (await sweepOver(due, ({ paymentNo }) => syncPayment(deps, { paymentNo })));
}
