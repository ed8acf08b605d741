import { seededRandom } from "@looklook/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cancelUnpaidBooking } from "../booking";
import { applyTrade } from "./apply-trade";
import { closeUnpaidBooking, sweepUnpaidBookings } from "./close-unpaid-booking";
import { GatewayError } from "./gateway";
import { getPaymentResult } from "./get-payment-result";
import { prepay } from "./prepay";
import { receiveNotification } from "./receive-notification";
import { minutes, type PayingWorld, payingWorld } from "./test-world";

let world: PayingWorld;
beforeAll(async () => {
  world = await payingWorld({ seed: "closing" });
});
afterEach(async () => {
  world.sandbox.faults.clear();
  await world.assertBooksAgree();
});
afterAll(() => world.drop());

const queries = { match: { method: "GET", path: "/v3/pay/transactions/out-trade-no" } };
const closes = { match: { method: "POST", path: "/v3/pay/transactions/out-trade-no" } };

test("a booking that nobody tried to pay is cancelled at the end of its hold, and its nights are free", async () => {
  const { bookingNo, listingId } = await world.booked();
  await world.advance(minutes(30) - 1);
  expect((await world.read(bookingNo)).status).toBe("pending_payment");
  expect(await world.soldNights(listingId)).toBe(2);
  await world.advance(1);
  expect(await world.read(bookingNo)).toMatchObject({
    status: "cancelled",
    cancelReason: "expired",
    wasPaid: false,
    cancelledAt: world.clock.now(),
  });
  expect(await world.soldNights(listingId)).toBe(0);
});

test("a prepaid booking is closed at WeChat before its nights are free", async () => {
  const { bookingNo, listingId, sheet, openid } = await world.prepaid();
  await world.advance(minutes(31));
  expect(world.sandbox.books.order(sheet.paymentNo)?.state).toBe("CLOSED");
  expect(world.sandbox.phone.pay(openid, sheet)).toMatchObject({ ok: false });
  const booking = await world.read(bookingNo);
  expect(booking).toMatchObject({ status: "cancelled", cancelReason: "expired" });
  expect(booking.payments).toMatchObject([{ status: "closed", tradeState: "CLOSED", nextSyncAt: null }]);
  expect(await world.soldNights(listingId)).toBe(0);
});

test("the sweep closes what a lost job missed", async () => {
  const { bookingNo } = await world.booked();
  const { bookingNo: prepaid } = await world.prepaid();
  world.clock.advance(minutes(31));
  expect(await sweepUnpaidBookings(world.deps)).toBeGreaterThanOrEqual(2);
  expect((await world.read(bookingNo)).status).toBe("cancelled");
  expect((await world.read(prepaid)).status).toBe("cancelled");
});

test("a paid booking is not closed by a late timer", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  world.clock.advance(minutes(31));
  expect(await closeUnpaidBooking(world.deps, { bookingNo })).toBe("nothing_to_do");
  expect((await world.read(bookingNo)).status).toBe("confirmed");
});

test("a payment whose callback never came is found before the close, and counts", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  world.sandbox.faults.callback({ kind: "drop-all" });
  world.sandbox.phone.pay(openid, sheet);
  world.clock.advance(minutes(31));
  expect(await closeUnpaidBooking(world.deps, { bookingNo })).toBe("paid");
  const booking = await world.read(bookingNo);
  expect(booking.status).toBe("confirmed");
  expect(booking.transitions.at(-1)).toMatchObject({ to: "confirmed", actorKind: "system" });
});

test("no close is tried in the first five minutes after a pre-pay, and the job comes back by itself", async () => {
  const merchant = await world.given.merchant({ holdMinutes: 5 });
  const { listingId } = await world.given.listing(merchant);
  const begunAt = world.clock.now();
  world.clock.advance(0);
  const { bookingNo, sheet } = await world.prepaid({ listingId });
  // Prepaid two minutes into a hold of five: WeChat closes from minute seven on.
  await world.db.payment.updateMany({
    where: { paymentNo: sheet.paymentNo },
    data: { prepaidAt: new Date(begunAt.getTime() + minutes(2)) },
  });
  await world.advance(minutes(7) - 1);
  expect((await world.read(bookingNo)).status).toBe("pending_payment");
  expect(world.sandbox.books.order(sheet.paymentNo)?.state).toBe("NOTPAY");
  await world.advance(1);
  expect((await world.read(bookingNo)).status).toBe("cancelled");
});

