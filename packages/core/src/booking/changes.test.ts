import { testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Booking } from "./booking";
import { cancelBooking } from "./cancel-booking";
import { cancelUnpaidBooking } from "./cancel-unpaid-booking";
import { confirmBooking } from "./confirm-booking";
import { retakeNights } from "./nights";
import { lockBooking, recordTransition } from "./record-transition";

let world: World;
beforeAll(async () => {
  world = await testWorld();
});
afterAll(() => world.drop());

const now = "2025-04-01T10:00:00+08:00";
const money = { paymentNo: "PMT2025040110000012345678", amountFen: 60_000, paidAt: new Date(now) };

const soldOf = async ({ listingId }: { listingId: number }) => {
  const nights = await world.db.listingNight.findMany({
    where: { listingId, sold: { gt: 0 } },
    orderBy: { night: "asc" },
  });
  return nights.map(({ night, sold }) => [night.toISOString().slice(0, 10), sold]);
};
const eventsOf = (key: string) =>
  world.db.outbox.findMany({ where: { key, kind: "event" }, orderBy: { seq: "asc" } });
const rowOf = (bookingNo: string) => world.db.booking.findUniqueOrThrow({ where: { bookingNo } });
/** Changes a booking under its lock. */
const change = <T>(
  ref: string | number,
  work: (tx: Parameters<typeof lockBooking>[0], booking: Booking) => Promise<T>,
) =>
  world.db.$transaction(async (tx) => {
    const booking = await lockBooking(tx, ref);
    if (!booking) throw new Error(`no booking ${ref}`);
    return work(tx, booking);
  });

describe("confirming", () => {
  test("makes the code, which there was none before, and tells it nobody but the guest", async () => {
    const given = await world.given.pendingBooking();
    expect(await rowOf(given.bookingNo)).toMatchObject({ codeHmac: null, codeSealed: null });
    const deps = world.depsAt(now);
    const code = await change(given.bookingNo, (tx, booking) => confirmBooking(tx, deps, booking, money));
    const row = await rowOf(given.bookingNo);
    expect(row).toMatchObject({
      status: "confirmed",
      wasPaid: true,
      paidAt: money.paidAt,
      confirmedAt: new Date(now),
    });
    expect(Buffer.from(row.codeHmac ?? [])).toEqual(deps.codes.hmac(code).hmac);
    expect(deps.codes.open(row.codeSealed ?? "", given.bookingNo)).toBe(code);
    const outbox = await world.db.outbox.findMany({ where: { key: given.bookingNo } });
    expect(JSON.stringify(outbox.map(({ payload }) => payload))).not.toContain(code);
    expect((await eventsOf(given.bookingNo)).at(-1)).toMatchObject({
      name: "booking.confirmed",
      payload: { bookingNo: given.bookingNo, paymentNo: money.paymentNo, amountFen: 60_000 },
    });
  });

  test("draws again when another booking of the house has the code, also under an older pepper", async () => {
    const deps = world.depsAt(now);
    const { listingId } = await world.given.listing({ units: 2 });
    const first = await world.given.confirmedBooking({ listingId });
    const second = await world.given.pendingBooking({ listingId });
    let draws = 0;
    const codes = {
      ...deps.codes,
      create() {
        draws += 1;
        return draws <= 3 ? first.checkInCode : deps.codes.create();
      },
      hmac: (code: string) => ({ hmac: Buffer.alloc(32, code), keyId: "p2" }),
      hmacs: (code: string) => [Buffer.alloc(32, code), ...deps.codes.hmacs(code)],
    };
    const code = await change(second.bookingNo, (tx, booking) =>
      confirmBooking(tx, { ...deps, codes }, booking, money),
    );
    expect(code).not.toBe(first.checkInCode);
    expect(draws).toBe(4);
  });

  test("leaves nothing behind when the table of transitions does not know the way", async () => {
    const given = await world.given.checkedInBooking();
    const deps = world.depsAt(now);
    const events = (await eventsOf(given.bookingNo)).length;
    await expect(
      change(given.bookingNo, (tx, booking) => confirmBooking(tx, deps, booking, money)),
    ).rejects.toThrow(/cannot go from checked_in to confirmed by wechat/);
    expect((await rowOf(given.bookingNo)).status).toBe("checked_in");
    expect(await eventsOf(given.bookingNo)).toHaveLength(events);
  });
});

