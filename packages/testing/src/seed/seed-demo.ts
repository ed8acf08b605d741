import { subscribers } from "@looklook/contracts";
import {
  addFavourite,
  applyTrade,
  cancelBooking,
  cancelUnpaidBooking,
  checkIn,
  createBooking,
  createConsoleUser,
  createReview,
  type Deps,
  dayOf,
  endStays,
  extendInventory,
  lockBooking,
  prepay,
  randomDigits,
  requestRefund,
  type StayDate,
  startOf,
  submitRefund,
  toDbDate,
  updateProfile,
} from "@looklook/core";
import { clockAt } from "../clock";
import { unlimited } from "../deps";
import { builders } from "../given";
import { avatarPicture, headerPicture, listingPictures } from "../pictures/files";
import type { DemoAccount } from "./accounts";
import { guests } from "./guests";
import { type House, type HouseListing, houses } from "./houses";
import { type Plan, type PlannedStay, planStays } from "./plan";
import { reviewText } from "./reviews";
import { agreeableWechat } from "./wechat";

const timeZone = "Asia/Shanghai";

/** While history is played a guest needs time to pay, also where the hold is a minute later on. */
const holdMinutesInHistory = 30;

export type SeedDeps = Pick<Deps, "db" | "clock" | "random" | "passwords" | "personalData" | "codes">;

/** Somebody who is expected today, with the code that their phone would show. */
export interface DemoArrival {
  merchantSlug: string;
  bookingNo: string;
  title: string;
  guestName: string;
  checkOutDate: StayDate;
  checkInCode: string;
}

export interface SeedOutcome {
  merchants: number;
  listings: number;
  guests: number;
  bookings: number;
  reviews: number;
  arrivals: DemoArrival[];
}

/**
 * Fills an empty, migrated database with the demo: the same houses, guests and stays every time, dated relative to
 * the clock's day. History is played by the use cases on a clock of its own; what they would have told the world is
 * noted as told. `signIns`: the accounts to make, with the passwords that somebody generated.
 * @param publicBaseUrl origin to put before pictures' paths, for clients that need whole addresses
 */
export async function seedDemo(
  deps: SeedDeps,
  {
    signIns,
    publicBaseUrl = "",
  }: {
    signIns: readonly (Pick<DemoAccount, "email" | "name" | "role" | "merchantSlug"> & {
      password: string;
    })[];
    publicBaseUrl?: string;
  },
): Promise<SeedOutcome> {
  const now = deps.clock.now();
  const today = dayOf(now, timeZone);
  const plan = planStays(now, today);
  const picture = (path: string) => `${publicBaseUrl}${path}`;
  const shared = { ...deps, limiter: unlimited, traceparent: () => null };
  const begin = startOf(plan.historyStart, timeZone);
  const depsAt = (at: Date) => ({ ...shared, clock: clockAt(at), pay: agreeableWechat(() => at) });

  const world = await buildHouses(depsAt(begin), begin, picture);
  await closeNights(deps, world, plan);
  const desks = await buildAccounts(deps, world, signIns, begin);

  const codes = new Map<PlannedStay, DemoArrival>();
  let reviews = 0;
  const life = plan.stays.flatMap((stay) => lifeOf(stay));
  for (const day of daysOfHistory(plan, today))
    life.push({ at: noonOf(day), do: async () => void (await endStays(depsAt(noonOf(day)))) });
  for (const { guest, listing, merchant, at } of plan.favourites)
    life.push({
      at,
      do: async () => {
        const userId = world.guestIds[guest] ?? 0;
        if (listing)
          await addFavourite(depsAt(at), { userId, kind: "listing", id: world.listingId(listing) });
        if (merchant)
          await addFavourite(depsAt(at), { userId, kind: "merchant", id: world.merchantId(merchant) });
      },
    });
  life.sort((a, b) => a.at.getTime() - b.at.getTime());
  for (const event of life) await event.do();

  await settleHistory(deps, world, now);
  return {
    merchants: houses.length,
    listings: world.listingCount,
    guests: guests.length,
    bookings: plan.stays.length,
    reviews,
    arrivals: [...codes.values()],
  };

  /** What happens to one stay, each thing at its own time. */
  function lifeOf(stay: PlannedStay): { at: Date; do(): Promise<void> }[] {
    const userId = world.guestIds[stay.guest] ?? 0;
    const merchantId = world.merchantId(stay.merchant);
    let bookingNo = "";
    const events: { at: Date; do(): Promise<void> }[] = [];
    const when = (at: Date | null | undefined, work: (at: Date) => Promise<void>) => {
      if (at) events.push({ at, do: () => work(at) });
    };

    when(stay.bookedAt, async (at) => {
      const { checkInDate, checkOutDate, withMeals, remark } = stay;
      const wish = { listingId: world.listingId(stay.listing), checkInDate, checkOutDate, withMeals, remark };
      ({ bookingNo } = await createBooking(depsAt(at), {
        ...wish,
        guests: stay.guests,
        userId,
        idempotencyKey: null,
      }));
    });
    when(stay.paidAt, (at) => pay(depsAt(at), { userId, bookingNo }, world.openids[stay.guest] ?? ""));
    when(stay.cancelled?.at, (at) =>
      cancel(depsAt(at), stay, { bookingNo, userId, desk: desks.of(merchantId) }),
    );
    when(stay.checkedInAt, async (at) => {
      await checkIn(depsAt(at), {
        merchantId,
        actor: desks.of(merchantId),
        code: await codeOf(deps, bookingNo),
        requestId: `demo-${randomDigits(deps.random, 16)}`,
      });
    });
    when(stay.review?.at, async (at) => {
      const { content, ratings, reply } = reviewText(stay.review?.text ?? 0);
      const { reviewId } = await createReview(depsAt(at), { bookingNo, userId, content, ratings });
      reviews += 1;
      if (!stay.review?.reply) return;
      // The merchant answers a few hours later; nothing writes replies yet but this.
      const repliedAt = new Date(Math.min(now.getTime(), at.getTime() + 5 * 3_600_000));
      await deps.db.review.update({
        where: { id: reviewId },
        data: { reply, repliedAt },
        select: { id: true },
      });
    });
    // Whoever is expected today and has not come: their code is what a first-time user tries.
    if (stay.paidAt && stay.checkInDate === today && !stay.checkedInAt && !stay.cancelled)
      when(now, async () => {
        codes.set(stay, {
          merchantSlug: stay.merchant,
          bookingNo,
          title: world.titleOf(stay.listing),
          guestName: guests[stay.guest]?.nickname ?? "",
          checkOutDate: stay.checkOutDate,
          checkInCode: await codeOf(deps, bookingNo),
        });
      });
    return events;
  }
}

