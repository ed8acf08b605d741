import { type MembershipRole, type PricingKind, RequestId } from "@looklook/contracts";
import {
  addDays,
  type Booking,
  cancelBooking,
  checkIn,
  confirmBooking,
  createBooking,
  extendInventory,
  fen,
  idOf,
  insertGuest,
  lockBooking,
  publicNumber,
  randomDigits,
  type StayDate,
  startOf,
} from "@looklook/core";
import type { CancelReason, Prisma } from "@looklook/db";
import { clockAt } from "./clock";
import type { TestDeps } from "./deps";

const timeZone = "Asia/Shanghai";

/** Somebody at a desk, as console use cases are told of them. */
export interface Desk {
  merchantId: number;
  actor: { kind: "console_user"; consoleUserId: number; name: string };
}

/** What builders need of `Deps`; a clock is set for each of them. */
export type BuilderDeps = Omit<TestDeps, "guestTokens" | "clock">;

export interface StayWanted {
  listingId?: number;
  userId?: number;
  checkInDate?: StayDate;
  checkOutDate?: StayDate;
  guests?: number;
  withMeals?: boolean;
  remark?: string;
  /** When it is booked and paid; the builder's own instant unless said. */
  at?: string | Date;
}

/** A booking as a test wants to know it. */
export interface GivenBooking extends Desk {
  id: number;
  bookingNo: string;
  userId: number;
  listingId: number;
  checkInDate: StayDate;
  checkOutDate: StayDate;
  totalFen: number;
  /** "" until it is paid. */
  checkInCode: string;
}

/**
 * Builders: what a test starts from, and nothing it does not name. They call the use cases, on a clock that stands at
 * `instant` unless a builder is told otherwise; calendars begin on that day.
 */
