import { poolOf, sqlStateOf } from "@looklook/db";
import { eventId } from "../shared";
import type { Trade } from "./gateway";
import { matchTrade, type PaymentDeps } from "./payment";

/** The notification that brought the trade; null when we asked ourselves. */
export interface NotificationRow {
  id: string;
  eventType: string;
  /** JSON text. */
  resource: string;
}

/**
 * What happens to nearly every payment, in one statement: an open attempt of a booking that waits for it is paid, the
 * booking is confirmed with its code, history and events, and the notification is noted as applied. All of it or
 * nothing: the first step locks booking and attempt and sees their newest versions, and everything else hangs on it.
 * `confirmBooking` does the same step by step for all other cases; a test holds the two against each other.
 * @returns false when this is not the ordinary case, with nothing changed
 */
export async function applyOrdinaryPayment(
  deps: PaymentDeps,
  trade: Trade,
  actorKind: "wechat" | "system",
  notification: NotificationRow | null,
): Promise<boolean> {
  const { clock, codes, random } = deps;
  // The booking's number, given along with the order: the code is sealed for it before the statement can say it.
  const bookingNo = trade.attach;
  if (!bookingNo) return false;
  const now = clock.now();
  // Whether amount and openid are the attempt's is for the statement to see.
  const own = { amountFen: trade.totalFen ?? 0, openid: trade.payerOpenid ?? "", transactionId: null };
  const match = matchTrade(trade, own, deps.pay, now);
  if (!("paid" in match)) return false;
  const { paid } = match;

  const code = codes.create();
  const { hmac, keyId } = codes.hmac(code);
  const values = [
    paid.paymentNo,
    now,
    paid.transactionId,
    paid.tradeType,
    paid.payerTotalFen,
    paid.paidAt,
    hmac,
    keyId,
    codes.seal(code, bookingNo),
    // The unique key sees codes under the current pepper only; the current one comes first.
    codes.hmacs(code).slice(1),
    actorKind,
    bookingNo,
    paid.payerOpenid,
    deps.traceparent(),
    eventId(random, now),
    eventId(random, now),
    paid.totalFen,
  ];
  const statement = notification
    ? {
        name: "payment-apply-told",
        text: applyToldPayment,
        values: [...values, notification.id, notification.eventType, notification.resource],
      }
    : { name: "payment-apply", text: applyPayment, values };
  try {
    const confirmed = await poolOf(deps.db).query(statement);
    return confirmed.rowCount === 1;
  } catch (error) {
    // The code or the transaction's number is somebody else's: nothing was done, and the long way knows what to do.
    if (sqlStateOf(error) === "23505") return false;
    throw error;
  }
}

/**
 * `noted` says whether this is the first to hear of it; nothing happens for a notification that is there already.
 * `IS TRUE` keeps the planner from the partial indexes of pending bookings: on tables without statistics it takes a
 * walk through all of them for cheaper than the primary key.
 */
const applying = (noted: string) => `
  WITH locked AS (
    SELECT p.id AS payment_id, b.id AS booking_id FROM payment p JOIN booking b ON b.id = p.booking_id
    WHERE p.payment_no = $1 AND p.status = 'open' AND p.openid = $13 AND p.amount_fen = $17
      AND (b.booking_no = $12 AND b.status = 'pending_payment') IS TRUE
      -- Money that stands in a case has to leave it, too.
      AND NOT EXISTS (SELECT 1 FROM operator_case
        WHERE kind = 'payment_mismatch' AND subject = $3 AND status = 'open')
      AND NOT EXISTS (SELECT 1 FROM unnest($10::bytea[]) AS older (hmac), LATERAL (
        SELECT 1 FROM booking other WHERE other.merchant_id = b.merchant_id AND other.code_hmac = older.hmac LIMIT 1) taken)
    FOR UPDATE OF b, p
  ), noted AS (${noted}
  ), paid AS (
    UPDATE payment SET status = 'succeeded', transaction_id = $3, trade_type = $4, trade_state = 'SUCCESS',
      payer_total_fen = $5, paid_at = $6, next_sync_at = NULL, updated_at = $2
    FROM locked, noted WHERE payment.id = locked.payment_id
  ), confirmed AS (
    UPDATE booking SET status = 'confirmed', code_hmac = $7, code_hmac_key_id = $8, code_sealed = $9,
      was_paid = true, paid_at = $6, confirmed_at = $2, closing_at = NULL, version = version + 1, updated_at = $2
    FROM locked, noted WHERE booking.id = locked.booking_id
    RETURNING booking.id, booking.merchant_id, booking.listing_id
  ), history AS (
    INSERT INTO booking_transition (booking_id, "from", "to", actor_kind, reason, at)
    SELECT id, 'pending_payment', 'confirmed', $11::actor_kind, '', $2 FROM confirmed
  ), told AS (
    INSERT INTO outbox (id, kind, name, key, payload, traceparent, created_at)
    SELECT event.id, 'event', event.name, $12, jsonb_build_object('bookingNo', $12::text, 'merchantId', merchant_id,
      'listingId', listing_id, 'paymentNo', $1::text, 'amountFen', $17::int), $14, $2
    FROM confirmed, (VALUES (1, $15::uuid, 'payment.succeeded'), (2, $16::uuid, 'booking.confirmed')) AS event (place, id, name)
    ORDER BY event.place
  )
  SELECT id FROM confirmed`;

const applyPayment = applying("SELECT FROM locked");
const applyToldPayment = applying(`
    INSERT INTO payment_notification (id, event_type, resource, received_at, applied_at, outcome)
    SELECT $18, $19, $20::jsonb, $2, $2, 'applied' FROM locked
    ON CONFLICT (id) DO NOTHING RETURNING id`);