test("a guest who gives up keeps the nights taken until WeChat has closed, and then they are free at once", async () => {
  const { bookingNo, userId, listingId, sheet } = await world.prepaid();
  await world.advance(minutes(1));
  expect(await cancelUnpaidBooking(world.deps, { userId, bookingNo })).toEqual({ state: "closing" });
  await world.advance(minutes(3));
  expect(await world.soldNights(listingId)).toBe(2);
  await world.advance(minutes(1));
  expect(await world.read(bookingNo)).toMatchObject({ status: "cancelled", cancelReason: "by_guest" });
  expect(await world.soldNights(listingId)).toBe(0);
  expect(world.sandbox.books.order(sheet.paymentNo)?.state).toBe("CLOSED");
});

test("a guest who pays while closing has paid", async () => {
  const { bookingNo, userId, openid, sheet } = await world.prepaid();
  await cancelUnpaidBooking(world.deps, { userId, bookingNo });
  world.sandbox.phone.pay(openid, sheet);
  await world.advance(minutes(10));
  expect(await world.read(bookingNo)).toMatchObject({ status: "confirmed", closingAt: null });
});

test("while somebody types the password the nights stay taken, however long it takes", async () => {
  const { bookingNo, openid, sheet, listingId } = await world.prepaid();
  world.sandbox.phone.beginPay(openid, sheet);
  await world.advance(minutes(45));
  expect((await world.read(bookingNo)).status).toBe("pending_payment");
  expect(await world.soldNights(listingId)).toBe(2);
  world.sandbox.phone.finishPay(sheet.paymentNo);
  await world.advance(1_000);
  expect((await world.read(bookingNo)).status).toBe("confirmed");
});

test.each([
  ["somebody has begun to pay since we asked", { kind: "error", status: 202, code: "USER_PAYING" }],
  ["it finds the order too young", { kind: "error", status: 403, code: "RULE_LIMIT" }],
] as const)("when WeChat does not close because %s, the nights stay taken", async (_, fault) => {
  const { bookingNo, listingId } = await world.prepaid();
  world.clock.advance(minutes(30));
  world.sandbox.faults.wire(fault, closes);
  expect(await closeUnpaidBooking(world.deps, { bookingNo })).toBe("kept");
  expect(await world.soldNights(listingId)).toBe(2);
  expect(await closeUnpaidBooking(world.deps, { bookingNo })).toBe("cancelled");
});

test("when nothing came of the password the booking is closed after all", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  world.sandbox.phone.beginPay(openid, sheet);
  await world.advance(minutes(35));
  world.sandbox.phone.abandonPay(sheet.paymentNo);
  await world.advance(minutes(1));
  expect((await world.read(bookingNo)).status).toBe("cancelled");
});

test.each([
  ["breaks", { kind: "error", status: 500, code: "SYSTEM_ERROR" }],
  ["resets the connection", { kind: "reset" }],
  ["limits us", { kind: "frequency-limited" }],
  ["answers unsigned", { kind: "unsigned" }],
] as const)(
  "while WeChat %s the nights stay taken, and afterwards the booking is closed",
  async (_, fault) => {
    const { bookingNo, listingId } = await world.prepaid();
    world.clock.advance(minutes(30));
    world.sandbox.faults.wire(fault, { ...queries, times: null });
    await expect(closeUnpaidBooking(world.deps, { bookingNo })).rejects.toBeInstanceOf(GatewayError);
    world.sandbox.faults.clear();
    world.sandbox.faults.wire(fault, { ...closes, times: null });
    await expect(closeUnpaidBooking(world.deps, { bookingNo })).rejects.toBeInstanceOf(GatewayError);
    expect(await world.soldNights(listingId)).toBe(2);
    world.sandbox.faults.clear();
    expect(await closeUnpaidBooking(world.deps, { bookingNo })).toBe("cancelled");
  },
);

test("a close whose answer is lost is a close: the next try understands ORDER_CLOSED", async () => {
  const { bookingNo } = await world.prepaid();
  world.clock.advance(minutes(30));
  world.sandbox.faults.wire({ kind: "lost-answer" }, { ...closes, times: 2 });
  await expect(closeUnpaidBooking(world.deps, { bookingNo })).rejects.toBeInstanceOf(GatewayError);
  expect(await closeUnpaidBooking(world.deps, { bookingNo })).toBe("cancelled");
});

test("an attempt that never reached WeChat counts as closed one minute after its time, not before", async () => {
  const { bookingNo, openid, listingId } = await world.booked();
  const attempt = await attemptNeverSent(bookingNo, openid);
  await world.advance(minutes(31) - 1_000);
  expect((await world.read(bookingNo)).status).toBe("pending_payment");
  expect(await world.soldNights(listingId)).toBe(2);
  await world.advance(1_000);
  const booking = await world.read(bookingNo);
  expect(booking.status).toBe("cancelled");
  expect(booking.payments).toMatchObject([{ paymentNo: attempt, status: "closed" }]);
});

