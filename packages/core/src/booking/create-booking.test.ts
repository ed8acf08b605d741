import { type ErrorCode, limits, type RateLimiter } from "@looklook/contracts";
import { type TestDeps, testWorld, type World } from "@looklook/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppError, addDays, nightsOf, type StayDate } from "../shared";
import { cancelUnpaidBooking } from "./cancel-unpaid-booking";
import { createBooking } from "./create-booking";

let world: World;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.drop());

const now = "2025-04-01T12:00:00+08:00";

/** A sensible wish; tests change what they are about. */
async function wish(changes: Partial<Parameters<typeof createBooking>[1]> = {}) {
  return {
    listingId: changes.listingId ?? (await world.given.listing()).listingId,
    userId: changes.userId ?? (await world.given.guest()).userId,
    checkInDate: "2025-05-01",
    checkOutDate: "2025-05-03",
    guests: 2,
    withMeals: false,
    remark: "",
    idempotencyKey: null,
    ...changes,
  };
}

const codeOf = (outcome: PromiseSettledResult<unknown>) =>
  outcome.status === "fulfilled"
    ? "booked"
    : outcome.reason instanceof AppError
      ? outcome.reason.code
      : String(outcome.reason);

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => "booked",
    (error: unknown) => codeOf({ status: "rejected", reason: error }),
  );

/** Many who do nothing but book. */
const guests = async (count: number) => {
  const at = new Date(now);
  const data = Array.from({ length: count }, () => ({ createdAt: at, updatedAt: at }));
  return (await world.db.user.createManyAndReturn({ data, select: { id: true } })).map(({ id }) =>
    Number(id),
  );
};

const sold = async (listingId: number, from: StayDate, to: StayDate) => {
  const rows = await world.db.$queryRaw<{ sold: number }[]>`
    SELECT sold FROM listing_night WHERE listing_id = ${listingId}::bigint AND night >= ${from}::date AND night < ${to}::date
    ORDER BY night`;
  return rows.map((row) => row.sold);
};

describe("a booking", () => {
  test("holds its nights, keeps what was sold at which price, and will be closed when nobody pays", async () => {
    const { listingId, merchantId } = await world.given.listing({
      nightlyPriceFen: 30_000,
      weekendPriceFen: 42_000,
      mealPriceFen: 5_000,
      guestsMax: 3,
    });
    // A Thursday and a Friday night.
    const asked = await wish({
      listingId,
      checkInDate: "2025-05-01",
      checkOutDate: "2025-05-03",
      guests: 3,
      withMeals: true,
      remark: "晚到，请留门 🌙",
    });
    const answer = await createBooking(world.depsAt(now), asked);
    expect(answer).toEqual({
      bookingNo: expect.stringMatching(/^HSO20250401120000\d{8}$/),
      totalFen: 30_000 + 42_000 + 5_000 * 3 * 2,
      expiresAt: new Date("2025-04-01T12:30:00+08:00"),
    });
    const row = await world.db.booking.findUniqueOrThrow({
      where: { bookingNo: answer.bookingNo },
      include: { nights: { orderBy: { night: "asc" } }, transitions: true, listing: true },
    });
    expect(row).toMatchObject({
      status: "pending_payment",
      merchantId: BigInt(merchantId),
      title: row.listing.title,
      subTitle: row.listing.subTitle,
      cover: row.listing.pictures[0],
      info: row.listing.info,
      mealInfo: row.listing.mealInfo,
      guestsMax: 3,
      nightlyPriceFen: 30_000,
      marketPriceFen: row.listing.marketPriceFen,
      roomTotalFen: 72_000,
      mealTotalFen: 30_000,
      remark: "晚到，请留门 🌙",
      timeZone: "Asia/Shanghai",
      codeHmac: null,
      codeSealed: null,
    });
    expect(row.nights.map(({ night, priceFen }) => [night.toISOString().slice(0, 10), priceFen])).toEqual([
      ["2025-05-01", 30_000],
      ["2025-05-02", 42_000],
    ]);
    expect(row.transitions).toMatchObject([
      {
        from: null,
        to: "pending_payment",
        actorKind: "guest",
        actorId: BigInt(asked.userId),
        at: new Date(now),
      },
    ]);
    expect(await sold(listingId, "2025-04-30", "2025-05-04")).toEqual([0, 1, 1, 0]);
    const outbox = await world.db.outbox.findMany({
      where: { key: answer.bookingNo },
      orderBy: { seq: "asc" },
    });
    expect(outbox).toMatchObject([
      {
        kind: "event",
        name: "booking.created",
        payload: {
          bookingNo: answer.bookingNo,
          merchantId,
          listingId,
          expiresAt: answer.expiresAt.toISOString(),
        },
        runAt: null,
        publishedAt: null,
      },
      {
        kind: "job",
        name: "booking.close-unpaid",
        payload: { bookingNo: answer.bookingNo },
        runAt: answer.expiresAt,
      },
    ]);
  });

  test("costs each guest the night's price where a listing is sold per person", async () => {
    const { listingId } = await world.given.listing({
      pricing: "per_person",
      nightlyPriceFen: 8_000,
      mealPriceFen: 3_000,
    });
    const asked = await wish({ listingId, guests: 3, withMeals: true });
    const { totalFen } = await createBooking(world.depsAt(now), asked);
    expect(totalFen).toBe(8_000 * 2 * 3 + 3_000 * 2 * 3);
  });

  test("is held as long as its merchant says", async () => {
    const { merchantId } = await world.given.merchant({ holdMinutes: 1 });
    const { listingId } = await world.given.listing({ merchantId });
    const { expiresAt } = await createBooking(world.depsAt(now), await wish({ listingId }));
    expect(expiresAt).toEqual(new Date("2025-04-01T12:01:00+08:00"));
  });
});

