import { type GivenBooking, testWorld, type World } from "@looklook/testing";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/**
 * What Prisma's schema cannot say and its drift check cannot see. Each is here twice: by its name, so that a new or a
 * lost one fails, and by a statement that it must refuse.
 */
let world: World;
let booking: GivenBooking;
let paymentId: number;
beforeAll(async () => {
  world = await testWorld();
  const given = await world.given.checkedInBooking();
  booking = given;
  const payment = await world.db.payment.findFirstOrThrow({ where: { bookingId: given.id } });
  paymentId = Number(payment.id);
});
afterAll(() => world.drop());

const refusalOf = async (sql: string, values: unknown[] = []) => {
  const outcome = await world.pool.query(sql, values).then(
    ({ rowCount }) => `changed ${rowCount} rows`,
    (error: pg.DatabaseError) => ({
      state: error.code,
      constraint: error.constraint,
      message: error.message,
    }),
  );
  return outcome;
};

describe("CHECKs", () => {
  const onNight = "WHERE listing_id = $1 AND night = '2025-05-01'";
  const onBooking = "WHERE id = $1";
  const violations: Record<string, (() => [string, unknown[]])[]> = {
    listing_night_sold_check: [
      () => [`UPDATE listing_night SET sold = total + 1 ${onNight}`, [booking.listingId]],
      () => [`UPDATE listing_night SET sold = -1 ${onNight}`, [booking.listingId]],
      // A merchant who takes a sold room off the calendar.
      () => [`UPDATE listing_night SET total = 0 ${onNight}`, [booking.listingId]],
    ],
    listing_night_price_check: [
      () => [`UPDATE listing_night SET price_fen = -1 ${onNight}`, [booking.listingId]],
    ],
    listing_amounts_check: [
      "nightly_price_fen = -1",
      "weekend_price_fen = -1",
      "meal_price_fen = -1",
      "market_price_fen = -1",
      "units = -1",
      "guests_max = 0",
    ].map((change) => () => [`UPDATE listing SET ${change} WHERE id = $1`, [booking.listingId]]),
    merchant_hold_minutes_check: ["0", "121"].map((minutes) => () => [
      `UPDATE merchant SET hold_minutes = ${minutes} WHERE id = $1`,
      [booking.merchantId],
    ]),
    booking_total_check: [
      "total_fen = total_fen + 1",
      "room_total_fen = -1, meal_total_fen = total_fen + 1",
      "meal_total_fen = -1, room_total_fen = total_fen + 1",
    ].map((change) => () => [`UPDATE booking SET ${change} ${onBooking}`, [booking.id]]),
    booking_stay_check: ["check_out_date = check_in_date", "guests = 0"].map((change) => () => [
      `UPDATE booking SET ${change} ${onBooking}`,
      [booking.id],
    ]),
    booking_code_check: [
      "code_hmac = NULL",
      "code_sealed = NULL",
      "status = 'confirmed', code_hmac = NULL",
      // A code before the money.
      "status = 'pending_payment'",
    ].map((change) => () => [`UPDATE booking SET ${change} ${onBooking}`, [booking.id]]),
    booking_cancel_check: ["status = 'cancelled'", "cancel_reason = 'expired'"].map((change) => () => [
      `UPDATE booking SET ${change} ${onBooking}`,
      [booking.id],
    ]),
    payment_amount_check: ["amount_fen = 0", "refunded_fen = -1", "refunded_fen = amount_fen + 1"].map(
      (change) => () => [`UPDATE payment SET ${change} WHERE id = $1`, [paymentId]],
    ),
    payment_succeeded_check: ["transaction_id = NULL", "paid_at = NULL", "status = 'closed'"].map(
      (change) => () => [`UPDATE payment SET ${change} WHERE id = $1`, [paymentId]],
    ),
    refund_amount_check: [
      () => [
        `INSERT INTO refund (refund_no, payment_id, booking_id, amount_fen, reason, requested_at)
         VALUES ('RFD', $1, $2, 0, 'cancellation', '2025-05-01Z')`,
        [paymentId, booking.id],
      ],
    ],
    favourite_target_check: [
      () => ["INSERT INTO favourite (user_id, created_at) VALUES ($1, '2025-05-01Z')", [booking.userId]],
      () => [
        "INSERT INTO favourite (user_id, listing_id, merchant_id, created_at) VALUES ($1, $2, $3, '2025-05-01Z')",
        [booking.userId, booking.listingId, booking.merchantId],
      ],
    ],
    review_ratings_check: [
      [0, 5, 5, 5],
      [5, 6, 5, 5],
      [5, 5, 0, 5],
      [5, 5, 5, 6],
    ].map((ratings) => () => [
      `INSERT INTO review (booking_id, listing_id, merchant_id, user_id, content, cleanliness, location, service, value, created_at)
       VALUES ($1, $2, $3, $4, '好', $5, $6, $7, $8, '2025-05-01Z')`,
      [booking.id, booking.listingId, booking.merchantId, booking.userId, ...ratings],
    ]),
    console_user_email_check: [
      () => [
        "UPDATE console_user SET email = 'Desk@example.com' WHERE id = $1",
        [booking.actor.consoleUserId],
      ],
    ],
  };

  test("are these, no more and no fewer", async () => {
    const { rows } = await world.pool.query(
      "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND convalidated",
    );
    expect(rows.map(({ conname }) => conname).sort()).toEqual(Object.keys(violations).sort());
  });

  test.each(
    Object.entries(violations).flatMap(([name, statements]) =>
      statements.map((statement, nth) => ({ name, nth: nth + 1, statement })),
    ),
  )("$name refuses ($nth)", async ({ name, statement }) => {
    expect(await refusalOf(...statement())).toMatchObject({ state: "23514", constraint: name });
  });
});

