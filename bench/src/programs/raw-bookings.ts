import { randomUUID } from "node:crypto";
import pg from "pg";
import type { BookingsWanted } from "./bookings-wanted";
import { serve, timeAll } from "./serve";

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_CONNECTIONS_MAX),
  // As our own pool: no statement may run for ever.
  statement_timeout: 10_000,
});
let count = 0;

const readNights = {
  name: "read-nights",
  text: `
    SELECT n.price_fen, n.closed, n.total - n.sold AS free, l.meal_price_fen, m.hold_minutes
    FROM listing_night n JOIN listing l ON l.id = n.listing_id JOIN merchant m ON m.id = l.merchant_id
    WHERE n.listing_id = $1 AND n.night >= $2::date AND n.night < $3::date
    ORDER BY n.night FOR UPDATE OF n`,
};
const write = {
  name: "write-booking",
  text: `
    WITH taken AS (
      UPDATE listing_night SET sold = sold + 1
      WHERE listing_id = $1 AND night >= $2::date AND night < $3::date AND NOT closed AND sold < total
      RETURNING night, price_fen
    ), created AS (
      INSERT INTO booking (booking_no, user_id, listing_id, merchant_id, host_user_id, title, title_en, sub_title,
        cover, info, meal_info, guests_max, pricing, nightly_price_fen, meal_price_fen, market_price_fen, time_zone,
        check_in_date, check_out_date, guests, with_meals, room_total_fen, meal_total_fen, total_fen, remark,
        expires_at, created_at, updated_at)
      SELECT $4, $5, l.id, l.merchant_id, m.owner_user_id, l.title, l.title_en, l.sub_title,
        coalesce(l.pictures[1], ''), l.info, l.meal_info, l.guests_max, l.pricing, l.nightly_price_fen,
        l.meal_price_fen, l.market_price_fen, l.time_zone, $2::date, $3::date, 2, true, $6::int, $7::int,
        $6::int + $7::int, '', $8, $9, $9
      FROM listing l JOIN merchant m ON m.id = l.merchant_id WHERE l.id = $1
      RETURNING id
    ), priced AS (
      INSERT INTO booking_night (booking_id, night, price_fen)
      SELECT created.id, taken.night, taken.price_fen FROM created, taken
    ), moved AS (
      INSERT INTO booking_transition (booking_id, "to", actor_kind, actor_id, at)
      SELECT id, 'pending_payment', 'guest', $5, $9 FROM created
    )
    INSERT INTO outbox (id, kind, name, key, payload, run_at, created_at) VALUES
      ($10, 'event', 'booking.created', $4, $11, NULL, $9),
      ($12, 'job', 'booking.close-unpaid', $4, $13, $8, $9)`,
};

const writes = {
  nights: {
    name: "take-nights",
    text: `UPDATE listing_night SET sold = sold + 1
      WHERE listing_id = $1 AND night >= $2::date AND night < $3::date AND NOT closed AND sold < total`,
  },
  booking: {
    name: "insert-booking",
    text: `
      INSERT INTO booking (booking_no, user_id, listing_id, merchant_id, host_user_id, title, title_en, sub_title,
        cover, info, meal_info, guests_max, pricing, nightly_price_fen, meal_price_fen, market_price_fen, time_zone,
        check_in_date, check_out_date, guests, with_meals, room_total_fen, meal_total_fen, total_fen, remark,
        expires_at, created_at, updated_at)
      SELECT $4, $5, l.id, l.merchant_id, m.owner_user_id, l.title, l.title_en, l.sub_title,
        coalesce(l.pictures[1], ''), l.info, l.meal_info, l.guests_max, l.pricing, l.nightly_price_fen,
        l.meal_price_fen, l.market_price_fen, l.time_zone, $2::date, $3::date, 2, true, $6::int, $7::int,
        $6::int + $7::int, '', $8, $9, $9
      FROM listing l JOIN merchant m ON m.id = l.merchant_id WHERE l.id = $1
      RETURNING id`,
  },
  bookingNights: {
    name: "insert-booking-nights",
    text: `INSERT INTO booking_night (booking_id, night, price_fen)
      SELECT $4, night, price_fen FROM listing_night
      WHERE listing_id = $1 AND night >= $2::date AND night < $3::date`,
  },
  transition: {
    name: "insert-transition",
    text: `INSERT INTO booking_transition (booking_id, "to", actor_kind, actor_id, at)
      VALUES ($1, 'pending_payment', 'guest', $2, $3)`,
  },
  outbox: {
    name: "insert-outbox",
    text: `INSERT INTO outbox (id, kind, name, key, payload, run_at, created_at) VALUES
      ($1, 'event', 'booking.created', $2, $3, NULL, $4), ($5, 'job', 'booking.close-unpaid', $2, $6, $7, $4)`,
  },
};

