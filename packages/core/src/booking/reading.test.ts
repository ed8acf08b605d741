import { FindBookingsOutput, GetBookingOutput, GuestBooking, TodayOutput } from "@looklook/contracts";
import { type Desk, type GivenBooking, testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelUnpaidBooking } from "./cancel-unpaid-booking";
import { findBookings } from "./find-bookings";
import { findMyBookings, getMyBooking } from "./find-my-bookings";
import { getBooking } from "./get-booking";
import { getToday } from "./get-today";
import { undoCheckIn } from "./undo-check-in";

let world: World;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.drop());

const now = "2025-05-01T18:00:00+08:00";
const at = ({ merchantId, actor }: Desk) => ({ merchantId, actor });
const numbersOf = (bookings: readonly { bookingNo: string }[]) => bookings.map(({ bookingNo }) => bookingNo);

describe("a guest's own bookings", () => {
  const mine = (userId: number, change: Partial<Parameters<typeof findMyBookings>[1]> = {}) =>
    findMyBookings(world.depsAt(now), { userId, lastId: 0, pageSize: 20, legacyState: null, ...change });

  test("show what was booked, and the code once it is paid", async () => {
    const { userId } = await world.given.guest();
    const { listingId, merchantId } = await world.given.listing();
    const pending = await world.given.pendingBooking({ userId, listingId, withMeals: true, remark: "晚到" });
    const before = await getMyBooking(world.depsAt(now), pending);
    expect(GuestBooking.parse(before)).toEqual(before);
    const listing = await world.db.listing.findUniqueOrThrow({
      where: { id: listingId },
      include: { merchant: true },
    });
    expect(before).toMatchObject({
      userId,
      listingId,
      merchantId,
      hostUserId: Number(listing.merchant.ownerUserId),
      title: listing.title,
      cover: listing.pictures[0],
      roomTotalFen: 60_000,
      mealTotalFen: 20_000,
      totalFen: 80_000,
      checkInDate: "2025-05-01",
      checkOutDate: "2025-05-03",
      withMeals: true,
      remark: "晚到",
      status: "pending_payment",
      isClosing: false,
      wasPaid: false,
      paidAt: null,
      checkInCode: "",
      checkInQr: "",
      hasReview: false,
    });
    const code = await world.given.pay(pending);
    const after = await getMyBooking(world.depsAt(now), pending);
    expect(after).toMatchObject({ status: "confirmed", wasPaid: true, checkInCode: code });
    expect(await world.depsAt(now).codes.verify(after.checkInQr)).toEqual({
      bookingNo: pending.bookingNo,
      code,
      merchantId,
    });
    // Whoever looks at the QR code learns no name and no number.
    const [, payload] = after.checkInQr.split(".");
    expect(Object.keys(JSON.parse(Buffer.from(payload ?? "", "base64url").toString())).sort()).toEqual([
      "b",
      "c",
      "i",
      "m",
      "o",
    ]);
  });

  test("an unproven number never sees a code", async () => {
    const { userId } = await world.given.guest({ isProven: false });
    const booking = await world.given.confirmedBooking({ userId });
    const shown = await getMyBooking(world.depsAt(now), booking);
    expect(shown).toMatchObject({ status: "confirmed", checkInCode: "", checkInQr: "" });
    expect((await mine(userId)).bookings[0]).toMatchObject({ checkInCode: "", checkInQr: "" });
  });

  test("the code goes when the stay is over", async () => {
    const booking = await world.given.checkedInBooking();
    expect((await getMyBooking(world.depsAt(now), booking)).checkInCode).toBe(booking.checkInCode);
    await world.db.booking.update({ where: { id: booking.id }, data: { status: "completed" } });
    expect((await getMyBooking(world.depsAt(now), booking)).checkInCode).toBe("");
  });

  test("somebody else's booking is answered like none", async () => {
    const booking = await world.given.confirmedBooking();
    const { userId } = await world.given.guest();
    for (const bookingNo of [booking.bookingNo, "HSO0000000000000000000000", "", "'; --"])
      await expect(getMyBooking(world.depsAt(now), { userId, bookingNo })).rejects.toMatchObject({
        code: "BOOKING_NOT_FOUND",
        facts: {},
      });
  });

  test("are filtered by the legacy system's numbers", async () => {
    const { userId } = await world.given.guest();
    const pending = await world.given.pendingBooking({ userId });
    const closing = await world.given.pendingBooking({ userId });
    await world.db.booking.update({ where: { id: closing.id }, data: { closingAt: new Date(now) } });
    const cancelled = await world.given.pendingBooking({ userId });
    await cancelUnpaidBooking(world.depsAt(now), { userId, bookingNo: cancelled.bookingNo });
    const confirmed = await world.given.confirmedBooking({ userId });
    const checkedIn = await world.given.checkedInBooking({ userId });
    const completed = await world.given.checkedInBooking({ userId });
    await world.db.booking.update({ where: { id: completed.id }, data: { status: "completed" } });
    const refunded = await world.given.confirmedBooking({ userId });
    await world.db.booking.update({
      where: { id: refunded.id },
      data: { status: "cancelled", cancelReason: "by_merchant" },
    });
    const noShow = await world.given.confirmedBooking({ userId });
    await world.db.booking.update({ where: { id: noShow.id }, data: { status: "no_show" } });

    const all = [noShow, refunded, completed, checkedIn, confirmed, cancelled, closing, pending];
    const cases: [number | null, GivenBooking[]][] = [
      [-1, [cancelled, closing]],
      [0, [pending]],
      [1, [confirmed]],
      [2, [completed, checkedIn]],
      [3, [refunded]],
      [4, [noShow]],
      [null, all],
      [7, all],
    ];
    for (const [legacyState, expected] of cases)
      expect(numbersOf((await mine(userId, { legacyState })).bookings)).toEqual(numbersOf(expected));
    expect((await mine(userId, { legacyState: -1 })).bookings.map(({ isClosing }) => isClosing)).toEqual([
      false,
      true,
    ]);
  });

  test("come in pages, newest first, nothing twice and nothing left out", async () => {
    const { userId } = await world.given.guest();
    const made = [];
    for (let nth = 0; nth < 5; nth += 1) made.unshift(await world.given.confirmedBooking({ userId }));
    const seen: string[] = [];
    for (let lastId = 0; ; ) {
      const { bookings } = await mine(userId, { lastId, pageSize: 2 });
      if (bookings.length === 0) break;
      seen.push(...numbersOf(bookings));
      lastId = bookings.at(-1)?.id ?? 0;
    }
    expect(seen).toEqual(numbersOf(made));
    expect((await mine(userId, { pageSize: 0 })).bookings).toEqual([]);
    expect((await mine(userId, { pageSize: -1 })).bookings).toHaveLength(5);
    expect(
      (await mine(userId, { pageSize: 9_007_199_254_740_991, lastId: 9_007_199_254_740_991 })).bookings,
    ).toHaveLength(5);
  });
});

