import { isUnavailable, type NotificationOutcome, type Tx } from "@looklook/db";
import { z } from "zod";
import { withRetry } from "../shared";
import { applyOrdinaryPayment, type NotificationRow } from "./apply-ordinary-payment";
import { applyTradeIn, lockBookingOf } from "./apply-trade";
import type { Notification } from "./gateway";
import type { PaymentDeps } from "./payment";
import { applyRefundIn } from "./refund";

/** All of them are answered with success; `stored` means that the sweep will apply it. */
export type NotificationAnswer = NotificationOutcome | "stored";

/**
 * Takes a verified notification: stored under WeChat's own id and applied, in one transaction; a repeat changes
 * nothing. What cannot be applied now is kept for the sweep, so that nothing depends on WeChat's patience.
 * @throws whatever the database throws when it is away: the answer is then 503 and WeChat repeats
 */
export async function receiveNotification(
  deps: PaymentDeps,
  notification: Notification,
): Promise<NotificationAnswer> {
  const row = rowOf(notification);
  try {
    return await applyNotification(deps, notification, row);
  } catch (error) {
    if (isUnavailable(error)) throw error;
    await deps.db.$executeRaw`
      INSERT INTO payment_notification (id, event_type, resource, received_at)
      VALUES (${row.id}, ${row.eventType}, ${row.resource}::jsonb, ${deps.clock.now()}::timestamptz)
      ON CONFLICT (id) DO NOTHING`;
    return "stored";
  }
}

/** Applies notifications that were stored and not applied, oldest first. @returns how many were applied */
export async function applyStoredNotifications(deps: PaymentDeps): Promise<number> {
  const stored = await deps.db.paymentNotification.findMany({
    where: { appliedAt: null },
    orderBy: { receivedAt: "asc" },
    take: 100,
    select: { id: true, eventType: true, resource: true },
  });
  const failures: unknown[] = [];
  for (const { id, eventType, resource } of stored) {
    try {
      const notification = StoredNotification.parse({ ...Object(resource), id, eventType });
      await applyNotification(deps, notification, rowOf(notification));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, "notifications could not be applied");
  return stored.length;
}

function applyNotification(
  deps: PaymentDeps,
  notification: Notification,
  row: NotificationRow,
): Promise<NotificationOutcome> {
  return withRetry(async () => {
    if (
      notification.kind === "payment" &&
      notification.trade.tradeState === "SUCCESS" &&
      (await applyOrdinaryPayment(deps, notification.trade, "wechat", row))
    )
      return "applied";
    return deps.db.$transaction((tx) => applyNotificationIn(tx, deps, notification, row));
  });
}

async function applyNotificationIn(
  tx: Tx,
  deps: PaymentDeps,
  notification: Notification,
  row: NotificationRow,
): Promise<NotificationOutcome> {
  const now = deps.clock.now();
  // The booking first, then the notification: the same order as the ordinary payment's statement.
  const paymentNo =
    notification.kind === "payment"
      ? notification.trade.paymentNo
      : notification.kind === "refund"
        ? notification.refund.paymentNo
        : null;
  const booking = paymentNo === null ? null : await lockBookingOf(tx, paymentNo);
  const [stored] = await tx.$queryRaw<{ applied_at: Date | null }[]>`
    INSERT INTO payment_notification AS known (id, event_type, resource, received_at)
    VALUES (${row.id}, ${row.eventType}, ${row.resource}::jsonb, ${now}::timestamptz)
    ON CONFLICT (id) DO UPDATE SET received_at = known.received_at RETURNING applied_at`;
  if (stored?.applied_at) return "repeated";

  const outcome =
    notification.kind === "payment"
      ? await applyTradeIn(tx, deps, notification.trade, booking, { kind: "wechat" })
      : notification.kind === "refund"
        ? await applyRefundIn(tx, deps, notification.refund, booking)
        : "ignored";
  await tx.$executeRaw`
    UPDATE payment_notification SET applied_at = ${now}::timestamptz, outcome = ${outcome}::notification_outcome
    WHERE id = ${row.id}`;
  return outcome;
}

function rowOf(notification: Notification): NotificationRow {
  const { id, eventType, ...resource } = notification;
  return { id, eventType, resource: JSON.stringify(resource) };
}

const instant = z.coerce.date().nullable();
/** What `rowOf` stored; we wrote it ourselves, so only the instants need to come back to life. */
const StoredNotification = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("payment"), trade: z.looseObject({ paidAt: instant }) }),
  z.looseObject({ kind: z.literal("refund"), refund: z.looseObject({ finishedAt: instant }) }),
  z.looseObject({ kind: z.literal("other") }),
]) as unknown as z.ZodType<Notification>;