type Booking = BookingsWanted["bookings"][number];
type Facts = Awaited<ReturnType<typeof lockNights>>;

/** Locks the nights and works out what they cost. */
async function lockNights(client: pg.PoolClient, { listingId, checkInDate, checkOutDate }: Booking) {
  const { rows } = await client.query(readNights, [listingId, checkInDate, checkOutDate]);
  if (rows.some(({ closed, free }) => closed || free < 1)) throw new Error("the nights are taken");
  const now = new Date();
  const expiresAt = new Date(now.getTime() + rows[0].hold_minutes * 60_000);
  count += 1;
  const bookingNo = `HSO${now.toISOString().replace(/\D/g, "").slice(0, 14)}${String(count).padStart(8, "0")}`;
  return {
    roomFen: rows.reduce((sum, { price_fen }) => sum + price_fen, 0) as number,
    mealFen: (rows[0].meal_price_fen * 2 * rows.length) as number,
    now,
    expiresAt,
    bookingNo,
    created: JSON.stringify({ bookingNo, listingId, expiresAt }),
    close: JSON.stringify({ bookingNo }),
  };
}

/** All rows in one statement: as few trips as there can be. */
async function writeAtOnce(client: pg.PoolClient, booking: Booking, facts: Facts): Promise<void> {
  const { listingId, checkInDate, checkOutDate, userId } = booking;
  const { bookingNo, roomFen, mealFen, expiresAt, now, created, close } = facts;
  await client.query(write, [
    ...[listingId, checkInDate, checkOutDate, bookingNo, userId, roomFen, mealFen, expiresAt, now],
    ...[randomUUID(), created, randomUUID(), close],
  ]);
}

/** A statement for each table. */
async function writeTableByTable(client: pg.PoolClient, booking: Booking, facts: Facts): Promise<void> {
  const { listingId, checkInDate, checkOutDate, userId } = booking;
  const { bookingNo, roomFen, mealFen, expiresAt, now, created, close } = facts;
  const stay = [listingId, checkInDate, checkOutDate];
  await client.query(writes.nights, stay);
  const { rows } = await client.query(writes.booking, [
    ...stay,
    ...[bookingNo, userId, roomFen, mealFen, expiresAt, now],
  ]);
  const { id } = rows[0];
  await client.query(writes.bookingNights, [...stay, id]);
  await client.query(writes.transition, [id, userId, now]);
  await client.query(writes.outbox, [
    ...[randomUUID(), bookingNo, created, now],
    ...[randomUUID(), close, expiresAt],
  ]);
}

async function bookOne(booking: Booking, write: typeof writeAtOnce): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await write(client, booking, await lockNights(client, booking));
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

function book({ bookings, concurrency, way }: BookingsWanted & { way: "at once" | "table by table" }) {
  const write = way === "at once" ? writeAtOnce : writeTableByTable;
  return timeAll(bookings, concurrency, (booking) => bookOne(booking, write));
}

serve({ book });
