import { addDays, dayOf } from "@looklook/core";
import { callbackPath } from "@looklook/wechat";
import type { Pair, Side } from "../compare";
import { askOnceEach } from "../http-load";
import type { Size } from "../options";
import type { Stage } from "../stage";
import { signedCallback } from "../wechat-callback";
import { newUsers } from "./users";

/** Callbacks that WeChat has under way to us at the same time. */
const concurrency = 16;
const amountFen = 60_000;

/** A paid booking from WeChat's bytes to the committed rows, against one statement that writes the same rows. */
export async function callbackPairs(stage: Stage, size: Size): Promise<Pair[]> {
  const api = await stage.api();
  const our = stage.program("our-callbacks");
  const bare = stage.program("raw-callbacks");
  const book = await bookingsAwaitingMoney(stage);
  const ours: string[] = [];
  const overHttp: string[] = [];
  const raw: string[] = [];
  async function due(told: string[]) {
    const due = await book(size.callbacks);
    told.push(...due.map(({ bookingNo }) => bookingNo));
    return due;
  }
  const sign = (payment: AwaitedPayment) => signedCallback(stage.wechatKeys, payment);
  const baseline: Side = {
    pids: [bare.pid, stage.pids.postgres],
    async round() {
      const payments = (await due(raw)).map((payment) => ({
        ...payment,
        resource: JSON.stringify({ kind: "payment", trade: sign(payment).trade }),
        payload: JSON.stringify(payment),
      }));
      const seconds = await bare.call<number>("receive", { payments, concurrency });
      return { count: payments.length, seconds };
    },
  };
  const shared = { baselineName: "one SQL statement", unit: "callbacks", baseline };
  return [
    {
      ...shared,
      name: "WeChat callback: use case",
      goal: 0.5,
      ours: {
        pids: [our.pid, stage.pids.postgres],
        async round() {
          const callbacks = (await due(ours)).map(sign).map(({ headers, body }) => ({ headers, body }));
          const seconds = await our.call<number>("receive", { callbacks, concurrency });
          return { count: callbacks.length, seconds };
        },
      },
      check: () => haveSameRows(stage, ours, raw),
    },
    {
      ...shared,
      name: "WeChat callback: over HTTP",
      goal: null,
      ours: {
        pids: [api.pid, stage.pids.postgres],
        async round() {
          const callbacks = (await due(overHttp)).map(sign);
          const asks = callbacks.map(({ headers, body }) => ({
            method: "POST" as const,
            path: callbackPath,
            headers,
            body,
          }));
          return askOnceEach(api.origin, asks, concurrency);
        },
      },
      check: () => haveSameRows(stage, overHttp, raw),
    },
  ];
}

export interface AwaitedPayment {
  bookingNo: string;
  paymentNo: string;
  merchantId: number;
  listingId: number;
  openid: string;
  amountFen: number;
  transactionId: string;
  notificationId: string;
}

/** Makes bookings with an open payment by the hundred. What they sold is no part of what a payment changes. */
async function bookingsAwaitingMoney(stage: Stage) {
  const { pool, given } = stage.world;
  const { listingId, merchantId } = await given.listing();
  const [userId] = await newUsers(stage, 1);
  const checkInDate = addDays(dayOf(new Date(), "Asia/Shanghai"), 30);
  let made = 0;
  return async (count: number): Promise<AwaitedPayment[]> => {
    const payments = Array.from({ length: count }, (_, n) => {
      const number = String(made + n).padStart(22, "0");
      return {
        bookingNo: `HSO${number}`,
        paymentNo: `PMT${number}`,
        merchantId,
        listingId,
        openid: `o-bench-${number}`,
        amountFen,
        transactionId: `420000${number}`,
        notificationId: `bench-${number}`,
      };
    });
    made += count;
    await pool.query(
      `WITH wanted AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS w (booking_no, payment_no, openid)
       ), created AS (
         INSERT INTO booking (booking_no, user_id, listing_id, merchant_id, host_user_id, title, guests_max, pricing,
           nightly_price_fen, meal_price_fen, market_price_fen, time_zone, check_in_date, check_out_date, guests,
           with_meals, room_total_fen, meal_total_fen, total_fen, expires_at, created_at, updated_at)
         SELECT wanted.booking_no, $4, l.id, l.merchant_id, $4, l.title, l.guests_max, l.pricing, l.nightly_price_fen,
           l.meal_price_fen, l.market_price_fen, l.time_zone, $5::date, $5::date + 2, 2, false, $6, 0, $6, $7, $8, $8
         FROM wanted, listing l WHERE l.id = $9
         RETURNING id, booking_no
       )
       INSERT INTO payment (payment_no, booking_id, user_id, openid, amount_fen, prepay_id, prepaid_at, time_expire_at,
         next_sync_at, created_at, updated_at)
       SELECT wanted.payment_no, created.id, $4, wanted.openid, $6, 'wx-' || wanted.payment_no, $8, $7, $7, $8, $8
       FROM wanted JOIN created USING (booking_no)`,
      [
        payments.map(({ bookingNo }) => bookingNo),
        payments.map(({ paymentNo }) => paymentNo),
        payments.map(({ openid }) => openid),
        userId,
        checkInDate,
        amountFen,
        new Date(Date.now() + 30 * 60_000),
        new Date(),
        listingId,
      ],
    );
    return payments;
  };
}

/** Both sides have left each booking confirmed with as many rows. */
async function haveSameRows({ world }: Stage, ...sides: string[][]): Promise<void> {
  const each = [];
  for (const bookingNos of sides) {
    const { rows } = await world.pool.query(
      `WITH b AS (SELECT id, booking_no FROM booking
         WHERE booking_no = ANY($1) AND status = 'confirmed' AND code_hmac IS NOT NULL)
       SELECT (SELECT count(*) FROM b) AS confirmed,
         (SELECT count(*) FROM payment WHERE booking_id IN (SELECT id FROM b) AND status = 'succeeded') AS paid,
         (SELECT count(*) FROM booking_transition WHERE booking_id IN (SELECT id FROM b)) AS transitions,
         (SELECT count(*) FROM outbox WHERE key IN (SELECT booking_no FROM b)) AS outbox,
         (SELECT count(*) FROM payment_notification WHERE outcome = 'applied'
            AND resource -> 'trade' ->> 'paymentNo' = ANY(SELECT replace(booking_no, 'HSO', 'PMT') FROM b)) AS noted`,
      [bookingNos],
    );
    const counts = Object.entries(rows[0] as Record<string, string>);
    each.push(JSON.stringify(counts.map(([what, count]) => [what, Number(count) / bookingNos.length])));
  }
  if (new Set(each).size !== 1) throw new Error(`the two sides wrote different rows: ${each.join(" and ")}`);
}