describe("refusals", () => {
  type Case = [ErrorCode, string, () => Promise<Partial<Parameters<typeof createBooking>[1]>>];
  const listingWith = async (options: Parameters<World["given"]["listing"]>[0]) => ({
    listingId: (await world.given.listing(options)).listingId,
  });
  const withNight = async (change: { closed?: boolean; total?: number }) => {
    const { listingId } = await world.given.listing();
    await world.db.listingNight.updateMany({
      where: { listingId, night: new Date("2025-05-02T00:00:00Z") },
      data: change,
    });
    return { listingId };
  };
  const cases: Case[] = [
    ["LISTING_NOT_FOUND", "nobody offers it", async () => ({ listingId: 987_654_321 })],
    ["LISTING_NOT_FOUND", "no listing has such an id", async () => ({ listingId: -1 })],
    ["LISTING_OFF_SHELF", "it is off the shelf", () => listingWith({ onShelf: false })],
    [
      "MERCHANT_CLOSED",
      "the house is closed",
      async () => listingWith({ merchantId: (await world.given.merchant({ status: "closed" })).merchantId }),
    ],
    [
      "STAY_IN_PAST",
      "yesterday is over",
      async () => ({ checkInDate: "2025-03-31", checkOutDate: "2025-04-02" }),
    ],
    ["STAY_IN_PAST", "no calendar knows the year", async () => ({ checkInDate: "0000-01-01" })],
    ["STAY_WITHOUT_NIGHTS", "it ends where it begins", async () => ({ checkOutDate: "2025-05-01" })],
    ["STAY_WITHOUT_NIGHTS", "it ends before it begins", async () => ({ checkOutDate: "2025-04-30" })],
    ["STAY_TOO_LONG", "91 nights are too many", async () => ({ checkOutDate: addDays("2025-05-01", 91) })],
    [
      "BOOKING_TOO_FAR",
      "it could not be refunded any more",
      async () => ({ checkInDate: addDays("2025-04-01", 329), checkOutDate: addDays("2025-04-01", 331) }),
    ],
    ["STAY_TOO_LONG", "no calendar reaches the year", async () => ({ checkOutDate: "9999-12-31" })],
    ["TOO_FEW_GUESTS", "nobody comes", async () => ({ guests: 0 })],
    ["TOO_FEW_GUESTS", "a negative head lowers no price", async () => ({ guests: -2 })],
    ["TOO_MANY_GUESTS", "five do not fit into four beds", async () => ({ guests: 5 })],
    ["TOO_MANY_GUESTS", "no column is that wide", async () => ({ guests: Number.MAX_SAFE_INTEGER })],
    ["REMARK_TOO_LONG", "65 characters", async () => ({ remark: "字".repeat(65) })],
    ["NIGHT_CLOSED", "one of the nights is closed", () => withNight({ closed: true })],
    ["NIGHTS_TAKEN", "one of the nights has no unit left", () => withNight({ total: 0 })],
  ];
  test.each(cases)("%s when %s", async (code, _why, changes) => {
    const asked = await wish(await changes());
    const before = await world.db.outbox.count();
    expect(await refusalOf(createBooking(world.depsAt(now), asked))).toBe(code);
    expect(await world.db.booking.count({ where: { userId: asked.userId } })).toBe(0);
    expect(await world.db.outbox.count()).toBe(before);
  });

  test("a night beyond the calendar counts as closed", async () => {
    const asked = await wish();
    await world.db.listingNight.deleteMany({
      where: { listingId: asked.listingId, night: new Date("2025-05-02T00:00:00Z") },
    });
    expect(await refusalOf(createBooking(world.depsAt(now), asked))).toBe("NIGHT_CLOSED");
    expect(await sold(asked.listingId, "2025-05-01", "2025-05-03")).toEqual([0]);
  });

  test("64 characters are counted as people count them", async () => {
    expect(await refusalOf(createBooking(world.depsAt(now), await wish({ remark: "🌙".repeat(64) })))).toBe(
      "booked",
    );
  });

  test("a guest holds three unpaid bookings at most, and may book again after giving one up", async () => {
    const { userId } = await world.given.guest();
    const deps = world.depsAt(now);
    const first = await createBooking(deps, await wish({ userId }));
    await createBooking(deps, await wish({ userId }));
    await createBooking(deps, await wish({ userId }));
    expect(await refusalOf(createBooking(deps, await wish({ userId })))).toBe("TOO_MANY_OPEN_HOLDS");
    await cancelUnpaidBooking(deps, { userId, bookingNo: first.bookingNo });
    expect(await refusalOf(createBooking(deps, await wish({ userId })))).toBe("booked");
  });

  test("a paid booking is no open hold", async () => {
    const { userId } = await world.given.guest();
    for (let paid = 0; paid < 4; paid += 1) await world.given.confirmedBooking({ userId });
    expect(await refusalOf(createBooking(world.depsAt(now), await wish({ userId })))).toBe("booked");
  });

  test("a guest who asks too often waits, and nothing is looked at", async () => {
    const limiter: RateLimiter = {
      ...world.depsAt(now).limiter,
      take: async (name, subject) => ({
        allowed: name !== "booking-create" || subject !== "7",
        retryAfterMs: 4_000,
      }),
    };
    const work = createBooking({ ...world.depsAt(now), limiter }, await wish({ userId: 7 }));
    await expect(work).rejects.toMatchObject({ code: "RATE_LIMITED", facts: { retryAfterMs: 4_000 } });
  });
});