describe("the console's list", () => {
  const find = async (desk: Desk, change: Partial<Parameters<typeof findBookings>[1]> = {}) => {
    const found = await findBookings(world.depsAt(now), {
      ...at(desk),
      cursor: null,
      limit: 20,
      status: [],
      query: "",
      listingId: null,
      fromDate: null,
      toDate: null,
      ...change,
    });
    expect(FindBookingsOutput.parse(found)).toEqual(found);
    return found;
  };

  test("finds by number, last four digits, title, state, listing and days, and never another house's", async () => {
    const { merchantId } = await world.given.merchant();
    const lake = await world.given.listing({
      merchantId,
      title: "湖景 100% 房",
      titleEn: "Lake_view room",
      units: 9,
    });
    const hill = await world.given.listing({ merchantId, title: "山景房", titleEn: "Hill room", units: 9 });
    const { userId } = await world.given.guest({ mobile: "13800007788" });
    const first = await world.given.confirmedBooking({ listingId: lake.listingId, userId });
    const second = await world.given.pendingBooking({ listingId: hill.listingId, checkInDate: "2025-05-03" });
    const third = await world.given.checkedInBooking({ listingId: hill.listingId });
    await world.given.confirmedBooking({ userId });

    const cases: [string, Partial<Parameters<typeof findBookings>[1]>, GivenBooking[]][] = [
      ["everything", {}, [third, second, first]],
      ["a whole number", { query: first.bookingNo }, [first]],
      ["its last digits", { query: second.bookingNo.slice(-8) }, [second]],
      ["a number in lower case", { query: third.bookingNo.toLowerCase() }, [third]],
      ["four last digits of a mobile", { query: "7788" }, [first]],
      ["words of a title", { query: "山景" }, [third, second]],
      ["words of an English title, in any case", { query: "HILL" }, [third, second]],
      ["a percent sign that is meant", { query: "100%" }, [first]],
      ["an underscore that is meant", { query: "e_v" }, [first]],
      ["a percent sign that matches nothing", { query: "湖%房" }, []],
      ["a backslash", { query: "\\" }, []],
      ["one state", { status: ["confirmed"] }, [first]],
      ["two states", { status: ["confirmed", "checked_in"] }, [third, first]],
      ["one listing", { listingId: hill.listingId }, [third, second]],
      ["days that a stay touches", { fromDate: "2025-05-02", toDate: "2025-05-03" }, [third, first]],
      ["the day of leaving is not touched", { fromDate: "2025-05-03" }, [second]],
      ["days that no calendar has", { fromDate: "0000-01-01", toDate: "9999-12-31" }, [third, second, first]],
      ["the first day of all", { fromDate: "0001-01-01" }, [third, second, first]],
      ["the day of coming is", { toDate: "2025-05-02" }, [third, first]],
    ];
    for (const [what, change, expected] of cases)
      expect([what, numbersOf((await find(first, change)).bookings)]).toEqual([what, numbersOf(expected)]);
  });

  test("goes on below its cursor and says when it is over", async () => {
    const { listingId } = await world.given.listing({ units: 5 });
    const made = [];
    for (let nth = 0; nth < 5; nth += 1) made.unshift(await world.given.confirmedBooking({ listingId }));
    const desk = made[0] as GivenBooking;
    const one = await find(desk, { limit: 2 });
    const two = await find(desk, { limit: 2, cursor: one.nextCursor });
    const three = await find(desk, { limit: 2, cursor: two.nextCursor });
    expect([one, two, three].flatMap(({ bookings }) => numbersOf(bookings))).toEqual(numbersOf(made));
    expect(three.nextCursor).toBeNull();
    expect((await find(desk, { limit: 5 })).nextCursor).toBeNull();
  });

  test("gives a name and four digits away, and no more", async () => {
    const { userId } = await world.given.guest({ mobile: "13800006655", nickname: "林夕" });
    const booking = await world.given.confirmedBooking({ userId });
    const text = JSON.stringify(await find(booking));
    expect(text).toContain("林夕");
    expect(text).toContain("6655");
    for (const secret of ["13800006655", booking.checkInCode]) expect(text).not.toContain(secret);
  });
});