/** What a crash leaves between our row and WeChat's order. */
async function attemptNeverSent(bookingNo: string, openid: string) {
  const { id, userId, totalFen, expiresAt } = await world.read(bookingNo);
  const now = world.clock.now();
  const paymentNo = `PMT20260504100000${bookingNo.slice(-8)}`;
  await world.db.payment.create({
    data: {
      paymentNo,
      bookingId: id,
      userId,
      openid,
      amountFen: totalFen,
      timeExpireAt: expiresAt,
      nextSyncAt: now,
      createdAt: now,
      updatedAt: now,
    },
  });
  return paymentNo;
}

test("somebody who pays between our question and our close has paid: ORDERPAID is asked about again", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  world.sandbox.phone.beginPay(openid, sheet);
  world.clock.advance(minutes(31));
  world.sandbox.faults.callback({ kind: "drop-all" });
  const { pay } = world.deps;
  const racing = {
    ...world.deps,
    pay: {
      ...pay,
      async query(paymentNo: string) {
        const trade = await pay.query(paymentNo);
        // The first question still hears NOTPAY.
        if (trade?.tradeState === "USERPAYING") {
          world.sandbox.phone.finishPay(paymentNo);
          return { ...trade, tradeState: "NOTPAY" as const };
        }
        return trade;
      },
    },
  };
  expect(await closeUnpaidBooking(racing, { bookingNo })).toBe("paid");
  expect((await world.read(bookingNo)).status).toBe("confirmed");
});

describe("late money", () => {
  /** Cancelled here and closed at WeChat, which then lets the money through all the same. */
  async function paidLate(stay: Parameters<typeof world.prepaid>[0] = {}) {
    const booking = await world.prepaid(stay);
    await world.advance(minutes(31));
    expect((await world.read(booking.bookingNo)).status).toBe("cancelled");
    return {
      ...booking,
      pay: async () => {
        world.sandbox.phone.finishPay(booking.sheet.paymentNo, { evenIfClosed: true });
        await world.advance(minutes(2));
      },
    };
  }

  test("brings the booking back when its nights are still free", async () => {
    const { bookingNo, listingId, pay } = await paidLate();
    await pay();
    const booking = await world.read(bookingNo);
    expect(booking).toMatchObject({
      status: "confirmed",
      cancelReason: null,
      cancelledAt: null,
      wasPaid: true,
    });
    expect(booking.refunds).toEqual([]);
    expect(await world.soldNights(listingId)).toBe(2);
  });

  test("goes back in full when somebody else has the nights", async () => {
    const { bookingNo, userId, listingId, totalFen, pay } = await paidLate();
    const next = await world.booked({ listingId, checkInDate: "2026-05-21" });
    await pay();
    const booking = await world.read(bookingNo);
    expect(booking).toMatchObject({ status: "cancelled", wasPaid: false });
    expect(booking.refunds).toMatchObject([
      { reason: "late_payment", status: "succeeded", amountFen: totalFen, nextTryAt: null },
    ]);
    expect(booking.messages).toEqual([]);
    expect(await getPaymentResult(world.deps, { userId, bookingNo })).toMatchObject({ state: "refunded" });
    expect((await world.read(next.bookingNo)).status).toBe("pending_payment");
  });

  test("goes back when the guest had given the booking up", async () => {
    const booking = await world.prepaid();
    await cancelUnpaidBooking(world.deps, booking);
    await world.advance(minutes(6));
    world.sandbox.phone.finishPay(booking.sheet.paymentNo, { evenIfClosed: true });
    await world.advance(minutes(2));
    expect(await world.read(booking.bookingNo)).toMatchObject({
      status: "cancelled",
      refunds: [{ status: "succeeded" }],
    });
  });

  test.each([
    [
      "the listing is off the shelf",
      (id: number) => world.db.listing.update({ where: { id }, data: { onShelf: false } }),
    ],
    [
      "the merchant has closed",
      (id: number) =>
        world.db.listing.update({ where: { id }, data: { merchant: { update: { status: "closed" } } } }),
    ],
  ])("goes back when %s", async (_, close) => {
    const { bookingNo, listingId, pay } = await paidLate();
    await close(listingId);
    await pay();
    expect(await world.read(bookingNo)).toMatchObject({
      status: "cancelled",
      refunds: [{ status: "succeeded" }],
    });
  });

  test("goes back when the first night is past", async () => {
    const { bookingNo, pay } = await paidLate({ checkInDate: "2026-05-05" });
    world.clock.advance(minutes(50 * 60));
    await pay();
    expect(await world.read(bookingNo)).toMatchObject({
      status: "cancelled",
      refunds: [{ status: "succeeded" }],
    });
  });
});