describe("cancelling", () => {
  test("an unpaid booking gives all nights back", async () => {
    const given = await world.given.pendingBooking();
    expect(await soldOf(given)).toHaveLength(2);
    await change(given.id, (tx, booking) =>
      cancelBooking(tx, world.depsAt(now), booking, "expired", { kind: "system" }),
    );
    expect(await soldOf(given)).toEqual([]);
    expect(await rowOf(given.bookingNo)).toMatchObject({
      status: "cancelled",
      cancelReason: "expired",
      wasPaid: false,
      cancelledAt: new Date(now),
    });
    expect((await eventsOf(given.bookingNo)).at(-1)).toMatchObject({
      name: "booking.cancelled",
      payload: { reason: "expired", wasPaid: false },
    });
  });

  test.each([
    ["2025-04-30T12:00:00+08:00", [], "before the stay: all of them"],
    ["2025-05-01T23:59:59+08:00", [], "on the first evening: tonight's too"],
    ["2025-05-02T00:00:00+08:00", [["2025-05-01", 1]], "after the first night: what is still ahead"],
    [
      "2025-05-04T00:00:00+08:00",
      [
        ["2025-05-01", 1],
        ["2025-05-02", 1],
        ["2025-05-03", 1],
      ],
      "after the stay: none",
    ],
  ])("a paid booking at %s leaves %j sold: %s", async (instant, left) => {
    const given = await world.given.confirmedBooking({
      checkInDate: "2025-05-01",
      checkOutDate: "2025-05-04",
    });
    await change(given.bookingNo, (tx, booking) =>
      cancelBooking(tx, world.depsAt(instant), booking, "by_merchant", given.actor),
    );
    expect(await soldOf(given)).toEqual(left);
    expect(await rowOf(given.bookingNo)).toMatchObject({ status: "cancelled", wasPaid: true });
  });

  test("an unpaid booking that is closed after midnight gives last night back too", async () => {
    const given = await world.given.pendingBooking({
      checkInDate: "2025-05-01",
      at: "2025-05-01T23:50:00+08:00",
    });
    await change(given.bookingNo, (tx, booking) =>
      cancelBooking(tx, world.depsAt("2025-05-02T00:20:00+08:00"), booking, "expired", { kind: "system" }),
    );
    expect(await soldOf(given)).toEqual([]);
  });

  test("nights that were given back are free for the next guest", async () => {
    const given = await world.given.cancelledBooking();
    const next = await world.given.confirmedBooking({ listingId: given.listingId });
    expect(next.bookingNo).not.toBe(given.bookingNo);
    expect(await soldOf(given)).toEqual([
      ["2025-05-01", 1],
      ["2025-05-02", 1],
    ]);
  });
});