type DeskActor = { kind: "console_user"; consoleUserId: number; name: string };
type HistoryDeps = Parameters<typeof prepay>[0] & Parameters<typeof checkIn>[0];

/** The guest pays and WeChat says so. */
async function pay(
  deps: HistoryDeps,
  ref: { userId: number; bookingNo: string },
  openid: string,
): Promise<void> {
  const { paymentNo } = await prepay(deps, ref);
  const { amountFen } = await deps.db.payment.findUniqueOrThrow({
    where: { paymentNo },
    select: { amountFen: true },
  });
  const paidAt = deps.clock.now();
  const outcome = await applyTrade(
    deps,
    {
      appId: deps.pay.appId,
      mchId: deps.pay.mchId,
      paymentNo,
      attach: ref.bookingNo,
      transactionId: `4200${randomDigits(deps.random, 24)}`,
      tradeType: "JSAPI",
      tradeState: "SUCCESS",
      currency: "CNY",
      totalFen: amountFen,
      payerTotalFen: amountFen,
      payerOpenid: openid,
      paidAt,
    },
    "notification",
  );
  if (outcome !== "applied") throw new Error(`payment ${paymentNo} of the demo was ${outcome}`);
}

/** Ends a booking before its stay; what was paid goes back in full. */
async function cancel(
  deps: HistoryDeps,
  stay: PlannedStay,
  { bookingNo, userId, desk }: { bookingNo: string; userId: number; desk: DeskActor },
): Promise<void> {
  const by = stay.cancelled?.by;
  if (!stay.paidAt && by === "guest") {
    await cancelUnpaidBooking(deps, { userId, bookingNo });
    return;
  }
  const refundNo = await deps.db.$transaction(async (tx) => {
    const booking = await lockBooking(tx, bookingNo);
    if (!booking) throw new Error(`no booking ${bookingNo}`);
    const [reason, actor] = (
      {
        expiry: ["expired", { kind: "system" }],
        guest: ["by_guest", { kind: "guest", userId }],
        merchant: ["by_merchant", desk],
      } as const
    )[by ?? "expiry"];
    await cancelBooking(tx, deps, booking, reason, actor);
    const payment = await tx.payment.findFirst({
      where: { bookingId: booking.id, status: "succeeded" },
      select: { id: true, amountFen: true },
    });
    if (!payment) return null;
    const request = { paymentId: payment.id, amountFen: payment.amountFen, reason: "cancellation" as const };
    return (await requestRefund(tx, deps, request)).refundNo;
  });
  if (refundNo) await submitRefund(deps, { refundNo });
}