export function builders(shared: BuilderDeps, instant: string | Date) {
  const { db, random } = shared;
  const depsAt = (at: string | Date = instant) => ({ ...shared, clock: clockAt(at) });
  let count = 0;
  const nth = () => {
    count += 1;
    return count;
  };

  /** A guest whose number WeChat has vouched for, unless `isProven` is false, with an openid. */
  async function guest({
    mobile = `139${randomDigits(random, 8)}`,
    nickname = `住客${nth()}`,
    isProven = true,
    openid = `o-${randomDigits(random, 20)}`,
  }: {
    mobile?: string;
    nickname?: string;
    isProven?: boolean;
    openid?: string | null;
  } = {}) {
    const deps = depsAt();
    const now = deps.clock.now();
    const user = await db.$transaction((tx) =>
      insertGuest(tx, deps, { mobile, nickname, mobileProvenAt: isProven ? now : null }),
    );
    if (openid)
      await db.userAuth.create({
        data: { userId: user.id, authType: "wechat_mini", authKey: openid, createdAt: now },
      });
    return { userId: idOf(user.id), mobile, nickname, openid: openid ?? "" };
  }

  // Argon2 is slow on purpose; nobody signs in as these, so they share one password's hash.
  const nobodysHash = once(() => shared.passwords.hash(randomDigits(random, 16)));

  /** Somebody who works in the console at this merchant. Nobody knows their password: suites that sign in make their own. */
  async function desk(
    merchantId: number,
    { role = "front_desk", name = `前台${nth()}` }: { role?: MembershipRole; name?: string } = {},
  ): Promise<Desk> {
    const createdAt = depsAt().clock.now();
    const { id } = await db.consoleUser.create({
      data: {
        email: `desk-${nth()}-${randomDigits(random, 6)}@example.com`,
        passwordHash: await nobodysHash(),
        name,
        createdAt,
        memberships: { create: { merchantId, role, createdAt } },
      },
    });
    return { merchantId, actor: { kind: "console_user", consoleUserId: idOf(id), name } };
  }

  async function merchant({
    name = `云栖民宿${nth()}`,
    status = "open",
    holdMinutes,
    ownerUserId,
    columns,
  }: {
    name?: string;
    status?: "open" | "closed";
    holdMinutes?: number;
    ownerUserId?: number;
    /** Whatever else its row should say. */
    columns?: Partial<Prisma.MerchantUncheckedCreateInput>;
  } = {}) {
    const now = depsAt().clock.now();
    const row = await db.merchant.create({
      data: {
        slug: `house-${nth()}-${randomDigits(random, 6)}`,
        name,
        status,
        holdMinutes,
        ownerUserId: ownerUserId ?? (await guest()).userId,
        createdAt: now,
        updatedAt: now,
        ...columns,
      },
    });
    return { merchantId: idOf(row.id), slug: row.slug, ownerUserId: idOf(row.ownerUserId) };
  }

  /** A listing with its calendar. */
  async function listing({
    merchantId,
    title = `湖景大床房${nth()}`,
    titleEn = "",
    city = "杭州",
    cityEn = "Hangzhou",
    pricing = "per_room",
    units = 1,
    guestsMax = 4,
    nightlyPriceFen = 30_000,
    weekendPriceFen = null,
    mealPriceFen = 5_000,
    onShelf = true,
    columns,
  }: {
    merchantId?: number;
    title?: string;
    titleEn?: string;
    city?: string;
    cityEn?: string;
    pricing?: PricingKind;
    units?: number;
    guestsMax?: number;
    nightlyPriceFen?: number;
    weekendPriceFen?: number | null;
    mealPriceFen?: number;
    onShelf?: boolean;
    /** Whatever else its row should say. */
    columns?: Partial<Prisma.ListingUncheckedCreateInput>;
  } = {}) {
    const deps = depsAt();
    const now = deps.clock.now();
    const owner = merchantId ?? (await merchant()).merchantId;
    const row = await db.listing.create({
      data: {
        merchantId: owner,
        title,
        titleEn,
        subTitle: "推窗见湖",
        city,
        cityEn,
        pictures: ["/pictures/1.webp", "/pictures/2.webp"],
        info: "一室一厅，含独立卫浴。",
        guestsMax,
        pricing,
        units,
        nightlyPriceFen,
        weekendPriceFen,
        mealPriceFen,
        marketPriceFen: nightlyPriceFen + 8_000,
        mealInfo: "中式早餐",
        onShelf,
        timeZone,
        createdAt: now,
        updatedAt: now,
        ...columns,
      },
    });
    const listingId = idOf(row.id);
    await extendInventory(deps, { listingId });
    return { listingId, merchantId: owner };
  }

  /** Holds its nights and waits for money. */
  async function pendingBooking(wanted: StayWanted = {}): Promise<GivenBooking> {
    const deps = depsAt(wanted.at);
    const listingId = wanted.listingId ?? (await listing()).listingId;
    const userId = wanted.userId ?? (await guest()).userId;
    const checkInDate = wanted.checkInDate ?? "2025-05-01";
    const stay = { listingId, checkInDate, checkOutDate: wanted.checkOutDate ?? addDays(checkInDate, 2) };
    const { bookingNo } = await createBooking(deps, {
      ...stay,
      userId,
      guests: wanted.guests ?? 2,
      withMeals: wanted.withMeals ?? false,
      remark: wanted.remark ?? "",
      idempotencyKey: `given-${randomDigits(random, 20)}`,
    });
    const booking = await read(bookingNo);
    return { ...stay, ...(await desk(booking.merchantId)), ...known(booking), userId, checkInCode: "" };
  }

  /** Paid, as a notification would have it. */
  async function confirmedBooking(wanted: StayWanted = {}): Promise<GivenBooking> {
    const given = await pendingBooking(wanted);
    return { ...given, checkInCode: await pay(given, depsAt(wanted.at)) };
  }

  /** Pays a pending booking: one succeeded attempt, and the booking confirmed. Answers the check-in code. */
  async function pay(
    given: Pick<GivenBooking, "bookingNo" | "userId">,
    deps: BuilderDeps & Pick<TestDeps, "clock"> = depsAt(),
  ): Promise<string> {
    return db.$transaction(async (tx) => {
      const booking = await lockBooking(tx, given.bookingNo);
      if (!booking) throw new Error(`no booking ${given.bookingNo}`);
      const now = deps.clock.now();
      const paymentNo = publicNumber("PMT", random, now);
      const auth = await tx.userAuth.findFirst({ where: { userId: given.userId } });
      await tx.payment.create({
        data: {
          paymentNo,
          bookingId: booking.id,
          userId: given.userId,
          openid: auth?.authKey ?? "",
          amountFen: booking.totalFen,
          status: "succeeded",
          prepaidAt: now,
          timeExpireAt: booking.expiresAt,
          transactionId: `42000${randomDigits(random, 23)}`,
          tradeType: "JSAPI",
          tradeState: "SUCCESS",
          payerTotalFen: booking.totalFen,
          paidAt: now,
          createdAt: now,
          updatedAt: now,
        },
      });
      return confirmBooking(tx, deps, booking, { paymentNo, amountFen: booking.totalFen, paidAt: now });
    });
  }

  /** Accepted at the door at two in the afternoon of its first day. */
  async function checkedInBooking(wanted: StayWanted & { checkedInAt?: string | Date } = {}) {
    const given = await confirmedBooking(wanted);
    const twoPm = new Date(startOf(given.checkInDate, timeZone).getTime() + 14 * 3_600_000);
    await checkIn(depsAt(wanted.checkedInAt ?? twoPm), {
      merchantId: given.merchantId,
      actor: given.actor,
      code: given.checkInCode,
      requestId: RequestId.parse(`given-${randomDigits(random, 20)}`),
    });
    return given;
  }

  async function cancelledBooking(
    wanted: StayWanted & { reason?: CancelReason } = {},
  ): Promise<GivenBooking> {
    const given = await pendingBooking(wanted);
    const deps = depsAt(wanted.at);
    await db.$transaction(async (tx) => {
      const booking = await lockBooking(tx, given.bookingNo);
      if (!booking) throw new Error(`no booking ${given.bookingNo}`);
      await cancelBooking(tx, deps, booking, wanted.reason ?? "expired", { kind: "system" });
    });
    return given;
  }

  function read(bookingNo: string): Promise<Booking> {
    return db.$transaction(async (tx) => {
      const booking = await lockBooking(tx, bookingNo);
      if (!booking) throw new Error(`no booking ${bookingNo}`);
      return booking;
    });
  }

  return {
    guest,
    desk,
    merchant,
    listing,
    pendingBooking,
    confirmedBooking,
    checkedInBooking,
    cancelledBooking,
    pay,
  };
}

function known({ id, bookingNo, totalFen }: Booking) {
  return { id, bookingNo, totalFen: fen(totalFen) };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