describe("partial indexes", () => {
  /** Its definition, and a query that it serves. */
  const indexes: Record<string, [string, string]> = {
    booking_pending_expires_at_idx: [
      "CREATE INDEX booking_pending_expires_at_idx ON public.booking USING btree (expires_at) WHERE (status = 'pending_payment'::booking_status)",
      "SELECT id FROM booking WHERE status = 'pending_payment' AND expires_at < '2025-05-01Z' ORDER BY expires_at",
    ],
    booking_pending_user_id_idx: [
      "CREATE INDEX booking_pending_user_id_idx ON public.booking USING btree (user_id) WHERE (status = 'pending_payment'::booking_status)",
      "SELECT count(*) FROM booking WHERE status = 'pending_payment' AND user_id = 1",
    ],
    payment_open_booking_id_key: [
      "CREATE UNIQUE INDEX payment_open_booking_id_key ON public.payment USING btree (booking_id) WHERE (status = 'open'::payment_status)",
      "SELECT id FROM payment WHERE status = 'open' AND booking_id = 1",
    ],
    payment_notification_unapplied_idx: [
      "CREATE INDEX payment_notification_unapplied_idx ON public.payment_notification USING btree (received_at) WHERE (applied_at IS NULL)",
      "SELECT id FROM payment_notification WHERE applied_at IS NULL AND received_at < '2025-05-01Z'",
    ],
    outbox_unpublished_idx: [
      "CREATE INDEX outbox_unpublished_idx ON public.outbox USING btree (seq) WHERE (published_at IS NULL)",
      "SELECT seq FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 100",
    ],
    guest_message_due_idx: [
      "CREATE INDEX guest_message_due_idx ON public.guest_message USING btree (next_try_at) WHERE (status = ANY (ARRAY['pending'::message_status, 'sending'::message_status]))",
      "SELECT id FROM guest_message WHERE status IN ('pending', 'sending') AND next_try_at < '2025-05-01Z'",
    ],
    fulfilment_upload_due_idx: [
      "CREATE INDEX fulfilment_upload_due_idx ON public.fulfilment_upload USING btree (next_try_at) WHERE (status = 'pending'::fulfilment_status)",
      "SELECT booking_id FROM fulfilment_upload WHERE status = 'pending' AND next_try_at < '2025-05-01Z'",
    ],
  };

  test("are these, word for word", async () => {
    const { rows } = await world.pool.query(
      `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
       JOIN pg_class ON pg_class.oid = indexrelid
       WHERE indpred IS NOT NULL AND indisvalid AND relnamespace = 'public'::regnamespace`,
    );
    const found = Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
    expect(found).toEqual(
      Object.fromEntries(Object.entries(indexes).map(([name, [definition]]) => [name, definition])),
    );
  });

  test.each(Object.entries(indexes))("%s serves its query", async (name, [, query]) => {
    const client = await world.pool.connect();
    try {
      await client.query("BEGIN");
      // On tables of a few rows a scan is always cheaper.
      await client.query("SET LOCAL enable_seqscan = off");
      await client.query("SET LOCAL enable_sort = off");
      const { rows } = await client.query(`EXPLAIN ${query}`);
      expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain(name);
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
  });

  test("a booking has one open payment at most, and as many closed ones as it takes", async () => {
    const open = (no: string, status: string) =>
      refusalOf(
        `INSERT INTO payment (payment_no, booking_id, user_id, openid, amount_fen, status, time_expire_at, created_at, updated_at)
         VALUES ($1, $2, $3, 'o', 1, $4::payment_status, '2025-05-01Z', '2025-05-01Z', '2025-05-01Z')`,
        [no, booking.id, booking.userId, status],
      );
    expect(await open("PMT1", "open")).toBe("changed 1 rows");
    expect(await open("PMT2", "open")).toMatchObject({
      state: "23505",
      constraint: "payment_open_booking_id_key",
    });
    expect(await open("PMT3", "closed")).toBe("changed 1 rows");
    expect(await open("PMT4", "closed")).toBe("changed 1 rows");
  });
});

describe("triggers", () => {
  test("are these, no more and no fewer, and switched on", async () => {
    const { rows } = await world.pool.query(
      `SELECT tgname, tgrelid::regclass::text AS "table" FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'`,
    );
    expect(rows.sort((a, b) => a.tgname.localeCompare(b.tgname))).toEqual([
      { tgname: "audit_append_only", table: "audit" },
      { tgname: "booking_transition_append_only", table: "booking_transition" },
    ]);
  });

  test.each([
    ["audit", "UPDATE audit SET action = 'nothing happened'"],
    ["audit", "DELETE FROM audit"],
    ["booking_transition", "UPDATE booking_transition SET reason = 'a better one'"],
    ["booking_transition", "DELETE FROM booking_transition"],
  ])("%s is written once: %s", async (table, sql) => {
    expect(await refusalOf(sql)).toMatchObject({ state: "23000", message: `${table} is append only` });
  });
});

test("no column fills itself with the server's time: the clock is a parameter", async () => {
  const { rows } = await world.pool.query(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_default IS NOT NULL AND column_default ~* 'now\\(|current_|clock_'`,
  );
  expect(rows).toEqual([]);
});