async function codeOf({ db, codes }: SeedDeps, bookingNo: string): Promise<string> {
  const { codeSealed } = await db.booking.findUniqueOrThrow({
    where: { bookingNo },
    select: { codeSealed: true },
  });
  if (!codeSealed) throw new Error(`booking ${bookingNo} has no code`);
  return codes.open(codeSealed, bookingNo);
}

interface World {
  guestIds: number[];
  openids: string[];
  listingCount: number;
  merchantId(slug: string): number;
  listingId(slug: string): number;
  titleOf(slug: string): string;
}

/** Guests, houses, listings with their calendars, and the front page. */
async function buildHouses(
  deps: Parameters<typeof builders>[0] & Pick<Deps, "clock">,
  begin: Date,
  picture: (path: string) => string,
): Promise<World> {
  const { db } = deps;
  const given = builders(deps, begin);
  const person = async (
    mobile: string,
    who: { nickname: string; sex: number; info: string; avatar: string },
  ) => {
    const { nickname, sex, info } = who;
    const made = await given.guest({ mobile, nickname, openid: demoOpenid(mobile) });
    await updateProfile(deps, { userId: made.userId, sex, info, avatar: picture(avatarPicture(who.avatar)) });
    return made;
  };

  const people = [];
  for (const guest of guests) people.push(await person(guest.mobile, guest));

  const merchants = new Map<string, number>();
  const listings = new Map<string, { id: number; title: string }>();
  const preferred: number[] = [];
  for (const [index, house] of oldestFirst.entries()) {
    const host = await person(`1990001${String(2001 + index).padStart(4, "0")}`, {
      ...house.host,
      avatar: `host-${house.slug}`,
    });
    const { merchantId } = await given.merchant({
      name: house.name,
      ownerUserId: host.userId,
      holdMinutes: holdMinutesInHistory,
      columns: merchantColumns(house, picture),
    });
    merchants.set(house.slug, merchantId);
    if (house.isGoodBusiness)
      await db.activity.create({ data: { kind: "good_business", targetId: host.userId } });
  }
  for (const [house, listing] of inOrderOfOpening()) {
    const { slug, title, titleEn, city, cityEn, pricing, units, guestsMax } = listing;
    const { listingId } = await given.listing({
      ...{ title, titleEn, city, cityEn, pricing, units, guestsMax },
      merchantId: known(merchants, house.slug),
      nightlyPriceFen: listing.nightlyPriceFen,
      weekendPriceFen: listing.weekendPriceFen,
      mealPriceFen: listing.meal?.priceFen ?? 0,
      columns: {
        subTitle: listing.subTitle,
        subTitleEn: listing.subTitleEn,
        info: listing.info,
        infoEn: listing.infoEn,
        mealInfo: listing.meal?.info ?? "",
        marketPriceFen: listing.marketPriceFen,
        pictures: listingPictures(slug).map(picture),
      },
    });
    listings.set(slug, { id: listingId, title });
    if (listing.isPreferred) preferred.push(listingId);
  }
  await db.activity.createMany({
    data: preferred.map((targetId) => ({ kind: "preferred_listing" as const, targetId })),
  });
  return {
    guestIds: people.map(({ userId }) => userId),
    openids: people.map(({ openid }) => openid),
    listingCount: listings.size,
    merchantId: (slug) => known(merchants, slug),
    listingId: (slug) => known(listings, slug).id,
    titleOf: (slug) => known(listings, slug).title,
  };
}

function known<T>(map: Map<string, T>, slug: string): T {
  const value = map.get(slug);
  if (value === undefined) throw new Error(`the demo has no ${slug}`);
  return value;
}

/** Lists show what is newest first, so the story's own house, where a hold is a minute, is the oldest. */
const oldestFirst = houses.toReversed();

/** The houses open their listings by turns, best ones last: no list is all of one house. */
function inOrderOfOpening(): (readonly [House, HouseListing])[] {
  const rounds = Math.max(...houses.map((house) => house.listings.length));
  return Array.from({ length: rounds }, (_, round) => rounds - 1 - round).flatMap((place) =>
    oldestFirst.flatMap((house) => {
      const listing = house.listings[place];
      return listing ? [[house, listing] as const] : [];
    }),
  );
}

/** The openid under which WeChat's sandbox knows a person of the demo, when somebody is that person on the phone page. */
export function demoOpenid(mobile: string): string {
  return `demo-${mobile}`;
}

function merchantColumns(house: House, picture: (path: string) => string) {
  const cover = house.listings[0]?.slug ?? "";
  return {
    slug: house.slug,
    nameEn: house.nameEn,
    info: house.info,
    bossInfo: house.bossInfo,
    tags: house.tags,
    cover: picture(listingPictures(cover)[0] ?? ""),
    headerImg: picture(headerPicture(house.slug)),
  };
}