describe("a guest who gives an unpaid booking up", () => {
  const guestOf = ({ userId, bookingNo }: { userId: number; bookingNo: string }) => ({ userId, bookingNo });
  const attempt = async (given: { id: number; userId: number; totalFen: number }, prepaidAt: Date | null) => {
    const count = await world.db.payment.count();
    return world.db.payment.create({
      data: {
        paymentNo: `PMT20250401100000${String(count).padStart(8, "0")}`,
        bookingId: given.id,
        userId: given.userId,
        openid: "o-1",
        amountFen: given.totalFen,
        prepaidAt,
        timeExpireAt: new Date("2025-04-01T10:30:00+08:00"),
        createdAt: new Date(now),
        updatedAt: new Date(now),
      },
    });
  };

  test("has it cancelled at once when nothing was asked of WeChat, and twice is as good as once", async () => {
    const given = await world.given.pendingBooking();
    const deps = world.depsAt(now);
    expect(await cancelUnpaidBooking(deps, guestOf(given))).toEqual({ state: "cancelled" });
    expect(await cancelUnpaidBooking(deps, guestOf(given))).toEqual({ state: "cancelled" });
    expect(await rowOf(given.bookingNo)).toMatchObject({ status: "cancelled", cancelReason: "by_guest" });
    expect(await soldOf(given)).toEqual([]);
    expect((await eventsOf(given.bookingNo)).map(({ name }) => name)).toEqual([
      "booking.created",
      "booking.cancelled",
    ]);
  });

  test("waits for WeChat when a payment is open: the nights stay taken and the close comes five minutes after the pre-pay", async () => {
    const given = await world.given.pendingBooking();
    const payment = await attempt(given, new Date("2025-04-01T10:01:00+08:00"));
    const deps = world.depsAt("2025-04-01T10:02:00+08:00");
    expect(await cancelUnpaidBooking(deps, guestOf(given))).toEqual({ state: "closing" });
    deps.clock.forward(1_000);
    expect(await cancelUnpaidBooking(deps, guestOf(given))).toEqual({ state: "closing" });
    expect(await rowOf(given.bookingNo)).toMatchObject({
      status: "pending_payment",
      closingAt: new Date("2025-04-01T10:02:00+08:00"),
    });
    expect(await soldOf(given)).toHaveLength(2);
    const jobs = await world.db.outbox.findMany({
      where: { key: given.bookingNo, kind: "job" },
      orderBy: { seq: "asc" },
    });
    expect(jobs.map(({ name, runAt }) => [name, runAt])).toEqual([
      ["booking.close-unpaid", new Date("2025-04-01T10:30:00+08:00")],
      ["booking.close-unpaid", new Date("2025-04-01T10:06:00+08:00")],
    ]);
    // WeChat has said closed, but the booking's own change is still to come.
    await world.db.payment.update({ where: { id: payment.id }, data: { status: "closed" } });
    expect(await cancelUnpaidBooking(deps, guestOf(given))).toEqual({ state: "closing" });
  });

  test("is not made to wait for a payment that is known closed", async () => {
    const given = await world.given.pendingBooking();
    const { id } = await attempt(given, null);
    await world.db.payment.update({ where: { id }, data: { status: "closed" } });
    expect(await cancelUnpaidBooking(world.depsAt(now), guestOf(given))).toEqual({ state: "cancelled" });
  });

  test("cannot give up what is paid, or what expired", async () => {
    const paid = await world.given.confirmedBooking();
    const expired = await world.given.cancelledBooking();
    for (const given of [paid, expired])
      await expect(cancelUnpaidBooking(world.depsAt(now), guestOf(given))).rejects.toMatchObject({
        code: "BOOKING_NOT_PENDING",
      });
  });

  test("gets the same answer for somebody else's booking as for none", async () => {
    const given = await world.given.pendingBooking();
    const { userId } = await world.given.guest();
    for (const bookingNo of [given.bookingNo, "HSO0000000000000000000000", "nonsense"])
      await expect(cancelUnpaidBooking(world.depsAt(now), { userId, bookingNo })).rejects.toMatchObject({
        code: "BOOKING_NOT_FOUND",
        facts: {},
      });
    expect((await rowOf(given.bookingNo)).status).toBe("pending_payment");
  });
});

