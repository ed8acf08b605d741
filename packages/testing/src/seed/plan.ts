import { addDays, nightsOf, type StayDate } from "@looklook/core";
import { chanceFrom } from "../pictures/pen";
import { guests } from "./guests";
import { type HouseListing, houses, storyMerchantSlug } from "./houses";

/** How one booking of the demo goes; dates are days, counted from the seed's own today. */
export interface PlannedStay {
  listing: string;
  merchant: string;
  /** Place in the list of guests. */
  guest: number;
  checkInDate: StayDate;
  checkOutDate: StayDate;
  guests: number;
  withMeals: boolean;
  remark: string;
  bookedAt: Date;
  /** null: nobody pays it. */
  paidAt: Date | null;
  checkedInAt: Date | null;
  cancelled: { at: Date; by: "guest" | "merchant" | "expiry" } | null;
  review: { at: Date; text: number; reply: boolean } | null;
}

export interface Plan {
  /** The first day of every calendar. */
  historyStart: StayDate;
  stays: PlannedStay[];
  /** Nights that nobody can book, by listing. */
  closed: Map<string, StayDate[]>;
  favourites: { guest: number; listing: string | null; merchant: string | null; at: Date }[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const historyDays = 120;

/** What is played, and how often: 200 bookings in every state. */
const quotas = {
  // Who comes today is drawn first: a small house must have room for its arrivals.
  arriving: 13,
  arrived: 3,
  completed: 86,
  noShow: 8,
  pastExpired: 7,
  pastGivenUp: 3,
  pastCancelled: 8,
  inHouse: 10,
  departing: 5,
  confirmed: 42,
  pending: 4,
  futureExpired: 4,
  futureGivenUp: 2,
  futureCancelled: 5,
} as const;
type Kind = keyof typeof quotas;

const remarks = [
  "",
  "",
  "",
  "到得比较晚，大约晚上十点",
  "带一个三岁的孩子，麻烦备儿童拖鞋",
  "想要安静一点的房间",
  "对花生过敏，早餐请留意",
  "过生日，谢谢",
  "We arrive by the last train.",
  "需要停车位",
  "",
] as const;

/**
 * Draws the demo's bookings, always the same ones relative to `now`: who stays where, when it was booked, and what
 * becomes of it. Nothing is sold twice and nothing falls on a closed night, so that no use case refuses.
 */
export function planStays(now: Date, today: StayDate): Plan {
  const chance = chanceFrom("looklook demo, first edition");
  const whole = (from: number, to: number) => from + Math.floor(chance() * (to - from + 1));
  const pick = <T>(choices: readonly T[]): T => {
    const choice = choices[Math.floor(chance() * choices.length)];
    if (choice === undefined) throw new Error("nothing to choose from");
    return choice;
  };
  const listings = houses.flatMap((house) =>
    house.listings.filter(({ onShelf }) => onShelf).map((listing) => ({ ...listing, merchant: house.slug })),
  );
  const historyStart = addDays(today, -historyDays);
  const day = (offset: number) => addDays(today, offset);
  /** Local time of a day in China, where all houses are. */
  const at = (date: StayDate, hours: number) =>
    new Date(Date.parse(`${date}T00:00:00+08:00`) + hours * hourMs);

  const closed = new Map<string, StayDate[]>();
  for (const { slug } of listings) {
    const runs = [whole(-90, -20), whole(8, 60), whole(70, 200)];
    closed.set(
      slug,
      runs.flatMap((start) => Array.from({ length: whole(1, 4) }, (_, n) => day(start + n))),
    );
  }

  const sold = new Map<string, number>();
  const isFree = (listing: HouseListing, nights: readonly StayDate[]) =>
    nights.every(
      (night) =>
        !closed.get(listing.slug)?.includes(night) &&
        (sold.get(`${listing.slug} ${night}`) ?? 0) < listing.units,
    );

  /** Days of a stay of this kind, as [check-in, nights] counted from today. */
  const dates: Record<Kind, () => readonly [number, number]> = {
    completed: () => fromEnd(whole(-100, -1)),
    noShow: () => fromEnd(whole(-80, -2)),
    pastExpired: () => fromEnd(whole(-70, -3)),
    pastGivenUp: () => fromEnd(whole(-50, -3)),
    pastCancelled: () => fromEnd(whole(-80, -4)),
    inHouse: () => [whole(-2, -1), whole(3, 5)],
    departing: () => fromEnd(0),
    arriving: () => [0, whole(1, 3)],
    arrived: () => [0, whole(1, 3)],
    confirmed: () => [whole(1, 75), whole(1, 4)],
    pending: () => [whole(3, 30), whole(1, 3)],
    futureExpired: () => [whole(4, 50), whole(1, 3)],
    futureGivenUp: () => [whole(4, 40), whole(1, 2)],
    futureCancelled: () => [whole(10, 60), whole(1, 3)],
  };
  function fromEnd(end: number) {
    const nights = whole(1, 4);
    return [end - nights, nights] as const;
  }

  const stays: PlannedStay[] = [];
  for (const kind of Object.keys(quotas) as Kind[])
    for (let n = 0; n < quotas[kind]; n++) stays.push(draw(kind, n));
  stays.sort((a, b) => a.bookedAt.getTime() - b.bookedAt.getTime());
  return { historyStart, stays, closed, favourites: drawFavourites() };

  function draw(kind: Kind, n: number): PlannedStay {
    for (let tries = 0; tries < 2_000; tries++) {
      // Every house has arrivals today; the story's own house is left out where a hold must last.
      const choices =
        kind === "arriving" || kind === "arrived"
          ? listings.filter(({ merchant }) => merchant === hostOfArrival(n))
          : listings.filter(({ merchant }) => kind !== "pending" || merchant !== storyMerchantSlug);
      // Past stays are spread evenly, so that every listing has its guests and their reviews.
      const inTurn = kind === "completed" && tries < 40 ? listings[n % listings.length] : undefined;
      const listing = inTurn ?? pick(choices);
      const [start, length] = dates[kind]();
      const stay = { checkInDate: day(start), checkOutDate: day(start + length) };
      const nights = nightsOf(stay.checkInDate, stay.checkOutDate);
      if (!isFree(listing, nights)) continue;
      const life = lifeOf(kind, stay);
      if (life === null) continue;
      // Also a booking that ends unpaid took its nights for a while: counting them keeps the plan simple.
      for (const night of nights)
        sold.set(`${listing.slug} ${night}`, (sold.get(`${listing.slug} ${night}`) ?? 0) + 1);
      return {
        listing: listing.slug,
        merchant: listing.merchant,
        // The first of each kind are the people that the phone page offers, so they have something of everything.
        guest: n < 3 ? (n + (kind === "pending" ? 1 : 0)) % 3 : whole(0, guests.length - 1),
        ...stay,
        guests: whole(1, Math.min(listing.guestsMax, 4)),
        withMeals: listing.meal !== null && chance() < 0.45,
        remark: pick(remarks),
        ...life,
      };
    }
    throw new Error(`no room for a stay of kind ${kind}`);
  }

  /** Every house expects somebody; the story's, which is small, no more than one, so that it has rooms tonight. */
  function hostOfArrival(n: number): string | undefined {
    const hosts = n < houses.length ? houses : houses.filter(({ slug }) => slug !== storyMerchantSlug);
    return hosts[n % hosts.length]?.slug;
  }

  /** When things happen to it, or null when there is no time for them. */
  function lifeOf(kind: Kind, stay: Pick<PlannedStay, "checkInDate" | "checkOutDate">) {
    const isSoon = kind === "pending";
    const isAhead = stay.checkInDate > today;
    // Booked some days before, in waking hours, and for a stay that lies ahead at least an hour ago.
    const leadDays = isAhead ? whole(1, 20) : whole(0, 18);
    const latest = isAhead ? new Date(now.getTime() - hourMs) : at(stay.checkInDate, 6);
    const base = isAhead
      ? now.getTime() - leadDays * dayMs
      : at(stay.checkInDate, 0).getTime() - leadDays * dayMs;
    let bookedAt = isSoon
      ? new Date(now.getTime() - whole(2, 12) * minuteMs)
      : new Date(base - whole(1, 14) * hourMs + whole(0, 3_599) * 1_000);
    if (bookedAt > latest && !isSoon) bookedAt = latest;
    if (bookedAt < at(historyStart, 0)) return null;

    const paidAt = new Date(bookedAt.getTime() + whole(40, 420) * 1_000);
    const arrivedAt = new Date(at(stay.checkInDate, 14).getTime() + whole(0, 7 * 60) * minuteMs);
    const life = {
      bookedAt,
      paidAt: paidAt as Date | null,
      checkedInAt: null as Date | null,
      cancelled: null as PlannedStay["cancelled"],
      review: null as PlannedStay["review"],
    };
    switch (kind) {
      case "completed": {
        life.checkedInAt = arrivedAt;
        const reviewedAt = new Date(at(stay.checkOutDate, 13).getTime() + whole(0, 50) * hourMs);
        if (chance() < 0.68 && reviewedAt < now)
          life.review = { at: reviewedAt, text: whole(0, 1_000), reply: chance() < 0.6 };
        return life;
      }
      case "inHouse":
      case "departing":
        life.checkedInAt = arrivedAt;
        return life;
      case "arrived": {
        // Late enough that it was already today, early enough that the desk can no longer take it back.
        const checkedInAt = new Date(now.getTime() - whole(25, 90) * minuteMs);
        life.checkedInAt = checkedInAt > at(today, 0) && checkedInAt > paidAt ? checkedInAt : null;
        return life;
      }
      case "pending":
        life.paidAt = null;
        return life;
      case "pastExpired":
      case "futureExpired":
        life.paidAt = null;
        life.cancelled = { at: new Date(bookedAt.getTime() + 46 * minuteMs), by: "expiry" };
        return life;
      case "pastGivenUp":
      case "futureGivenUp":
        life.paidAt = null;
        life.cancelled = { at: new Date(bookedAt.getTime() + whole(3, 12) * minuteMs), by: "guest" };
        return life;
      case "pastCancelled":
      case "futureCancelled": {
        const until = Math.min(now.getTime(), at(stay.checkInDate, 0).getTime());
        const spareMs = until - paidAt.getTime() - 10 * minuteMs;
        if (spareMs < hourMs) return null;
        life.cancelled = {
          at: new Date(paidAt.getTime() + Math.floor(chance() * spareMs)),
          by: chance() < 0.75 ? "guest" : "merchant",
        };
        return life;
      }
      default:
        return life;
    }
  }

  function drawFavourites(): Plan["favourites"] {
    const favourites = guests.flatMap((_, guest) => {
      const kept = new Set(Array.from({ length: whole(2, 5) }, () => pick(listings).slug));
      const at = new Date(now.getTime() - whole(1, 60) * dayMs);
      return [
        ...[...kept].map((listing) => ({ guest, listing, merchant: null, at })),
        ...(chance() < 0.5 ? [{ guest, listing: null, merchant: pick(houses).slug, at }] : []),
      ];
    });
    return favourites.sort((a, b) => a.at.getTime() - b.at.getTime());
  }
}
