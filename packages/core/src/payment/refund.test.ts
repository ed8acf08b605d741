import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { idOf } from "../shared";
import { GatewayError } from "./gateway";
import { getPaymentResult } from "./get-payment-result";
import { prepay } from "./prepay";
import { requestRefund, submitRefund, sweepRefunds } from "./refund";
import { minutes, type PayingWorld, payingWorld } from "./test-world";

let world: PayingWorld;
beforeAll(async () => {
  world = await payingWorld({ seed: "refunds" });
});
afterEach(async () => {
  world.sandbox.faults.clear();
  world.sandbox.faults.refundBalance(null);
  await world.assertBooksAgree();
});
afterAll(() => world.drop());

const refunds = { match: { path: "/v3/refund/domestic/refunds" } };

/** A paid booking, and a way to ask for some of its money back. */
async function paid() {
  const booking = await world.prepaid();
  world.sandbox.phone.pay(booking.openid, booking.sheet);
  await world.advance(1_000);
  const [payment] = (await world.read(booking.bookingNo)).payments;
  if (!payment) throw new Error("it is paid");
  const giveBack = (amountFen = payment.amountFen) =>
    world.db.$transaction((tx) =>
      requestRefund(tx, world.deps, { paymentId: payment.id, amountFen, reason: "cancellation" }),
    );
  return { ...booking, payment, giveBack };
}

const refund = (refundNo: string) => world.db.refund.findUniqueOrThrow({ where: { refundNo } });
const caseOf = (subject: string) =>
  world.db.operatorCase.findFirst({ where: { kind: "refund_abnormal", subject } });

test("a refund goes from asked to accepted to given back, and the legacy listeners hear of it", async () => {
  const { bookingNo, giveBack, payment } = await paid();
  const { refundNo } = await giveBack();
  expect(await refund(refundNo)).toMatchObject({ status: "requested", nextTryAt: world.clock.now() });
  await submitRefund(world.deps, { refundNo });
  expect(await refund(refundNo)).toMatchObject({ status: "accepted", acceptedAt: world.clock.now() });
  await world.advance(10_000);
  expect(await refund(refundNo)).toMatchObject({ status: "succeeded", nextTryAt: null });
  const told = world.published.filter(({ key, topic }) => key === bookingNo && topic.startsWith("payment"));
  expect(told.map(({ value }) => JSON.parse(value))).toEqual([
    { payStatus: 1, orderSn: bookingNo },
    { payStatus: 2, orderSn: bookingNo },
  ]);
  expect(
    world.sandbox.books.refunds().filter(({ outTradeNo }) => outTradeNo === payment.paymentNo),
  ).toHaveLength(1);
});

test("asked many times side by side, before and after lost answers, it is one refund under one number", async () => {
  const { giveBack, payment } = await paid();
  const { refundNo } = await giveBack();
  world.sandbox.faults.wire({ kind: "lost-answer" }, refunds);
  await expect(submitRefund(world.deps, { refundNo })).rejects.toBeInstanceOf(GatewayError);
  expect(await refund(refundNo)).toMatchObject({ status: "requested", attempts: 1 });
  world.clock.advance(6_000);
  await Promise.allSettled(Array.from({ length: 6 }, () => submitRefund(world.deps, { refundNo })));
  await world.advance(minutes(2));
  expect(await refund(refundNo)).toMatchObject({ status: "succeeded" });
  expect(
    world.sandbox.books.refunds().filter(({ outTradeNo }) => outTradeNo === payment.paymentNo),
  ).toHaveLength(1);
});

test("a lost callback is made good by asking", async () => {
  const { giveBack } = await paid();
  world.sandbox.faults.callback({ kind: "drop-all" }, { match: { eventType: "REFUND.SUCCESS" } });
  const { refundNo } = await giveBack();
  await world.advance(minutes(2));
  expect(await refund(refundNo)).toMatchObject({ status: "succeeded" });
});

test("two parts are asked for a minute apart, and only the second makes it a full refund", async () => {
  const { bookingNo, giveBack, payment } = await paid();
  const first = await giveBack(10_000);
  const second = await giveBack(payment.amountFen - 10_000);
  await world.advance(minutes(3));
  expect(await refund(first.refundNo)).toMatchObject({ status: "succeeded" });
  expect(await refund(second.refundNo)).toMatchObject({ status: "succeeded" });
  const [one, two] = world.sandbox.books
    .refunds()
    .filter(({ outTradeNo }) => outTradeNo === payment.paymentNo);
  expect((two?.acceptedAt.getTime() ?? 0) - (one?.acceptedAt.getTime() ?? 0)).toBeGreaterThanOrEqual(60_000);
  const asked = world.published.flatMap(({ key, value }) => {
    const event = JSON.parse(value);
    return key === bookingNo && event.type === "refund.requested" ? [event.payload.full] : [];
  });
  expect(asked).toEqual([false, true]);
});