describe("late money", () => {
  const retake = (bookingNo: string, today = "2025-04-01") =>
    change(bookingNo, (tx, booking) => retakeNights(tx, booking, today));

  test("takes the nights again when all are free", async () => {
    const given = await world.given.cancelledBooking();
    expect(await retake(given.bookingNo)).toBe(true);
    expect(await soldOf(given)).toEqual([
      ["2025-05-01", 1],
      ["2025-05-02", 1],
    ]);
  });

  test("takes none when one of them is gone", async () => {
    const given = await world.given.cancelledBooking();
    await world.given.confirmedBooking({ listingId: given.listingId, checkInDate: "2025-05-02" });
    expect(await retake(given.bookingNo)).toBe(false);
    expect(await soldOf(given)).toEqual([
      ["2025-05-02", 1],
      ["2025-05-03", 1],
    ]);
  });

  test.each([
    [
      "the house has closed",
      async (id: number) => {
        const { merchantId } = await world.db.listing.findUniqueOrThrow({ where: { id } });
        await world.db.merchant.update({ where: { id: merchantId }, data: { status: "closed" } });
      },
    ],
    [
      "the listing is off the shelf",
      (id: number) => world.db.listing.update({ where: { id }, data: { onShelf: false } }),
    ],
    [
      "a night was closed",
      (id: number) =>
        world.db.listingNight.updateMany({
          where: { listingId: id, night: new Date("2025-05-02T00:00:00Z") },
          data: { closed: true },
        }),
    ],
  ] as [string, (listingId: number) => Promise<unknown>][])("takes none when %s", async (_why, happen) => {
    const given = await world.given.cancelledBooking();
    await happen(given.listingId);
    expect(await retake(given.bookingNo)).toBe(false);
    expect(await soldOf(given)).toEqual([]);
  });

  test("takes none for what its guest gave up, or when the first night is over", async () => {
    const givenUp = await world.given.cancelledBooking({ reason: "by_guest" });
    expect(await retake(givenUp.bookingNo)).toBe(false);
    const late = await world.given.cancelledBooking();
    expect(await retake(late.bookingNo, "2025-05-02")).toBe(false);
    expect(await retake(late.bookingNo, "2025-05-01")).toBe(true);
  });

  test("of late payments for the same nights one gets them", async () => {
    for (let round = 0; round < 8; round += 1) {
      const first = await world.given.cancelledBooking();
      const late = [first];
      for (let more = 0; more < 3; more += 1)
        late.push(await world.given.cancelledBooking({ listingId: first.listingId }));
      const taken = await Promise.all(late.map(({ bookingNo }) => retake(bookingNo)));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await soldOf(first)).toEqual([
        ["2025-05-01", 1],
        ["2025-05-02", 1],
      ]);
    }
  });

  test("brings the booking back as if it had never gone", async () => {
    const given = await world.given.cancelledBooking();
    const deps = world.depsAt(now);
    await change(given.bookingNo, async (tx, booking) => {
      expect(await retakeNights(tx, booking, "2025-04-01")).toBe(true);
      await confirmBooking(tx, deps, booking, money);
    });
    expect(await rowOf(given.bookingNo)).toMatchObject({
      status: "confirmed",
      cancelReason: null,
      cancelledAt: null,
      wasPaid: true,
    });
  });
});

describe("the lock", () => {
  test("is had by the row's id and by the booking's number, and by neither for a stranger", async () => {
    const given = await world.given.pendingBooking();
    await world.db.$transaction(async (tx) => {
      const booking = await lockBooking(tx, given.id);
      expect(booking).toEqual(await lockBooking(tx, given.bookingNo));
      expect(booking).toMatchObject({ id: given.id, checkInDate: "2025-05-01", checkOutDate: "2025-05-03" });
      expect(await lockBooking(tx, "HSO0000000000000000000000")).toBeNull();
      expect(await lockBooking(tx, 987_654_321)).toBeNull();
    });
  });

  test("whoever waited for it reads what the other one wrote", async () => {
    const given = await world.given.pendingBooking();
    const deps = world.depsAt(now);
    const cancel = () =>
      change(given.bookingNo, async (tx, booking) => {
        if (booking.status !== "pending_payment") return booking.status;
        await cancelBooking(tx, deps, booking, "expired", { kind: "system" });
        return "cancelled by me";
      });
    const answers = await Promise.all([cancel(), cancel(), cancel(), cancel()]);
    expect(answers.sort()).toEqual(["cancelled", "cancelled", "cancelled", "cancelled by me"]);
    expect(await soldOf(given)).toEqual([]);
  });

  test("a history row for a way that the table does not know is not written", async () => {
    const given = await world.given.pendingBooking();
    const jump = change(given.bookingNo, (tx, booking) =>
      recordTransition(tx, booking, "completed", { kind: "system" }, new Date(now)),
    );
    await expect(jump).rejects.toThrow(/cannot go/);
    expect(await world.db.bookingTransition.count({ where: { bookingId: given.id } })).toBe(1);
  });
});