describe("the same request again", () => {
  test("within ten seconds is one booking; afterwards it is a new one", async () => {
    const { listingId } = await world.given.listing({ units: 5 });
    const asked = await wish({ listingId });
    const deps = world.depsAt(now);
    const first = await createBooking(deps, asked);
    deps.clock.forward(limits.doubleTapMs - 1);
    expect(await createBooking(deps, asked)).toEqual(first);
    deps.clock.forward(1);
    expect((await createBooking(deps, asked)).bookingNo).not.toBe(first.bookingNo);
    expect(await sold(listingId, "2025-05-01", "2025-05-03")).toEqual([2, 2]);
  });

  test("gets its answer when the nights it took were the last", async () => {
    const asked = await wish();
    const deps = world.depsAt(now);
    expect(await createBooking(deps, asked)).toEqual(await createBooking(deps, asked));
  });

  test.each([
    ["guests", { guests: 1 }],
    ["days", { checkOutDate: "2025-05-02" }],
    ["meals", { withMeals: true }],
    ["remark", { remark: "二楼" }],
  ])("with other %s is another booking", async (_what, change) => {
    const { listingId } = await world.given.listing({ units: 2 });
    const asked = await wish({ listingId });
    const deps = world.depsAt(now);
    const first = await createBooking(deps, asked);
    expect((await createBooking(deps, { ...asked, ...change })).bookingNo).not.toBe(first.bookingNo);
  });

  test("books anew when the first one was given up in between", async () => {
    const asked = await wish();
    const deps = world.depsAt(now);
    const first = await createBooking(deps, asked);
    await cancelUnpaidBooking(deps, { userId: asked.userId, bookingNo: first.bookingNo });
    expect((await createBooking(deps, asked)).bookingNo).not.toBe(first.bookingNo);
  });

  test("by its key gets the first answer for a day, even when it would be refused by now", async () => {
    const asked = await wish({ idempotencyKey: "tap-0000001" });
    const deps = world.depsAt(now);
    const first = await createBooking(deps, asked);
    await world.db.listing.update({ where: { id: asked.listingId }, data: { onShelf: false } });
    deps.clock.forward(limits.idempotencyKeepMs - 1);
    expect(await createBooking(deps, asked)).toEqual(first);
    await world.db.listing.update({ where: { id: asked.listingId }, data: { onShelf: true } });
    // A day later the key is free, and the row that is still there does not stand in its way.
    deps.clock.forward(1);
    expect(await refusalOf(createBooking(deps, asked))).toBe("NIGHTS_TAKEN");
    const elsewhere = { ...asked, listingId: (await world.given.listing()).listingId };
    expect((await createBooking(deps, elsewhere)).bookingNo).not.toBe(first.bookingNo);
  });

  test("two keys are two wishes, also within ten seconds", async () => {
    const { listingId } = await world.given.listing({ units: 2 });
    const asked = await wish({ listingId });
    const deps = world.depsAt(now);
    const first = await createBooking(deps, { ...asked, idempotencyKey: "key-one-1" });
    const second = await createBooking(deps, { ...asked, idempotencyKey: "key-two-2" });
    expect(second.bookingNo).not.toBe(first.bookingNo);
  });

  test("a key that comes with another content is refused", async () => {
    const asked = await wish({ idempotencyKey: "tap-0000002" });
    await createBooking(world.depsAt(now), asked);
    expect(await refusalOf(createBooking(world.depsAt(now), { ...asked, guests: 1 }))).toBe(
      "IDEMPOTENCY_KEY_REUSED",
    );
  });

  test("another guest's key means nothing", async () => {
    const { listingId } = await world.given.listing({ units: 2 });
    const first = await createBooking(
      world.depsAt(now),
      await wish({ listingId, idempotencyKey: "tap-0000003" }),
    );
    const second = await createBooking(
      world.depsAt(now),
      await wish({ listingId, idempotencyKey: "tap-0000003" }),
    );
    expect(second.bookingNo).not.toBe(first.bookingNo);
  });
});

