import { createHash } from "node:crypto";
import {
  type CreateBookingInput,
  type CreateBookingOutput,
  events,
  jobs,
  limits,
  type PricingKind,
} from "@looklook/contracts";
import { inTransaction, type PlainTx, sqlStateOf } from "@looklook/db";
import type { z } from "zod";
import { type NightOffer, nightsRefusal, priceOf, stayRefusal } from "../listing";
import {
  AppError,
  type Deps,
  daysBetween,
  eventId,
  fen,
  idOf,
  publicNumber,
  takePoint,
  today,
} from "../shared";

type Input = z.infer<typeof CreateBookingInput> & { userId: number };
type CreateDeps = Pick<Deps, "db" | "clock" | "random" | "limiter" | "traceparent">;

/** How often a booking number that somebody else has is drawn again: it repeats once in 10^8 of one second. */
const numberDrawsMax = 3;

/**
 * Takes the nights of a stay and holds them while the guest pays. The same request again, by its idempotency key or
 * by its content within `limits.doubleTapMs`, gets the first answer.
 * @throws AppError RATE_LIMITED with { retryAfterMs }
 * @throws AppError LISTING_NOT_FOUND | LISTING_OFF_SHELF | MERCHANT_CLOSED | STAY_IN_PAST | STAY_WITHOUT_NIGHTS |
 *   STAY_TOO_LONG | BOOKING_TOO_FAR | TOO_FEW_GUESTS | TOO_MANY_GUESTS | REMARK_TOO_LONG | TOO_MANY_OPEN_HOLDS |
 *   NIGHT_CLOSED | NIGHTS_TAKEN | IDEMPOTENCY_KEY_REUSED
 */
export async function createBooking(deps: CreateDeps, input: Input): Promise<CreateBookingOutput> {
  await takePoint(deps, "booking-create", String(input.userId));
  for (let draw = 1; ; draw += 1) {
    try {
      // One booking of a guest at a time: what a guest has already booked is counted in the first statement.
      return await inTransaction(deps.db, scopeOf(input.userId), (tx) => takeStay(tx, deps, input));
    } catch (error) {
      if (sqlStateOf(error) !== "23505" || draw === numberDrawsMax) throw error;
    }
  }
}

async function takeStay(tx: PlainTx, deps: CreateDeps, input: Input): Promise<CreateBookingOutput> {
  const now = deps.clock.now();
  // A repeat gets its first answer even when the same stay would be refused by now.
  const kept = await findKeptAnswer(tx, input, now);
  if (kept) return kept;
  const { offer, ...state } = await readOfferAndLockNights(tx, input, now);
  if (!offer) throw new AppError("LISTING_NOT_FOUND");
  if (state.tappedAnswer) return state.tappedAnswer;
  const refusal =
    stayRefusal(offer, input, today(deps.clock, offer.timeZone)) ??
    // Characters as a person counts them, and as the column does.
    ([...input.remark].length > limits.remarkLengthMax ? "REMARK_TOO_LONG" : null);
  if (refusal) throw new AppError(refusal);
  if (state.openHolds >= limits.openHoldsPerGuestMax) throw new AppError("TOO_MANY_OPEN_HOLDS");
  const taken = nightsRefusal(state.nights, input);
  if (taken) throw new AppError(taken);

  const price = priceOf({ ...offer, ...input, nights: state.nights });
  const answer = {
    bookingNo: publicNumber("HSO", deps.random, now),
    totalFen: price.totalFen,
    expiresAt: new Date(now.getTime() + offer.holdMinutes * 60_000),
  };
  await writeBooking(tx, deps, input, { offer, price, answer, now });
  await keepAnswer(tx, input, answer, now);
  return answer;
}

/** The answer that this idempotency key got before, or null. @throws AppError IDEMPOTENCY_KEY_REUSED */
async function findKeptAnswer(tx: PlainTx, input: Input, now: Date): Promise<CreateBookingOutput | null> {
  if (input.idempotencyKey === null) return null;
  const [kept] = await tx.query<{ response: unknown; same: boolean }>("booking-kept")`
    SELECT response, fingerprint = ${fingerprintOf(input)} AS same FROM idempotency
    WHERE scope = ${scopeOf(input.userId)} AND key = ${input.idempotencyKey} AND expires_at > ${now}`;
  if (kept && !kept.same) throw new AppError("IDEMPOTENCY_KEY_REUSED");
  return kept ? toAnswer(kept.response) : null;
}