test("of two payments for one booking the first is kept and the second given back", async () => {
  const booking = await world.prepaid();
  // The first attempt is closed with us, as after a change of openid, and paid at WeChat all the same.
  const { openid } = world.sandbox.phone.user();
  await world.db.userAuth.updateMany({ where: { userId: booking.userId }, data: { authKey: openid } });
  world.clock.advance(minutes(6));
  const sheet = await prepay(world.deps, booking);
  world.sandbox.phone.pay(openid, sheet);
  await world.advance(1_000);
  world.sandbox.phone.finishPay(booking.sheet.paymentNo, { evenIfClosed: true });
  await world.advance(minutes(2));
  const { status, payments, refunds } = await world.read(booking.bookingNo);
  expect(status).toBe("confirmed");
  expect(payments.map((payment) => [payment.paymentNo, payment.status, payment.refundedFen])).toEqual([
    [booking.sheet.paymentNo, "succeeded", booking.totalFen],
    [sheet.paymentNo, "succeeded", 0],
  ]);
  expect(refunds).toMatchObject([{ reason: "double_payment", status: "succeeded" }]);
  const told = world.published.filter(
    ({ key, topic }) => key === booking.bookingNo && topic.startsWith("payment"),
  );
  expect(told.map(({ value }) => JSON.parse(value))).toEqual([{ payStatus: 1, orderSn: booking.bookingNo }]);
});

test("paying and closing at the same moment never cancels with the money kept", async () => {
  const rounds = Number(process.env.RACE_ROUNDS ?? 80);
  const random = seededRandom("races");
  const { listingId } = await world.given.listing({ units: 2_000 });
  const outcomes: Record<string, number> = {};
  for (let round = 0; round < rounds; round++) {
    await world.db.listing.update({ where: { id: listingId }, data: { onShelf: true } });
    const { bookingNo, userId, openid, sheet } = await world.prepaid({
      listingId,
      checkInDate: "2026-06-10",
      checkOutDate: "2026-06-11",
    });
    world.sandbox.faults.callback({ kind: "drop-all" }, { match: { outTradeNo: sheet.paymentNo } });
    world.sandbox.phone.beginPay(openid, sheet);
    world.clock.advance(minutes(31));
    const [dice = 0, way = 0, luck = 0] = random.bytes(3);
    // Off the shelf, late money cannot bring the booking back and has to be given back.
    await world.db.listing.update({ where: { id: listingId }, data: { onShelf: luck % 2 === 0 } });
    const finish = async () => {
      world.sandbox.phone.finishPay(sheet.paymentNo, { evenIfClosed: true });
      const trade = await world.deps.pay.query(sheet.paymentNo);
      if (trade?.tradeState !== "SUCCESS") return;
      const told = {
        id: `race-${sheet.paymentNo}`,
        eventType: "TRANSACTION.SUCCESS",
        kind: "payment" as const,
      };
      await Promise.all([
        receiveNotification(world.deps, { ...told, trade }),
        applyTrade(world.deps, trade, "query"),
      ]);
    };
    // The money comes at one of the moments before, between and after what the close asks WeChat, or never.
    const moment = dice % 7;
    const running: Promise<void>[] = [];
    let moments = 0;
    const pass = () => {
      if (moments++ === moment) running.push(finish());
    };
    const { pay } = world.deps;
    const watched = async <T>(call: () => Promise<T>) => {
      pass();
      return call().finally(pass);
    };
    const racing = {
      ...world.deps,
      pay: {
        ...pay,
        query: (paymentNo: string) => watched(() => pay.query(paymentNo)),
        close: (paymentNo: string) => watched(() => pay.close(paymentNo)),
      },
    };
    if (way % 4 > 0) world.sandbox.phone.abandonPay(sheet.paymentNo);
    await Promise.all([
      closeUnpaidBooking(racing, { bookingNo }),
      ...(way % 2 === 0 ? [closeUnpaidBooking(world.deps, { bookingNo })] : []),
      getPaymentResult(world.deps, { userId, bookingNo }),
    ]);
    pass();
    await Promise.all(running);
    // A password that nobody ever finishes typing would keep the nights for good.
    world.sandbox.phone.abandonPay(sheet.paymentNo);
    await world.advance(minutes(2));
    const { status, refunds } = await world.read(bookingNo);
    const end = refunds.length > 0 ? `${status}, ${refunds[0]?.status}` : status;
    outcomes[end] = (outcomes[end] ?? 0) + 1;
  }
  console.log(`pay versus close, ${rounds} rounds: ${JSON.stringify(outcomes)}`);
  expect(
    Object.keys(outcomes).filter((end) => !["confirmed", "cancelled", "cancelled, succeeded"].includes(end)),
  ).toEqual([]);
  await world.assertBooksAgree();
}, 600_000);