test("the database refuses to give back more than came in", async () => {
  const { giveBack, payment } = await paid();
  await giveBack(payment.amountFen - 1);
  await expect(giveBack(2)).rejects.toThrow();
  await world.advance(minutes(2));
});

test("one that WeChat cannot pay out becomes a case, which closes when it is mended", async () => {
  const { giveBack, payment } = await paid();
  const { refundNo } = await giveBack();
  world.sandbox.faults.refund(refundNo, "ABNORMAL");
  await world.advance(minutes(1));
  expect(await refund(refundNo)).toMatchObject({ status: "abnormal" });
  expect(await caseOf(refundNo)).toMatchObject({ status: "open", amountFen: payment.amountFen });
  world.sandbox.mendRefund(refundNo);
  await world.advance(minutes(1));
  expect(await refund(refundNo)).toMatchObject({ status: "succeeded" });
  expect(await caseOf(refundNo)).toMatchObject({ status: "resolved" });
});

test("one that WeChat gave up is closed, and somebody is told", async () => {
  const { giveBack } = await paid();
  const { refundNo } = await giveBack();
  world.sandbox.faults.refund(refundNo, "CLOSED");
  await world.advance(minutes(1));
  expect(await refund(refundNo)).toMatchObject({ status: "closed", nextTryAt: null });
  expect(await caseOf(refundNo)).toMatchObject({ status: "open" });
});

test("without balance at WeChat it is tried until there is some, always under its number", async () => {
  const { giveBack } = await paid();
  world.sandbox.faults.refundBalance(0);
  const { refundNo } = await giveBack();
  await world.advance(minutes(2));
  expect(await refund(refundNo)).toMatchObject({ status: "requested" });
  expect(await caseOf(refundNo)).toMatchObject({ status: "open", detail: { why: "NOT_ENOUGH" } });
  world.sandbox.faults.refundBalance(null);
  await world.advance(minutes(20));
  expect(await refund(refundNo)).toMatchObject({ status: "succeeded" });
  expect(await caseOf(refundNo)).toMatchObject({ status: "resolved" });
});

test("the guest sees what became of the money, and nobody else's guest does", async () => {
  const booking = await world.booked();
  const { userId, bookingNo } = booking;
  const ask = () => getPaymentResult(world.deps, { userId, bookingNo });
  expect(await ask()).toEqual({ state: "unpaid", paidAt: null });
  await expect(getPaymentResult(world.deps, { userId: userId + 1, bookingNo })).rejects.toMatchObject({
    code: "BOOKING_NOT_FOUND",
  });
  const sheet = await prepay(world.deps, booking);
  expect(await ask()).toEqual({ state: "unpaid", paidAt: null });
  world.sandbox.faults.callback({ kind: "drop-all" });
  world.sandbox.phone.pay(booking.openid, sheet);
  const query = { match: { method: "GET", path: "/v3/pay/transactions" } };
  world.sandbox.faults.wire({ kind: "reset" }, { ...query, times: 2 });
  expect(await ask()).toEqual({ state: "unsure", paidAt: null });
  // No callback ever came: the question itself confirms it.
  expect(await ask()).toEqual({ state: "paid", paidAt: world.clock.now() });
  expect((await world.read(bookingNo)).status).toBe("confirmed");
  expect(idOf((await world.read(bookingNo)).userId)).toBe(userId);
});

test("a year after the payment it is a person's business", async () => {
  const { giveBack, payment } = await paid();
  world.clock.advance(minutes(366 * 24 * 60));
  const { refundNo } = await giveBack();
  await sweepRefunds(world.deps);
  expect(await refund(refundNo)).toMatchObject({ status: "requested", nextTryAt: null });
  expect(await caseOf(refundNo)).toMatchObject({ status: "open", detail: { why: "too_old" } });
  expect(world.sandbox.books.refunds().filter(({ outTradeNo }) => outTradeNo === payment.paymentNo)).toEqual(
    [],
  );
});
