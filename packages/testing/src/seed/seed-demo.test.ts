import {
  type CheckInCodes,
  checkIn,
  createCheckInCodes,
  findMyBookings,
  getToday,
  lookUpCode,
} from "@looklook/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clockAt } from "../clock";
import { type TestDatabase, testDatabase } from "../database";
import { testCodeKeys, testDeps } from "../deps";
import { seededRandom } from "../random";
import { demoAccounts } from "./accounts";
import { houses, storyMerchantSlug } from "./houses";
import { type SeedOutcome, seedDemo } from "./seed-demo";

const now = new Date("2026-05-20T15:20:00+08:00");
const databases: TestDatabase[] = [];
const signIns = demoAccounts.map((account, index) => ({ ...account, password: `demo pass ${index} ocean` }));

async function seeded() {
  const database = await testDatabase();
  databases.push(database);
  const deps = testDeps(database.db, { seed: "the demo", instant: now });
  const before = process.cpuUsage();
  const outcome = await seedDemo(deps, { signIns });
  const { user, system } = process.cpuUsage(before);
  return { ...database, deps, outcome, busyMs: (user + system) / 1_000 };
}

let first: Awaited<ReturnType<typeof seeded>>;
let outcome: SeedOutcome;
beforeAll(async () => {
  first = await seeded();
  ({ outcome } = first);
}, 120_000);
afterAll(() => Promise.all(databases.map((database) => database.drop())));

test("the demo is a place of its own: houses, listings, guests, bookings, reviews", () => {
  expect(outcome).toMatchObject({ merchants: 4, listings: 24, guests: 16, bookings: 200 });
  expect(outcome.reviews).toBeGreaterThan(30);
});

test("every state of a booking is there, paid and unpaid", async () => {
  const rows = await first.db.booking.groupBy({ by: ["status", "wasPaid"], _count: true });
  const counts = Object.fromEntries(rows.map((row) => [`${row.status} ${row.wasPaid}`, row._count]));
  expect(Object.keys(counts).sort()).toEqual([
    "cancelled false",
    "cancelled true",
    "checked_in true",
    "completed true",
    "confirmed true",
    "no_show true",
    "pending_payment false",
  ]);
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(200);
  expect(counts["completed true"]).toBeGreaterThanOrEqual(80);
});

test("what is sold is what is booked, night by night", async () => {
  const rows = await first.db.$queryRaw<{ wrong: number; sold: number }[]>`
    WITH taken AS (
      SELECT b.listing_id, n.night, count(*)::int AS booked FROM booking b JOIN booking_night n ON n.booking_id = b.id
      WHERE b.status <> 'cancelled' OR (b.was_paid AND n.night < (b.cancelled_at AT TIME ZONE b.time_zone)::date)
      GROUP BY 1, 2
    )
    SELECT count(*) FILTER (WHERE l.sold <> coalesce(t.booked, 0))::int AS wrong, sum(l.sold)::int AS sold
    FROM listing_night l LEFT JOIN taken t USING (listing_id, night)`;
  expect(rows[0]?.wrong).toBe(0);
  expect(rows[0]?.sold).toBeGreaterThan(300);
});

test("a paid booking has one payment of its total, and a cancelled one got all of it back", async () => {
  const wrong = await first.db.$queryRaw`
    SELECT b.booking_no FROM booking b
    LEFT JOIN payment p ON p.booking_id = b.id LEFT JOIN refund r ON r.booking_id = b.id
    GROUP BY b.id
    HAVING count(p.id) <> b.was_paid::int OR (b.was_paid AND min(p.amount_fen) <> b.total_fen)
      OR coalesce(sum(r.amount_fen) FILTER (WHERE r.status = 'succeeded'), 0)
        <> CASE WHEN b.status = 'cancelled' AND b.was_paid THEN b.total_fen ELSE 0 END`;
  expect(wrong).toEqual([]);
});

test("a booking's history ends in the state it is in", async () => {
  const wrong = await first.db.$queryRaw`
    SELECT b.booking_no FROM booking b
    WHERE b.status <> (SELECT t."to" FROM booking_transition t WHERE t.booking_id = b.id ORDER BY t.id DESC LIMIT 1)
      OR EXISTS (SELECT 1 FROM booking_transition t WHERE t.booking_id = b.id AND t.at > ${now}::timestamptz)`;
  expect(wrong).toEqual([]);
});

test("nothing of the past is left for a worker to do", async () => {
  const { db } = first;
  expect(await db.outbox.count({ where: { publishedAt: null, kind: "event" } })).toBe(0);
  const jobs = await db.outbox.findMany({
    where: { publishedAt: null },
    select: { name: true, runAt: true },
  });
  for (const { runAt } of jobs) expect(runAt && runAt > now).toBe(true);
  expect(new Set(jobs.map(({ name }) => name))).toEqual(new Set(["booking.close-unpaid"]));
  expect(await db.guestMessage.count({ where: { status: { in: ["pending", "sending"] } } })).toBe(0);
  expect(await db.payment.count({ where: { nextSyncAt: { not: null } } })).toBe(0);
  expect(await db.refund.count({ where: { nextTryAt: { not: null } } })).toBe(0);
  expect(await db.fulfilmentUpload.count({ where: { status: "pending" } })).toBe(0);
  expect(await db.booking.count({ where: { status: "pending_payment", expiresAt: { lte: now } } })).toBe(0);
});