describe("races", () => {
  test.each([
    ["by content", null],
    ["by key", "tap-0000009"],
  ])("ten taps at once are one booking (%s)", async (_how, idempotencyKey) => {
    const { listingId } = await world.given.listing({ units: 20 });
    const asked = await wish({ listingId, idempotencyKey });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => createBooking(world.depsAt(now), asked)),
    );
    expect(new Set(answers.map(({ bookingNo }) => bookingNo)).size).toBe(1);
    expect(await sold(listingId, "2025-05-01", "2025-05-03")).toEqual([1, 1]);
  });

  test("ten different wishes of one guest at once are three holds", async () => {
    const { userId } = await world.given.guest();
    const wishes = await Promise.all(Array.from({ length: 10 }, () => wish({ userId })));
    const outcomes = await Promise.allSettled(wishes.map((asked) => createBooking(world.depsAt(now), asked)));
    const codes = outcomes.map(codeOf).sort();
    expect(codes).toEqual([...Array(7).fill("TOO_MANY_OPEN_HOLDS"), ...Array(3).fill("booked")]);
  });

  test("of 200 racers for the same nights one wins, without a deadlock and as quickly as if they were not racing", async () => {
    const { listingId } = await world.given.listing();
    const calm = [await world.given.listing(), await world.given.listing()];
    const race = async (stayOf: (nth: number) => { listingId: number; checkInDate: StayDate }) => {
      const racers = await guests(200);
      const took: number[] = [];
      const outcomes = await Promise.allSettled(
        racers.map(async (userId, nth) => {
          const stay = stayOf(nth);
          const asked = await wish({ ...stay, userId, checkOutDate: addDays(stay.checkInDate, 2) });
          const started = performance.now();
          return createBooking(world.depsAt(now), asked).finally(() =>
            took.push(performance.now() - started),
          );
        }),
      );
      return { codes: outcomes.map(codeOf).sort(), p99Ms: took.sort((a, b) => a - b)[197] ?? 0 };
    };
    const alone = await race((nth) => ({
      listingId: calm[nth % 2]?.listingId ?? 0,
      checkInDate: addDays("2025-05-01", nth - (nth % 2)),
    }));
    expect(new Set(alone.codes)).toEqual(new Set(["booked"]));

    const deadlocks = await deadlocksOf(world);
    const together = await race(() => ({ listingId, checkInDate: "2025-05-01" }));
    expect(together.codes).toEqual([...Array(199).fill("NIGHTS_TAKEN"), "booked"]);
    expect(await sold(listingId, "2025-05-01", "2025-05-03")).toEqual([1, 1]);
    expect(await deadlocksOf(world)).toBe(deadlocks);
    console.info(`200 racers: p99 ${together.p99Ms.toFixed(0)} ms, not racing ${alone.p99Ms.toFixed(0)} ms`);
    // A queue for a lock, or PostgreSQL's second of waiting before it looks for a deadlock, would show here.
    expect(together.p99Ms).toBeLessThan(2 * alone.p99Ms);
  });

  test("whatever overlaps, no night is sold twice and every booked night is sold once", async () => {
    const deps = world.depsAt(now);
    const stays = fc.array(
      fc.record({ from: fc.integer({ min: 0, max: 12 }), nights: fc.integer({ min: 1, max: 6 }) }),
      { minLength: 20, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), stays, async (units, wanted) => {
        const { listingId } = await world.given.listing({ units });
        const racers = await guests(wanted.length);
        const outcomes = await Promise.allSettled(
          wanted.map(async ({ from, nights }, index) => {
            const checkInDate = addDays("2025-05-01", from);
            const userId = racers[index] ?? 0;
            const asked = await wish({
              listingId,
              userId,
              checkInDate,
              checkOutDate: addDays(checkInDate, nights),
            });
            return createBooking(deps, asked);
          }),
        );
        for (const outcome of outcomes) expect(["booked", "NIGHTS_TAKEN"]).toContain(codeOf(outcome));
        expect(await soldAgainstBooked(world, listingId)).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });
});

