import type { Tx } from "@looklook/db";
import { type Booking, cancelBooking, lockBooking } from "../booking";
import { type Actor, recordJob, sweepOver, withRetry } from "../shared";
import { applyTrade } from "./apply-trade";
import { askWechat } from "./ask-wechat";
import { type Attempt, attemptColumns, closeDueAt, type PaymentDeps, unknownIsClosedAt } from "./payment";

/** `kept`: not yet, or WeChat could not say; `nothing_to_do`: no such booking, or it no longer waits for money. */
export type CloseOutcome = "cancelled" | "paid" | "kept" | "nothing_to_do";

/**
 * Ends a booking that nobody paid: first at WeChat, then here, and only then are its nights free again. Money found on
 * the way confirms it instead. May run at any time and as often as wanted.
 * @throws GatewayError when WeChat could not be asked: the nights stay taken, the job and the sweep come back
 */
export async function closeUnpaidBooking(
  deps: PaymentDeps,
  { bookingNo }: { bookingNo: string },
): Promise<CloseOutcome> {
  const first = await withRetry(() => deps.db.$transaction((tx) => cancelIfFree(tx, deps, bookingNo, null)));
  if (!("attempt" in first)) return first.outcome;

  const { attempt } = first;
  const asked = await askWechat(deps.pay, attempt, deps.clock.now(), { close: true });
  if (asked.state === "paid") {
    // Money that fits nothing (`suspense`) has ended the attempt, and the booking may end, too.
    const applied = await applyTrade(deps, asked.trade, "query");
    if (applied !== "suspense") return "paid";
  }
  if (asked.state === "open") {
    await comeBack(deps, bookingNo, attempt, asked.tradeState);
    return "kept";
  }
  const second = await withRetry(() =>
    deps.db.$transaction((tx) =>
      cancelIfFree(tx, deps, bookingNo, {
        attempt,
        tradeState: asked.state === "closed" ? asked.tradeState : "",
      }),
    ),
  );
  return "attempt" in second ? "kept" : second.outcome;
}

/**
 * Under the booking's lock: cancels it when it is due and no attempt is open, except the one that WeChat has just
 * called closed. Answers the open attempt when WeChat has to be asked first.
 */
async function cancelIfFree(
  tx: Tx,
  deps: PaymentDeps,
  bookingNo: string,
  closed: { attempt: Attempt; tradeState: string } | null,
): Promise<{ outcome: CloseOutcome } | { attempt: Attempt }> {
  const booking = await lockBooking(tx, bookingNo);
  if (!booking) return { outcome: "nothing_to_do" };
  if (booking.status !== "pending_payment")
    return { outcome: closed && booking.status === "confirmed" ? "paid" : "nothing_to_do" };
  const now = deps.clock.now();
  if (closed)
    await tx.payment.updateMany({
      where: { id: closed.attempt.id, status: "open" },
      data: { status: "closed", tradeState: closed.tradeState, nextSyncAt: null, updatedAt: now },
    });
  const open = await tx.payment.findFirst({
    where: { bookingId: booking.id, status: "open" },
    select: attemptColumns,
  });
  const dueAt = closeDueAt(booking, open);
  if (now < dueAt) {
    // The job came at the end of the hold, before WeChat allows a close; it comes again when it may.
    if (now >= closeDueAt(booking, null))
      await recordJob(tx, deps, "booking.close-unpaid", bookingNo, { bookingNo }, dueAt);
    return { outcome: "kept" };
  }
  if (open) return { attempt: open };
  await cancelBooking(tx, deps, booking, booking.closingAt ? "by_guest" : "expired", actorOf(booking));
  return { outcome: "cancelled" };
}

function actorOf(booking: Booking): Actor {
  return booking.closingAt ? { kind: "guest", userId: booking.userId } : { kind: "system" };
}

/** An attempt that WeChat does not know yet counts as closed at a known time; for anything else there is the sweep. */
async function comeBack(
  deps: PaymentDeps,
  bookingNo: string,
  attempt: Attempt,
  tradeState: string,
): Promise<void> {
  if (tradeState !== "") return;
  await recordJob(
    deps.db,
    deps,
    "booking.close-unpaid",
    bookingNo,
    { bookingNo },
    unknownIsClosedAt(attempt),
  );
}

/** Closes what its delayed job missed. @returns how many bookings were looked at */
export async function sweepUnpaidBookings(deps: PaymentDeps): Promise<number> {
  const due = await deps.db.booking.findMany({
    where: {
      status: "pending_payment",
      OR: [{ expiresAt: { lte: deps.clock.now() } }, { closingAt: { not: null } }],
    },
    orderBy: { expiresAt: "asc" },
    take: 200,
    select: { bookingNo: true },
  });
  return sweepOver(due, ({ bookingNo }) => closeUnpaidBooking(deps, { bookingNo }));
}
