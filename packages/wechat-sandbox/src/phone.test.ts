import { expect, test } from "vitest";
import { testWorld } from "./test-merchant";

const NUMBER = "PMT2026050110000012345678";

async function ordered(change: Record<string, unknown> = {}) {
  const world = await testWorld();
  const answer = await world.merchant.call(
    "POST",
    "/v3/pay/transactions/jsapi",
    world.merchant.prepayBody(change),
  );
  return {
    ...world,
    prepayId: String(answer.json.prepay_id),
    request: world.merchant.requestPayment(answer.json.prepay_id),
  };
}

test.each([
  ["another time", { timeStamp: "1777600801" }],
  ["milliseconds", { timeStamp: "1777600800000" }],
  ["another nonce", { nonceStr: "x" }],
  ["another prepay_id", { package: "prepay_id=wx1" }],
  ["a package without its name", { package: "wx1" }],
  ["MD5", { signType: "MD5" }],
  ["no signature", { paySign: "" }],
])("a paySign over %s does not open the sheet", async (_, change) => {
  const { sandbox, request } = await ordered();
  expect(sandbox.phone.pay("guest", { ...request, ...change })).toMatchObject({ reason: "BAD_PAY_SIGN" });
  expect(sandbox.books.payments()).toEqual([]);
});

test("an order is paid once, by who it was made for", async () => {
  const { sandbox, request } = await ordered();
  sandbox.phone.user({ openid: "friend" });
  expect(sandbox.phone.pay("friend", request)).toMatchObject({ ok: false, reason: "OPENID_MISMATCH" });
  expect(sandbox.phone.pay("guest", request)).toMatchObject({ ok: true, errMsg: "requestPayment:ok" });
  expect(sandbox.phone.pay("guest", request)).toMatchObject({ ok: false, reason: "ORDER_PAID" });
  expect(sandbox.phone.sheet("guest", request)).toMatchObject({ ok: false, reason: "ORDER_PAID" });
  expect(sandbox.books.totals().paidFen).toBe(29900);
});

test("a dismissed sheet leaves the order as it was", async () => {
  const { sandbox, request } = await ordered();
  expect(sandbox.phone.cancel("guest", request)).toEqual({
    ok: false,
    errMsg: "requestPayment:fail cancel",
    reason: "CANCELLED",
  });
  expect(sandbox.books.order(NUMBER)?.state).toBe("NOTPAY");
});

test("a prepay_id lives for two hours, and the one after it takes its place", async () => {
  const { sandbox, request, clock, merchant } = await ordered();
  clock.advance(2 * 3_600_000);
  expect(sandbox.phone.pay("guest", request)).toMatchObject({ reason: "PREPAY_EXPIRED" });
  const again = await merchant.call("POST", "/v3/pay/transactions/jsapi", merchant.prepayBody());
  const fresh = merchant.requestPayment(again.json.prepay_id);
  expect(sandbox.phone.pay("guest", request)).toMatchObject({ reason: "PREPAY_EXPIRED" });
  expect(sandbox.phone.pay("guest", fresh).ok).toBe(true);
});

test("a prepay_id that WeChat never gave is refused", async () => {
  const { sandbox, merchant } = await ordered();
  expect(sandbox.phone.pay("guest", merchant.requestPayment("wx1"))).toMatchObject({
    reason: "PREPAY_UNKNOWN",
  });
});

test("what was begun can be finished late or abandoned, and nothing else can", async () => {
  const { sandbox, request, clock } = await ordered({ time_expire: "2026-05-01T10:30:00+08:00" });
  expect(sandbox.phone.finishPay(NUMBER)).toMatchObject({ reason: "NOT_PAYING" });
  sandbox.phone.beginPay("guest", request);
  expect(sandbox.phone.abandonPay(NUMBER)).toMatchObject({ reason: "CANCELLED" });
  expect(sandbox.phone.abandonPay(NUMBER)).toMatchObject({ reason: "NOT_PAYING" });
  sandbox.phone.beginPay("guest", request);
  clock.advance(3_600_000);
  expect(sandbox.phone.finishPay(NUMBER, { couponFen: 100 })).toMatchObject({ ok: true });
  expect(sandbox.books.payments()[0]).toMatchObject({
    payerTotalFen: 29800,
    succeededAt: new Date("2026-05-01T11:00:00+08:00"),
  });
  expect(sandbox.phone.finishPay("PMT-nothing")).toMatchObject({ reason: "PREPAY_UNKNOWN" });
});

test("evenIfClosed books money on a closed order, and never twice", async () => {
  const { sandbox, clock, merchant, keys } = await ordered();
  clock.advance(5 * 60_000);
  await merchant.call("POST", `/v3/pay/transactions/out-trade-no/${NUMBER}/close`, { mchid: keys.mchid });
  expect(sandbox.phone.finishPay(NUMBER, { evenIfClosed: true })).toMatchObject({ ok: true });
  expect(sandbox.phone.finishPay(NUMBER, { evenIfClosed: true })).toMatchObject({ reason: "ORDER_PAID" });
});

test("a coupon cannot bear more than all but one fen", async () => {
  const { sandbox, request } = await ordered();
  for (const couponFen of [-1, 0.5, 29900]) {
    expect(() => sandbox.phone.pay("guest", request, { couponFen })).toThrow(RangeError);
  }
});

test("a person keeps what is not changed", async () => {
  const { sandbox } = await testWorld();
  const before = sandbox.phone.user({ openid: "guest", nickname: "小明" });
  expect(before.phoneNumber).toBe("13800001111");
  expect(sandbox.phone.user({ openid: "guest" })).toEqual(before);
  const drawn = sandbox.phone.user();
  expect(drawn.openid).toMatch(/^o[0-9A-Za-z]{27}$/);
  expect(drawn.phoneNumber).toMatch(/^138\d{8}$/);
  expect(() => sandbox.phone.login("nobody")).toThrow("nobody");
});