async function keepAnswer(tx: PlainTx, input: Input, answer: CreateBookingOutput, now: Date): Promise<void> {
  if (input.idempotencyKey === null) return;
  await tx.query("booking-keep")`
    INSERT INTO idempotency (scope, key, fingerprint, response, created_at, expires_at)
    VALUES (${scopeOf(input.userId)}, ${input.idempotencyKey}, ${fingerprintOf(input)}, ${JSON.stringify(answer)},
      ${now}, ${new Date(now.getTime() + limits.idempotencyKeepMs)})
    -- Only one that has run out can still be here.
    ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, response = excluded.response,
      created_at = excluded.created_at, expires_at = excluded.expires_at`;
}

/** The request's content, whatever its idempotency key. */
function fingerprintOf({
  listingId,
  checkInDate,
  checkOutDate,
  guests,
  withMeals,
  remark,
}: Input): Uint8Array<ArrayBuffer> {
  const content = JSON.stringify([listingId, checkInDate, checkOutDate, guests, withMeals, remark]);
  return new Uint8Array(createHash("sha256").update(content).digest());
}

/** What the rules want to know of a listing. */
interface Offer {
  merchantId: number;
  onShelf: boolean;
  merchantOpen: boolean;
  guestsMax: number;
  pricing: PricingKind;
  mealPriceFen: number;
  timeZone: string;
  holdMinutes: number;
}

/**
 * One statement that reads the listing, looks for what a double tap has booked, counts the guest's holds and locks the
 * nights in the order of their days. Nights that are seen taken are not locked: the losers of a rush need not queue
 * behind its winner to lose.
 */
async function readOfferAndLockNights(tx: PlainTx, input: Input, now: Date) {
  const { userId, listingId, idempotencyKey } = input;
  // Days that break a rule may be days that PostgreSQL does not know, or a whole calendar.
  const isPlausible =
    input.checkInDate >= "2000-01-01" &&
    daysBetween(input.checkInDate, input.checkOutDate) <= limits.nightsMax;
  const stay = isPlausible ? input : { checkInDate: "2000-01-01", checkOutDate: "2000-01-01" };
  const [row] = await tx.query<{
    offer: Offer | null;
    tapped: unknown;
    holds: number;
    nights: NightOffer[] | null;
  }>("booking-lock-nights")`
    WITH offer AS (
      SELECT l.merchant_id AS "merchantId", l.on_shelf AS "onShelf", m.status = 'open' AS "merchantOpen",
        l.guests_max AS "guestsMax", l.pricing, l.meal_price_fen AS "mealPriceFen", l.time_zone AS "timeZone",
        m.hold_minutes AS "holdMinutes"
      FROM listing l JOIN merchant m ON m.id = l.merchant_id
      WHERE l.id = ${listingId}::bigint
    ), tapped AS (
      SELECT booking_no, total_fen, expires_at FROM booking
      WHERE ${idempotencyKey === null}::boolean AND user_id = ${userId}::bigint
        AND listing_id = ${listingId}::bigint
        AND check_in_date::text = ${input.checkInDate} AND check_out_date::text = ${input.checkOutDate}
        AND guests = ${input.guests}::bigint AND with_meals = ${input.withMeals}::boolean
        AND remark = ${input.remark}::text
        AND created_at > ${new Date(now.getTime() - limits.doubleTapMs)}::timestamptz
        -- What was given up in between is wanted anew.
        AND status <> 'cancelled' AND closing_at IS NULL
      ORDER BY id DESC LIMIT 1
    ), holds AS (
      SELECT count(*)::int AS n FROM booking WHERE user_id = ${userId}::bigint AND status = 'pending_payment'
    ), seen AS (
      SELECT night, price_fen, closed, total - sold AS free FROM listing_night
      WHERE listing_id = ${listingId}::bigint
        AND night >= ${stay.checkInDate}::date AND night < ${stay.checkOutDate}::date
    ), locked AS (
      SELECT night, price_fen, closed, total - sold AS free FROM listing_night
      WHERE listing_id = ${listingId}::bigint
        AND night >= ${stay.checkInDate}::date AND night < ${stay.checkOutDate}::date
        AND NOT EXISTS (SELECT 1 FROM tapped)
        AND (SELECT n FROM holds) < ${limits.openHoldsPerGuestMax}::int
        AND (SELECT bool_and(NOT closed AND free > 0) FROM seen)
      ORDER BY night FOR UPDATE
    ), nights AS (
      SELECT * FROM locked UNION ALL SELECT * FROM seen WHERE NOT EXISTS (SELECT 1 FROM locked)
    )
    SELECT (SELECT row_to_json(offer) FROM offer) AS offer,
      (SELECT json_build_object('bookingNo', booking_no, 'totalFen', total_fen, 'expiresAt', expires_at) FROM tapped) AS tapped,
      (SELECT n FROM holds) AS holds,
      (SELECT json_agg(json_build_object('night', night, 'priceFen', price_fen, 'closed', closed, 'free', free) ORDER BY night)
       FROM nights) AS nights`;
  if (!row) throw new Error("a query without FROM gives one row");
  const { offer } = row;
  return {
    offer: offer && {
      ...offer,
      merchantId: idOf(BigInt(offer.merchantId)),
      mealPriceFen: fen(offer.mealPriceFen),
    },
    tappedAnswer: row.tapped ? toAnswer(row.tapped) : null,
    openHolds: row.holds,
    nights: row.nights ?? [],
  };
}

