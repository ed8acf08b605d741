import { Prisma } from "@looklook/db";
import { eventId } from "../shared";
import type { Trade } from "./gateway";
import { matchTrade, type PaymentDeps } from "./payment";

interface AttemptWithBooking {
  booking_id: bigint;
  booking_no: string;
  merchant_id: bigint;
  listing_id: bigint;
  openid: string;
  amount_fen: number;
}

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
  const { db, clock, codes, random } = deps;
  const [attempt] = await db.$queryRaw<AttemptWithBooking[]>`
    SELECT p.booking_id, b.booking_no, b.merchant_id, b.listing_id, p.openid, p.amount_fen
    FROM payment p JOIN booking b ON b.id = p.booking_id
    WHERE p.payment_no = ${trade.paymentNo} AND p.status = 'open' AND b.status = 'pending_payment'
      -- Money that stands in a case has to leave it, too.
      AND NOT EXISTS (SELECT 1 FROM operator_case
        WHERE kind = 'payment_mismatch' AND subject = ${trade.transactionId} AND status = 'open')`;
  if (!attempt) return false;

  const now = clock.now();
  const match = matchTrade(
    trade,
    { amountFen: attempt.amount_fen, openid: attempt.openid, transactionId: null },
    deps.pay,
    now,
  );
  if (!("paid" in match)) return false;
  const { paid } = match;

  const code = codes.create();
  const { hmac, keyId } = codes.hmac(code);
  const facts = {
    bookingNo: attempt.booking_no,
    merchantId: Number(attempt.merchant_id),
    listingId: Number(attempt.listing_id),
    paymentNo: paid.paymentNo,
    amountFen: paid.totalFen,
  };
  const payload = JSON.stringify(facts);
  const traceparent = deps.traceparent();
  const noted = notification
    ? Prisma.sql`
      INSERT INTO payment_notification (id, event_type, resource, received_at, applied_at, outcome)
      SELECT ${notification.id}, ${notification.eventType}, ${notification.resource}::jsonb,
        ${now}::timestamptz, ${now}::timestamptz, 'applied' FROM locked
      ON CONFLICT (id) DO NOTHING RETURNING id`
    : Prisma.sql`SELECT booking_id FROM locked`;

  const confirmed = await db.$queryRaw<{ id: bigint }[]>`
    WITH locked AS (
      SELECT p.id AS payment_id, b.id AS booking_id FROM payment p JOIN booking b ON b.id = p.booking_id
      WHERE p.payment_no = ${trade.paymentNo} AND p.status = 'open' AND b.status = 'pending_payment'
        AND NOT EXISTS (SELECT 1 FROM booking other WHERE other.merchant_id = b.merchant_id
          AND other.code_hmac = ANY(${codes.hmacs(code).map((bytes) => new Uint8Array(bytes))}::bytea[]))
      FOR UPDATE OF b, p
    ), noted AS (${noted}
    ), paid AS (
      UPDATE payment SET status = 'succeeded', transaction_id = ${paid.transactionId}, trade_type = ${paid.tradeType},
        trade_state = 'SUCCESS', payer_total_fen = ${paid.payerTotalFen}::int, paid_at = ${paid.paidAt}::timestamptz,
        next_sync_at = NULL, updated_at = ${now}::timestamptz
      FROM locked, noted WHERE payment.id = locked.payment_id
    ), confirmed AS (
      UPDATE booking SET status = 'confirmed', code_hmac = ${new Uint8Array(hmac)}::bytea, code_hmac_key_id = ${keyId},
        code_sealed = ${codes.seal(code, facts.bookingNo)}, was_paid = true, paid_at = ${paid.paidAt}::timestamptz,
        confirmed_at = ${now}::timestamptz, closing_at = NULL, version = version + 1, updated_at = ${now}::timestamptz
      FROM locked, noted WHERE booking.id = locked.booking_id RETURNING booking.id
    ), history AS (
      INSERT INTO booking_transition (booking_id, "from", "to", actor_kind, reason, at)
      SELECT id, 'pending_payment', 'confirmed', ${actorKind}::actor_kind, '', ${now}::timestamptz FROM confirmed
    ), told AS (
      INSERT INTO outbox (id, kind, name, key, payload, traceparent, created_at)
      SELECT event.id::uuid, 'event', event.name, ${facts.bookingNo}, ${payload}::jsonb, ${traceparent}, ${now}::timestamptz
      FROM confirmed, (VALUES (1, ${eventId(random, now)}, 'payment.succeeded'), (2, ${eventId(random, now)}, 'booking.confirmed'))
        AS event (place, id, name)
      ORDER BY event.place
    )
    SELECT id FROM confirmed`;
  return confirmed.length === 1;
}