async function closeNights({ db }: SeedDeps, world: World, plan: Plan): Promise<void> {
  const nights = [...plan.closed].flatMap(([slug, days]) =>
    days.map((night) => ({ listingId: world.listingId(slug), night })),
  );
  await db.$executeRaw`
    UPDATE listing_night n SET closed = true
    FROM unnest(${nights.map(({ listingId }) => BigInt(listingId))}::bigint[], ${nights.map(({ night }) => toDbDate(night))}::date[])
      AS shut (listing_id, night)
    WHERE n.listing_id = shut.listing_id AND n.night = shut.night`;
}

/** The console's people. A merchant without a front desk of its own is looked after by an operator. */
async function buildAccounts(
  deps: SeedDeps,
  world: World,
  signIns: Parameters<typeof seedDemo>[1]["signIns"],
  begin: Date,
) {
  // Hashing is slow on purpose and uses every core; adding the rows keeps their order.
  const hashes = await Promise.all(signIns.map(({ password }) => deps.passwords.hash(password)));
  const desks = new Map<number, DeskActor>();
  for (const [index, { email, name, role, merchantSlug, password }] of signIns.entries()) {
    const merchantId = merchantSlug === null ? null : world.merchantId(merchantSlug);
    const passwords = { ...deps.passwords, hash: () => Promise.resolve(hashes[index] ?? "") };
    const { id } = await createConsoleUser(
      { db: deps.db, clock: clockAt(begin), passwords },
      {
        email,
        password,
        name,
        isOperator: role === "operator",
        memberships: merchantId === null || role === "operator" ? [] : [{ merchantId, role }],
      },
    );
    if (merchantId !== null && role === "front_desk")
      desks.set(merchantId, { kind: "console_user", consoleUserId: id, name });
  }
  return {
    of(merchantId: number) {
      const desk = desks.get(merchantId);
      if (!desk) throw new Error("every merchant of the demo needs a front desk among the sign-ins");
      return desk;
    },
  };
}

/**
 * Brings the present about: holds and shelves as they are now, calendars a year ahead, the messages that went out.
 * Everything of the past counts as told and done, so that no worker tells a guest today what happened in spring;
 * what is due later (closing a hold) is left to the worker.
 */
async function settleHistory({ db, clock }: SeedDeps, world: World, now: Date): Promise<void> {
  for (const house of houses) {
    await db.merchant.update({
      where: { id: world.merchantId(house.slug) },
      data: { holdMinutes: house.holdMinutes },
    });
    for (const { slug, onShelf } of house.listings)
      if (!onShelf) await db.listing.update({ where: { id: world.listingId(slug) }, data: { onShelf } });
  }
  await extendInventory({ db, clock });

  const paid = await db.booking.findMany({
    where: { confirmedAt: { not: null } },
    orderBy: { id: "asc" },
    select: { id: true, userId: true, confirmedAt: true },
  });
  await db.guestMessage.createMany({
    data: paid.flatMap(({ id, userId, confirmedAt }, index) =>
      (["paid", "stay_info"] as const).map((kind) => {
        const at = confirmedAt ?? now;
        // Some guests grant one message and not the other.
        const isRefused = kind === "paid" && index % 11 === 5;
        return {
          bookingId: id,
          userId,
          kind,
          status: isRefused ? ("refused" as const) : ("delivered" as const),
          errorCode: isRefused ? 43101 : 0,
          attempts: 1,
          nextTryAt: at,
          createdAt: at,
          sentAt: isRefused ? null : new Date(at.getTime() + 1_200),
        };
      }),
    ),
  });
  await db.$executeRaw`
    UPDATE fulfilment_upload SET status = 'uploaded', attempts = 1, error_code = 0, uploaded_at = next_try_at
    WHERE next_try_at <= ${now}::timestamptz`;
  await db.$executeRaw`
    UPDATE outbox SET published_at = greatest(created_at, coalesce(run_at, created_at))
    WHERE run_at IS NULL OR run_at <= ${now}::timestamptz`;
  await db.$executeRaw`
    INSERT INTO inbox (subscriber, event_id, handled_at)
    SELECT subscriber, id, created_at FROM outbox CROSS JOIN unnest(${[...subscribers]}::text[]) AS subscriber
    WHERE kind = 'event' AND published_at IS NOT NULL`;
}

/** Days on which a stay of the past ended, in order. */
function daysOfHistory(plan: Plan, today: StayDate): StayDate[] {
  const days = new Set(plan.stays.map(({ checkOutDate }) => checkOutDate).filter((day) => day < today));
  return [...days].sort();
}

function noonOf(day: StayDate): Date {
  return new Date(startOf(day, timeZone).getTime() + 12 * 3_600_000);
}