test("every house expects somebody today, and the first code given out opens a stay", async () => {
  expect(new Set(outcome.arrivals.map(({ merchantSlug }) => merchantSlug)).size).toBe(4);
  const [arrival] = outcome.arrivals;
  const merchant = await first.db.merchant.findUniqueOrThrow({ where: { slug: arrival?.merchantSlug } });
  const desk = await first.db.membership.findFirstOrThrow({
    where: { merchantId: merchant.id, role: "front_desk" },
  });
  const at = {
    merchantId: Number(merchant.id),
    actor: { kind: "console_user" as const, consoleUserId: Number(desk.consoleUserId), name: "前台" },
    code: arrival?.checkInCode ?? "",
  };
  const today = await getToday(first.deps, at);
  expect(today.arrivals.map(({ bookingNo }) => bookingNo)).toContain(arrival?.bookingNo);
  expect((await lookUpCode(first.deps, at)).booking.guestName).toBe(arrival?.guestName);
  const { booking } = await checkIn(first.deps, { ...at, requestId: "first-try" });
  expect(booking.status).toBe("checked_in");
});

test("guests whom the phone page offers have bookings in several states", async () => {
  for (const mobile of ["19900001001", "19900001008", "19900001015"]) {
    const auth = await first.db.userAuth.findFirstOrThrow({ where: { authKey: `demo-${mobile}` } });
    const { bookings } = await findMyBookings(first.deps, {
      userId: Number(auth.userId),
      lastId: 0,
      pageSize: 100,
      legacyState: null,
    });
    expect(new Set(bookings.map(({ status }) => status)).size, mobile).toBeGreaterThanOrEqual(3);
  }
});

test("each listing has a year of nights from today, weekends at their own price, some closed", async () => {
  const [row] = await first.db.$queryRaw<
    { least: number; listings: number; weekend: number; closed: number }[]
  >`
    WITH ahead AS (
      SELECT listing_id, count(*)::int AS nights FROM listing_night WHERE night >= '2026-05-20' GROUP BY 1
    )
    SELECT (SELECT min(nights) FROM ahead) AS least, (SELECT count(*)::int FROM ahead) AS listings,
      (SELECT count(*)::int FROM listing_night n JOIN listing l ON l.id = n.listing_id
        WHERE extract(isodow FROM n.night) IN (5, 6) AND n.price_fen = l.weekend_price_fen) AS weekend,
      (SELECT count(*)::int FROM listing_night WHERE closed) AS closed`;
  expect(row?.least).toBeGreaterThanOrEqual(365);
  expect(row?.listings).toBe(24);
  expect(row?.weekend).toBeGreaterThan(24 * 100);
  expect(row?.closed).toBeGreaterThan(70);
});

test("one merchant holds a booking for a minute: the story's", async () => {
  const held = await first.db.merchant.findMany({ where: { holdMinutes: 1 }, select: { slug: true } });
  expect(held).toEqual([{ slug: storyMerchantSlug }]);
  expect(houses.some(({ slug }) => slug === storyMerchantSlug)).toBe(true);
});

test("every account that was handed in can sign in with its password", async () => {
  const users = await first.db.consoleUser.findMany({ include: { memberships: true } });
  expect(users.map(({ email }) => email).sort()).toEqual(demoAccounts.map(({ email }) => email).sort());
  expect(users.filter(({ isOperator }) => isOperator)).toHaveLength(1);
  const [one] = signIns;
  const row = users.find(({ email }) => email === one?.email);
  expect(await first.deps.passwords.verify(row?.passwordHash ?? null, one?.password ?? "")).toBe(true);
});

test("seeding twice gives the same demo", { timeout: 120_000 }, async () => {
  const second = await seeded();
  const columns = `booking_no, user_id, listing_id, check_in_date::text, check_out_date::text, guests, total_fen, status,
    remark, created_at, paid_at, checked_in_at, cancelled_at, cancel_reason`;
  const dump = async (database: TestDatabase) => ({
    bookings: await database.db.$queryRawUnsafe(`SELECT ${columns} FROM booking ORDER BY id`),
    reviews: await database.db
      .$queryRaw`SELECT booking_id, content, reply, created_at FROM review ORDER BY id`,
    favourites: await database.db
      .$queryRaw`SELECT user_id, listing_id, merchant_id FROM favourite ORDER BY id`,
  });
  const fresh = await dump(second);
  const { db } = first;
  // The check-in of another test is taken out of the comparison by looking at what was there before it.
  const used = first.outcome.arrivals[0]?.bookingNo;
  const strip = (rows: unknown) =>
    (rows as { booking_no: string }[]).filter((row) => row.booking_no !== used);
  const before = await dump({ ...first, db });
  expect(strip(fresh.bookings)).toEqual(strip(before.bookings));
  expect(fresh.reviews).toEqual(before.reviews);
  expect(fresh.favourites).toEqual(before.favourites);
});

// Time of our own, not of the clock on the wall: the machine may have other things to do.
test("filling a database is a few seconds' work", () => {
  expect(first.busyMs).toBeLessThan(20_000);
});

test("in the middle of the night nothing falls into the future", { timeout: 120_000 }, async () => {
  const database = await testDatabase();
  databases.push(database);
  const midnight = new Date("2026-03-01T00:04:00+08:00");
  const deps = { ...testDeps(database.db, { seed: "night", instant: midnight }), clock: clockAt(midnight) };
  const random = seededRandom("night codes");
  const codes: CheckInCodes = createCheckInCodes({ ...testCodeKeys(random), random });
  const made = await seedDemo({ ...deps, codes }, { signIns });
  expect(made.bookings).toBe(200);
  expect(made.arrivals.length).toBeGreaterThanOrEqual(13);
  expect(await database.db.bookingTransition.count({ where: { at: { gt: midnight } } })).toBe(0);
});