describe("one booking in the console", () => {
  test("tells everything that happened to it in order", async () => {
    const given = await world.given.checkedInBooking({
      checkInDate: "2025-05-02",
      guests: 2,
      withMeals: true,
    });
    const deps = world.depsAt("2025-05-02T14:10:00+08:00");
    await undoCheckIn(deps, {
      ...at(given),
      bookingNo: given.bookingNo,
      reason: "看错了",
      requestId: "undo-0001",
    });
    const payment = await world.db.payment.findFirstOrThrow({ where: { bookingId: given.id } });
    await world.db.payment.update({ where: { id: payment.id }, data: { refundedFen: 100 } });
    await world.db.refund.create({
      data: {
        refundNo: "RFD1",
        paymentId: payment.id,
        bookingId: given.id,
        amountFen: 100,
        reason: "cancellation",
        status: "succeeded",
        requestedAt: new Date("2025-05-02T15:00:00+08:00"),
        acceptedAt: new Date("2025-05-02T15:00:01+08:00"),
        finishedAt: new Date("2025-05-02T15:00:02+08:00"),
      },
    });
    await world.db.guestMessage.create({
      data: {
        bookingId: given.id,
        userId: given.userId,
        kind: "paid",
        status: "delivered",
        nextTryAt: new Date(now),
        createdAt: new Date("2025-04-01T10:00:01+08:00"),
        sentAt: new Date("2025-04-01T10:00:02+08:00"),
      },
    });
    const shown = await getBooking(deps, { ...at(given), bookingNo: given.bookingNo });
    expect(GetBookingOutput.parse(shown)).toEqual(shown);
    expect(shown).toMatchObject({
      nights: [
        { night: "2025-05-02", priceFen: 30_000 },
        { night: "2025-05-03", priceFen: 30_000 },
      ],
      roomTotalFen: 60_000,
      mealTotalFen: 20_000,
      booking: { paidFen: 79_900, totalFen: 80_000 },
    });
    const by = given.actor.name;
    expect(
      shown.timeline.map(({ kind, what, actorKind, reason }) => [kind, what, actorKind, reason]),
    ).toEqual([
      ["payment", "open", "guest", ""],
      ["payment", "succeeded", "wechat", ""],
      ["transition", "pending_payment", "guest", ""],
      ["transition", "confirmed", "wechat", ""],
      ["message", "delivered", "system", "paid"],
      ["transition", "checked_in", "console_user", ""],
      ["transition", "confirmed", "console_user", "看错了"],
      ["refund", "requested", "system", "cancellation"],
      ["refund", "accepted", "wechat", "cancellation"],
      ["refund", "succeeded", "wechat", "cancellation"],
    ]);
    expect(
      shown.timeline
        .filter(({ actorKind }) => actorKind === "console_user")
        .map(({ actorName }) => actorName),
    ).toEqual([by, by]);
    const times = shown.timeline.map((entry) => entry.at.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  test("of another house is answered like none", async () => {
    const given = await world.given.confirmedBooking();
    const stranger = await world.given.confirmedBooking();
    for (const bookingNo of [given.bookingNo, "HSO0000000000000000000000", "x"])
      await expect(getBooking(world.depsAt(now), { ...at(stranger), bookingNo })).rejects.toMatchObject({
        code: "BOOKING_NOT_FOUND",
        facts: {},
      });
  });
});

test("today is who comes, who leaves, who is in the house and how full it is", async () => {
  const { merchantId } = await world.given.merchant();
  const { listingId } = await world.given.listing({ merchantId, units: 6 });
  const shut = await world.given.listing({ merchantId, units: 3, onShelf: false });
  const arriving = await world.given.confirmedBooking({ listingId });
  const arrived = await world.given.checkedInBooking({ listingId });
  const late = await world.given.confirmedBooking({ listingId, checkInDate: "2025-04-30" });
  const staying = await world.given.checkedInBooking({ listingId, checkInDate: "2025-04-30" });
  const leaving = await world.given.checkedInBooking({ listingId, checkInDate: "2025-04-29" });
  const left = await world.given.checkedInBooking({ listingId, checkInDate: "2025-04-29" });
  await world.db.booking.update({ where: { id: left.id }, data: { status: "completed" } });
  // Not of today: tomorrow's, an unpaid one, a cancelled one, another house's, one that never came.
  await world.given.confirmedBooking({ listingId, checkInDate: "2025-05-02" });
  await world.given.pendingBooking({ listingId });
  await world.given.cancelledBooking({ listingId });
  await world.given.confirmedBooking();
  await world.given.confirmedBooking({ listingId, checkInDate: "2025-04-29" });

  const shown = await getToday(world.depsAt("2025-05-01T00:00:00+08:00"), at(arriving));
  expect(TodayOutput.parse(shown)).toEqual(shown);
  expect(shown.today).toBe("2025-05-01");
  expect(numbersOf(shown.arrivals).sort()).toEqual(numbersOf([arriving, arrived, late]).sort());
  expect(numbersOf(shown.inHouse).sort()).toEqual(numbersOf([arrived, staying]).sort());
  expect(numbersOf(shown.departures).sort()).toEqual(numbersOf([leaving, left]).sort());
  // Tonight: arriving, arrived, late, staying and the unpaid one hold a room; the listing off the shelf has none to sell.
  expect(shown).toMatchObject({ unitsTonight: 6, soldTonight: 5 });
  expect(shut.merchantId).toBe(merchantId);

  const yesterday = await getToday(world.depsAt("2025-04-30T23:59:59+08:00"), at(arriving));
  expect(yesterday.today).toBe("2025-04-30");
  expect(numbersOf(yesterday.arrivals)).not.toContain(arriving.bookingNo);
});