describe("edges of the calendar", () => {
  /** now, check-in, check-out, expected */
  const edges: [string, StayDate, StayDate, string, string][] = [
    ["2025-04-01T23:59:59+08:00", "2025-04-01", "2025-04-02", "booked", "tonight, a second before midnight"],
    [
      "2025-04-02T00:00:00+08:00",
      "2025-04-01",
      "2025-04-02",
      "STAY_IN_PAST",
      "the night that has just ended",
    ],
    ["2025-04-01T15:59:59Z", "2025-04-01", "2025-04-02", "booked", "the day is Shanghai's, not London's"],
    ["2025-04-01T16:00:00Z", "2025-04-01", "2025-04-02", "STAY_IN_PAST", "midnight in Shanghai"],
    [now, "2025-04-30", "2025-05-01", "booked", "the last night of a month"],
    [now, "2025-12-31", "2026-01-01", "booked", "the last night of a year"],
    [now, "2025-05-01", addDays("2025-05-01", 90), "booked", "exactly 90 nights"],
    [
      now,
      addDays("2025-04-01", 329),
      addDays("2025-04-01", 330),
      "booked",
      "the last night that can be refunded",
    ],
    [now, addDays("2025-04-01", 330), addDays("2025-04-01", 331), "BOOKING_TOO_FAR", "one night later"],
  ];
  test.each(edges)(
    "at %s the stay %s to %s is %s: %s",
    async (instant, checkInDate, checkOutDate, expected) => {
      const asked = await wish({ checkInDate, checkOutDate });
      expect(await refusalOf(createBooking(world.depsAt(instant), asked))).toBe(expected);
      if (expected !== "booked") return;
      const nights = nightsOf(checkInDate, checkOutDate);
      expect(await sold(asked.listingId, checkInDate, checkOutDate)).toEqual(nights.map(() => 1));
      const kept = await world.db.bookingNight.findMany({
        where: { booking: { userId: asked.userId } },
        orderBy: { night: "asc" },
      });
      expect(kept.map(({ night }) => night.toISOString().slice(0, 10))).toEqual(nights);
    },
  );

  test("a leap day is a night of its own", async () => {
    const leap = await testWorld({ instant: "2024-02-01T10:00:00+08:00" });
    try {
      const { listingId } = await leap.given.listing();
      const { userId } = await leap.given.guest();
      const stay = { checkInDate: "2024-02-28", checkOutDate: "2024-03-01" };
      const { totalFen, bookingNo } = await createBooking(leap.depsAt("2024-02-01T10:00:00+08:00"), {
        ...(await wish({ listingId, userId })),
        ...stay,
      });
      expect(totalFen).toBe(60_000);
      const nights = await leap.db.bookingNight.findMany({
        where: { booking: { bookingNo } },
        orderBy: { night: "asc" },
      });
      expect(nights.map(({ night }) => night.toISOString().slice(0, 10))).toEqual([
        "2024-02-28",
        "2024-02-29",
      ]);
    } finally {
      await leap.drop();
    }
  });

  test.each(["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])(
    "nights and instants are the same when the process lives in %s",
    async (zone) => {
      const home = process.env.TZ;
      process.env.TZ = zone;
      try {
        const asked = await wish({ checkInDate: "2025-04-30", checkOutDate: "2025-05-02" });
        const deps: TestDeps = world.depsAt("2025-04-30T23:59:59+08:00");
        const { bookingNo, expiresAt } = await createBooking(deps, asked);
        expect(bookingNo).toMatch(/^HSO20250430235959/);
        expect(await sold(asked.listingId, "2025-04-29", "2025-05-03")).toEqual([0, 1, 1, 0]);
        const row = await world.db.booking.findUniqueOrThrow({
          where: { bookingNo },
          include: { nights: true },
        });
        expect(row.expiresAt).toEqual(expiresAt);
        expect(row.checkInDate.toISOString()).toBe("2025-04-30T00:00:00.000Z");
        expect(row.nights).toHaveLength(2);
      } finally {
        if (home === undefined) delete process.env.TZ;
        else process.env.TZ = home;
      }
    },
  );
});

test("a booking number that somebody has already is drawn again", async () => {
  const deps = world.depsAt(now);
  const taken = await createBooking(deps, await wish());
  const digits = taken.bookingNo.slice(-8);
  let draws = 0;
  const random = {
    bytes(length: number) {
      // The public number's sixteen bytes of digits, first the ones that are taken.
      if (length !== 16) return deps.random.bytes(length);
      draws += 1;
      return draws === 1 ? Buffer.from([...digits, ...digits].map(Number)) : deps.random.bytes(length);
    },
  };
  const next = await createBooking({ ...deps, random }, await wish());
  expect(next.bookingNo).not.toBe(taken.bookingNo);
  expect(draws).toBeGreaterThan(1);
});

/** Nights whose sold units differ from the bookings that have them. */
function soldAgainstBooked({ db }: World, listingId: number) {
  return db.$queryRaw`
    SELECT n.night, n.sold, count(b.id)::int AS booked FROM listing_night n
    LEFT JOIN booking_night bn ON bn.night = n.night
      AND bn.booking_id IN (SELECT id FROM booking WHERE listing_id = n.listing_id AND status <> 'cancelled')
    LEFT JOIN booking b ON b.id = bn.booking_id
    WHERE n.listing_id = ${listingId}::bigint
    GROUP BY n.night, n.sold, n.total HAVING n.sold <> count(b.id) OR n.sold > n.total`;
}

async function deadlocksOf({ db }: World): Promise<number> {
  const [row] = await db.$queryRaw<{ deadlocks: bigint }[]>`
    SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`;
  return Number(row?.deadlocks ?? -1);
}
