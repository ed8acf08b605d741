import { randomBytes, randomUUID } from "node:crypto";
import pg from "pg";
import { serve, timeAll } from "./serve";

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_CONNECTIONS_MAX),
  // As our own pool: no statement may run for ever.
  statement_timeout: 10_000,
});

/** What a payment leaves behind, ready to be written. */
interface Paid {
  paymentNo: string;
  bookingNo: string;
  transactionId: string;
  amountFen: number;
  notificationId: string;
  /** JSON text. */
  resource: string;
  payload: string;
}

const write = {
  name: "write-payment",
  text: `
    WITH locked AS (
      SELECT p.id AS payment_id, b.id AS booking_id FROM payment p JOIN booking b ON b.id = p.booking_id
      WHERE p.payment_no = $1 AND p.status = 'open' AND b.status = 'pending_payment'
      FOR UPDATE OF b, p
    ), noted AS (
      INSERT INTO payment_notification (id, event_type, resource, received_at, applied_at, outcome)
      SELECT $2, 'TRANSACTION.SUCCESS', $3, $4, $4, 'applied' FROM locked
    ), paid AS (
      UPDATE payment SET status = 'succeeded', transaction_id = $5, trade_type = 'JSAPI', trade_state = 'SUCCESS',
        payer_total_fen = $6, paid_at = $4, next_sync_at = NULL, updated_at = $4
      FROM locked WHERE payment.id = locked.payment_id
    ), confirmed AS (
      UPDATE booking SET status = 'confirmed', code_hmac = $7, code_hmac_key_id = 'k1', code_sealed = $8,
        was_paid = true, paid_at = $4, confirmed_at = $4, closing_at = NULL, version = version + 1, updated_at = $4
      FROM locked WHERE booking.id = locked.booking_id RETURNING booking.id
    ), history AS (
      INSERT INTO booking_transition (booking_id, "from", "to", actor_kind, reason, at)
      SELECT id, 'pending_payment', 'confirmed', 'wechat', '', $4 FROM confirmed
    )
    INSERT INTO outbox (id, kind, name, key, payload, created_at) VALUES
      ($9, 'event', 'payment.succeeded', $10, $11, $4), ($12, 'event', 'booking.confirmed', $10, $11, $4)`,
};

/** All of it in one statement, which is a transaction of its own. */
async function apply(paid: Paid): Promise<void> {
  const now = new Date();
  const { rowCount } = await pool.query(write, [
    paid.paymentNo,
    paid.notificationId,
    paid.resource,
    now,
    paid.transactionId,
    paid.amountFen,
    randomBytes(32),
    randomBytes(48).toString("base64"),
    randomUUID(),
    paid.bookingNo,
    paid.payload,
    randomUUID(),
  ]);
  if (rowCount !== 2) throw new Error("a payment was not applied");
}

const receive = ({ payments, concurrency }: { payments: Paid[]; concurrency: number }) =>
  timeAll(payments, concurrency, apply);

serve({ receive });
