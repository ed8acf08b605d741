import { addDays, createGuestTokens, dayOf, startOf } from "@looklook/core";
import { type Pair, type Side, warmUpRounds } from "../compare";
import { type Ask, askOnceEach } from "../http-load";
import type { Size } from "../options";
import type { BookingsWanted } from "../programs/bookings-wanted";
import type { Stage } from "../stage";
import { newUsers } from "./users";

const timeZone = "Asia/Shanghai";
/** Guests who book at the same time. */
const concurrency = 16;
/** Enough houses that two who book at the same time seldom want the same one. */
const houses = 40;
const nights = 2;

/** A booking with everything that it writes, by the use case and over HTTP, against one transaction in SQL. */
export async function bookingPairs(stage: Stage, size: Size): Promise<Pair[]> {
  const today = dayOf(new Date(), timeZone);
  const stay = { checkInDate: addDays(today, 30), checkOutDate: addDays(today, 30 + nights) };
  const ours = await guestsOf(stage, size, stay);
  const overHttp = await guestsOf(stage, size, stay);
  const raw = await guestsOf(stage, size, stay);
  const our = stage.program("our-bookings");
  const withRedis = stage.redisUrl ? await guestsOf(stage, size, stay) : null;
  const bare = stage.program("raw-bookings");
  const api = await stage.api();
  const { postgres } = stage.pids;
  const book = (program: typeof our, guests: Guests, { servers = [postgres], way = "" } = {}): Side => ({
    pids: [program.pid, ...servers],
    async round() {
      const bookings = guests.next(size.bookings);
      return {
        count: bookings.length,
        seconds: await program.call<number>("book", { bookings, concurrency, way }),
      };
    },
  });
  const tokens = createGuestTokens({
    secret: stage.env.JWT_ACCESS_SECRET ?? "",
    random: stage.world.depsAt(new Date()).random,
  });
  const ask = async (booking: BookingsWanted["bookings"][number]): Promise<Ask> => ({
    method: "POST",
    path: "/order/v1/homestayOrder/createHomestayOrder",
    headers: {
      "content-type": "application/json",
      authorization: (await tokens.issue(booking.userId, new Date())).accessToken,
    },
    body: JSON.stringify({
      homestayId: booking.listingId,
      isFood: true,
      liveStartTime: startOf(booking.checkInDate, timeZone).getTime() / 1_000,
      liveEndTime: startOf(booking.checkOutDate, timeZone).getTime() / 1_000,
      livePeopleNum: 2,
      remark: "",
    }),
  });
  const shared = {
    baselineName: "SQL in two statements",
    unit: "bookings",
    baseline: book(bare, raw, { way: "at once" }),
  };
  const pairs: Pair[] = [
    {
      ...shared,
      baselineName: "SQL table by table",
      baseline: book(bare, raw, { way: "table by table" }),
      name: "create booking: use case",
      goal: 0.5,
      ours: book(our, ours),
      check: () => haveSameRows(stage, ours, raw),
    },
    {
      ...shared,
      name: "create booking: use case",
      goal: 0.5,
      ours: book(our, ours),
      check: () => haveSameRows(stage, ours, raw),
    },
    {
      ...shared,
      name: "create booking: over HTTP",
      goal: null,
      ours: {
        pids: [api.pid, postgres],
        async round() {
          const asks = await Promise.all(overHttp.next(size.bookings).map(ask));
          return askOnceEach(api.origin, asks, concurrency);
        },
      },
      check: () => haveSameRows(stage, overHttp, raw),
    },
  ];
  if (stage.redisUrl && withRedis) {
    const standard = stage.program("our-bookings", { REDIS_URL: stage.redisUrl });
    pairs.push({
      ...shared,
      name: "create booking: use case, limits on Redis",
      goal: 0.5,
      ours: book(standard, withRedis, { servers: [postgres, stage.pids.redis] }),
      check: () => haveSameRows(stage, withRedis, raw),
    });
  }
  return pairs;
}

interface Guests {
  listingIds: number[];
  /** Each guest books once, each time the next house. */
  next(count: number): BookingsWanted["bookings"];
  /** How many bookings have been asked for. */
  asked(): number;
}

async function guestsOf(
  stage: Stage,
  size: Size,
  stay: { checkInDate: string; checkOutDate: string },
): Promise<Guests> {
  const listingIds: number[] = [];
  for (let n = 0; n < houses; n += 1)
    listingIds.push((await stage.world.given.listing({ units: 20_000 })).listingId);
  // The baseline serves all pairs.
  const userIds = await newUsers(stage, size.bookings * 4 * (size.rounds + warmUpRounds));
  let asked = 0;
  return {
    listingIds,
    next(count) {
      const bookings = userIds.slice(asked, asked + count).map((userId, n) => ({
        ...stay,
        userId,
        listingId: listingIds[(asked + n) % houses] as number,
      }));
      if (bookings.length < count) throw new Error("there are not enough guests");
      asked += count;
      return bookings;
    },
    asked: () => asked,
  };
}

/** Both sides have written as many rows for each booking, into every table. */
async function haveSameRows({ world }: Stage, ...sides: Guests[]): Promise<void> {
  const each = [];
  for (const { listingIds, asked } of sides) {
    const { rows } = await world.pool.query(
      `WITH b AS (SELECT id, booking_no FROM booking WHERE listing_id = ANY($1))
       SELECT (SELECT count(*) FROM b) AS bookings,
         (SELECT count(*) FROM booking_night WHERE booking_id IN (SELECT id FROM b)) AS nights,
         (SELECT count(*) FROM booking_transition WHERE booking_id IN (SELECT id FROM b)) AS transitions,
         (SELECT count(*) FROM outbox WHERE key IN (SELECT booking_no FROM b)) AS outbox,
         (SELECT sum(sold) FROM listing_night WHERE listing_id = ANY($1)) AS sold`,
      [listingIds],
    );
    const counts = Object.entries(rows[0] as Record<string, string>);
    each.push(JSON.stringify(counts.map(([table, count]) => [table, Number(count) / asked()])));
  }
  if (new Set(each).size !== 1) throw new Error(`the two sides wrote different rows: ${each.join(" and ")}`);
}
