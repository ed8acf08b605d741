import { afterAll, beforeAll, expect, test } from "vitest";
import { cancelUnpaidBooking } from "../booking";
import { prepay } from "./prepay";
import { minutes, type PayingWorld, payingWorld } from "./test-world";

let world: PayingWorld;
beforeAll(async () => {
  world = await payingWorld({ seed: "prepay" });
});
afterAll(() => world.drop());

const refusal = (code: string) => expect.objectContaining({ code });

test("the phone's sheet accepts our signature and shows the booking's price until the hold ends", async () => {
  const { sheet, openid, bookingNo, totalFen } = await world.prepaid();
  const { expiresAt } = await world.read(bookingNo);
  expect(world.sandbox.phone.sheet(openid, sheet)).toMatchObject({
    ok: true,
    outTradeNo: sheet.paymentNo,
    totalFen,
    expiresAt: new Date(Math.trunc(expiresAt.getTime() / 1000) * 1000),
  });
});

test("asking again gives the same payment, freshly signed, and WeChat has one order", async () => {
  const booking = await world.prepaid();
  world.clock.advance(5_000);
  const again = await prepay(world.deps, booking);
  expect(again.paymentNo).toBe(booking.sheet.paymentNo);
  expect(again.package).toBe(booking.sheet.package);
  expect(again.paySign).not.toBe(booking.sheet.paySign);
  expect(world.sandbox.phone.sheet(booking.openid, again)).toMatchObject({ ok: true });
});

test("eight taps at once make one attempt", async () => {
  const booking = await world.booked();
  const sheets = await Promise.all(Array.from({ length: 8 }, () => prepay(world.deps, booking)));
  expect(new Set(sheets.map(({ paymentNo }) => paymentNo)).size).toBe(1);
  expect((await world.read(booking.bookingNo)).payments).toHaveLength(1);
});

test("another guest's booking is answered as one that does not exist", async () => {
  const { bookingNo } = await world.booked();
  const stranger = await world.guest();
  await expect(prepay(world.deps, { userId: stranger.userId, bookingNo })).rejects.toEqual(
    refusal("BOOKING_NOT_FOUND"),
  );
  await expect(
    prepay(world.deps, { userId: stranger.userId, bookingNo: "HSO2026050410000000000000" }),
  ).rejects.toEqual(refusal("BOOKING_NOT_FOUND"));
});

test("a guest without WeChat is told so before anything is written", async () => {
  const { userId } = await world.given.guest({ openid: null });
  const booking = await world.given.pendingBooking({
    userId,
    at: world.clock.now(),
    checkInDate: "2026-05-20",
  });
  await expect(prepay(world.deps, booking)).rejects.toEqual(refusal("PAYMENT_NEEDS_WECHAT"));
  expect((await world.read(booking.bookingNo)).payments).toEqual([]);
});

test("in the last two minutes of a hold no payment is begun", async () => {
  const booking = await world.booked();
  world.clock.advance(minutes(28) + 1_000);
  await expect(prepay(world.deps, booking)).rejects.toEqual(refusal("PAYMENT_WINDOW_OVER"));
});

test("a booking that its guest gives up takes no payment any more, whether closed or still closing", async () => {
  const unpaid = await world.booked();
  await cancelUnpaidBooking(world.deps, unpaid);
  await expect(prepay(world.deps, unpaid)).rejects.toEqual(refusal("BOOKING_NOT_PENDING"));
  const closing = await world.prepaid();
  await cancelUnpaidBooking(world.deps, closing);
  await expect(prepay(world.deps, closing)).rejects.toEqual(refusal("BOOKING_NOT_PENDING"));
});

test("a pre-pay that WeChat refuses or loses is one attempt, and the next try goes on with its number", async () => {
  const booking = await world.booked();
  const jsapi = { match: { path: "/v3/pay/transactions/jsapi" } };
  world.sandbox.faults.wire({ kind: "error", status: 400, code: "PARAM_ERROR" }, jsapi);
  await expect(prepay(world.deps, booking)).rejects.toEqual(refusal("PAYMENT_FAILED"));
  // The answer is lost twice: by then WeChat has the order.
  world.sandbox.faults.wire({ kind: "lost-answer" }, { ...jsapi, times: 2 });
  await expect(prepay(world.deps, booking)).rejects.toEqual(refusal("PAYMENT_FAILED"));
  const [attempt] = (await world.read(booking.bookingNo)).payments;
  expect(attempt).toMatchObject({ status: "open", prepayId: null });
  const sheet = await prepay(world.deps, booking);
  expect(sheet.paymentNo).toBe(attempt?.paymentNo);
  expect(world.sandbox.phone.sheet(booking.openid, sheet)).toMatchObject({ ok: true });
});

test.each(["unsigned", "bad-signature", "stale-signature"] as const)(
  "an answer that is %s is not believed",
  async (kind) => {
    const booking = await world.booked();
    world.sandbox.faults.wire({ kind }, { match: { path: "/v3/pay/transactions/jsapi" } });
    await expect(prepay(world.deps, booking)).rejects.toEqual(refusal("PAYMENT_FAILED"));
    expect((await world.read(booking.bookingNo)).payments[0]).toMatchObject({ prepayId: null });
  },
);

test("for another openid the old order is closed first, and a second one opened", async () => {
  const booking = await world.prepaid();
  const { openid } = world.sandbox.phone.user();
  await world.db.userAuth.updateMany({ where: { userId: booking.userId }, data: { authKey: openid } });
  // WeChat closes nothing that is younger than five minutes.
  await expect(prepay(world.deps, booking)).rejects.toEqual(refusal("PAYMENT_FAILED"));
  world.clock.advance(minutes(6));
  const sheet = await prepay(world.deps, booking);
  expect(sheet.paymentNo).not.toBe(booking.sheet.paymentNo);
  expect(world.sandbox.books.order(booking.sheet.paymentNo)?.state).toBe("CLOSED");
  expect(world.sandbox.phone.sheet(openid, sheet)).toMatchObject({ ok: true });
  expect((await world.read(booking.bookingNo)).payments.map(({ status }) => status)).toEqual([
    "closed",
    "open",
  ]);
});

test("when the old order turns out to be paid, that payment counts and no second one is begun", async () => {
  const booking = await world.prepaid();
  world.sandbox.faults.callback({ kind: "drop-all" }, { match: { outTradeNo: booking.sheet.paymentNo } });
  expect(world.sandbox.phone.pay(booking.openid, booking.sheet)).toMatchObject({ ok: true });
  const other = world.sandbox.phone.user();
  await world.db.userAuth.updateMany({ where: { userId: booking.userId }, data: { authKey: other.openid } });
  await expect(prepay(world.deps, booking)).rejects.toEqual(refusal("BOOKING_NOT_PENDING"));
  expect((await world.read(booking.bookingNo)).status).toBe("confirmed");
  await world.assertBooksAgree();
});

test("the database refuses a second open attempt, whatever the code does", async () => {
  const { bookingNo } = await world.prepaid();
  const [{ id, paymentNo, ...attempt } = never()] = (await world.read(bookingNo)).payments;
  await expect(
    world.db.payment.create({ data: { ...attempt, paymentNo: `${paymentNo.slice(0, -1)}X` } }),
  ).rejects.toThrow();
});

function never(): never {
  throw new Error("there is one");
}