function scopeOf(userId: number): string {
  return `booking-create:${userId}`;
}

/** An answer that has been JSON. */
function toAnswer(kept: unknown): CreateBookingOutput {
  const { bookingNo, totalFen, expiresAt } = kept as {
    bookingNo: string;
    totalFen: number;
    expiresAt: string;
  };
  return { bookingNo, totalFen: fen(totalFen), expiresAt: new Date(expiresAt) };
}

/** Everything that a new booking leaves behind, in one statement: all of it or nothing. */
async function writeBooking(
  tx: PlainTx,
  { random, traceparent }: CreateDeps,
  input: Input,
  {
    offer,
    price,
    answer,
    now,
  }: {
    offer: Pick<Offer, "merchantId">;
    price: ReturnType<typeof priceOf>;
    answer: CreateBookingOutput;
    now: Date;
  },
): Promise<void> {
  const { bookingNo, expiresAt } = answer;
  const trace = traceparent();
  const created = events["booking.created"].parse({
    bookingNo,
    merchantId: offer.merchantId,
    listingId: input.listingId,
    expiresAt: expiresAt.toISOString(),
  });
  const close = jobs["booking.close-unpaid"].schema.parse({ bookingNo });
  const [row] = await tx.query<{ taken: number }>("booking-write")`
    WITH taken AS (
      UPDATE listing_night SET sold = sold + 1
      WHERE listing_id = ${input.listingId}::bigint
        AND night >= ${input.checkInDate}::date AND night < ${input.checkOutDate}::date
        AND NOT closed AND sold < total
      RETURNING night, price_fen
    ), created AS (
      INSERT INTO booking (booking_no, user_id, listing_id, merchant_id, host_user_id, title, title_en, sub_title,
        cover, info, meal_info, guests_max, pricing, nightly_price_fen, meal_price_fen, market_price_fen, time_zone,
        check_in_date, check_out_date, guests, with_meals, room_total_fen, meal_total_fen, total_fen, remark,
        expires_at, created_at, updated_at)
      SELECT ${bookingNo}, ${input.userId}::bigint, l.id, l.merchant_id, m.owner_user_id, l.title, l.title_en,
        l.sub_title, coalesce(l.pictures[1], ''), l.info, l.meal_info, l.guests_max, l.pricing, l.nightly_price_fen,
        l.meal_price_fen, l.market_price_fen, l.time_zone,
        ${input.checkInDate}::date, ${input.checkOutDate}::date, ${input.guests}::int, ${input.withMeals}::boolean,
        ${price.roomTotalFen}::int, ${price.mealTotalFen}::int, ${price.totalFen}::int, ${input.remark},
        ${expiresAt}::timestamptz, ${now}::timestamptz, ${now}::timestamptz
      FROM listing l JOIN merchant m ON m.id = l.merchant_id
      WHERE l.id = ${input.listingId}::bigint
      RETURNING id
    ), priced AS (
      INSERT INTO booking_night (booking_id, night, price_fen)
      SELECT created.id, taken.night, taken.price_fen FROM created, taken
    ), moved AS (
      INSERT INTO booking_transition (booking_id, "to", actor_kind, actor_id, at)
      SELECT id, 'pending_payment', 'guest', ${input.userId}::bigint, ${now}::timestamptz FROM created
    ), told AS (
      INSERT INTO outbox (id, kind, name, key, payload, run_at, traceparent, created_at) VALUES
        (${eventId(random, now)}::uuid, 'event', 'booking.created', ${bookingNo},
          ${JSON.stringify(created)}::jsonb, NULL, ${trace}, ${now}::timestamptz),
        (${eventId(random, now)}::uuid, 'job', 'booking.close-unpaid', ${bookingNo},
          ${JSON.stringify(close)}::jsonb, ${expiresAt}::timestamptz, ${trace}, ${now}::timestamptz)
    )
    SELECT count(*)::int AS taken FROM taken`;
  // The nights are locked and were free; the guard above is the table's own last word.
  if (row?.taken !== daysBetween(input.checkInDate, input.checkOutDate)) throw new AppError("NIGHTS_TAKEN");
}
