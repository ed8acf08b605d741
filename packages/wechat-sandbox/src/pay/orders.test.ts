import { describe, expect, test } from "vitest";
import { testWorld } from "../test-merchant";

const JSAPI = "/v3/pay/transactions/jsapi";
const NUMBER = "PMT2026050110000012345678";
const CLOSE = `/v3/pay/transactions/out-trade-no/${NUMBER}/close`;
const MINUTE_MS = 60_000;

describe("prepay", () => {
  test("an order gets a prepay_id that the phone can pay with", async () => {
    const { merchant, sandbox } = await testWorld();
    const answer = await merchant.call("POST", JSAPI, merchant.prepayBody());
    expect(answer.status).toBe(200);
    expect(answer.json.prepay_id).toMatch(/^wx20260501\d{26}$/);
    expect(merchant.isGenuine(answer.headers, answer.text)).toBe(true);
    expect(sandbox.phone.sheet("guest", merchant.requestPayment(answer.json.prepay_id))).toMatchObject({
      ok: true,
      totalFen: 29900,
      description: "西湖边的房子",
    });
  });

  const longest = {
    description: "房".repeat(127),
    out_trade_no: "0aZ_-|*".padEnd(32, "9"),
    attach: "a".repeat(128),
    notify_url: `https://h.example/${"p".repeat(255 - 18)}`,
  };
  test("every field at its limit passes", async () => {
    const { merchant } = await testWorld();
    for (const change of [longest, { out_trade_no: "123456" }, { amount: { total: 1 } }]) {
      const answer = await merchant.call("POST", JSAPI, merchant.prepayBody(change));
      expect(answer.text).toContain("prepay_id");
    }
  });

  const later = (ms: number) => new Date(Date.parse("2026-05-01T10:00:00+08:00") + ms).toISOString();
  const refusals: [string, Record<string, unknown>, number, string][] = [
    ["a description of 128", { description: "房".repeat(128) }, 400, "PARAM_ERROR"],
    ["an empty description", { description: "" }, 400, "PARAM_ERROR"],
    ["an out_trade_no of 5", { out_trade_no: "12345" }, 400, "PARAM_ERROR"],
    ["an out_trade_no of 33", { out_trade_no: "1".repeat(33) }, 400, "PARAM_ERROR"],
    ["an out_trade_no with a dot", { out_trade_no: "PMT.20260501" }, 400, "PARAM_ERROR"],
    ["an attach of 129", { attach: "a".repeat(129) }, 400, "PARAM_ERROR"],
    ["a notify_url without https", { notify_url: "http://h.example/p" }, 400, "PARAM_ERROR"],
    ["a notify_url with a query", { notify_url: "https://h.example/p?a=1" }, 400, "PARAM_ERROR"],
    ["a notify_url of 256", { notify_url: `https://h.example/${"p".repeat(238)}` }, 400, "PARAM_ERROR"],
    ["no amount", { amount: undefined }, 400, "PARAM_ERROR"],
    ["nothing to pay", { amount: { total: 0 } }, 400, "PARAM_ERROR"],
    ["half a fen", { amount: { total: 0.5 } }, 400, "PARAM_ERROR"],
    ["an amount as text", { amount: { total: "100" } }, 400, "PARAM_ERROR"],
    ["dollars", { amount: { total: 1, currency: "USD" } }, 400, "PARAM_ERROR"],
    ["time_expire without offset", { time_expire: "2026-05-01T10:30:00" }, 400, "PARAM_ERROR"],
    ["time_expire under a minute away", { time_expire: later(59_000) }, 400, "PARAM_ERROR"],
    ["time_expire in the past", { time_expire: later(-1000) }, 400, "PARAM_ERROR"],
    ["time_expire past 90 days", { time_expire: later(90 * 86_400_000 + 1000) }, 400, "PARAM_ERROR"],
    ["another appid", { appid: "wx8888888888888888" }, 400, "APPID_MCHID_NOT_MATCH"],
    ["another mchid", { mchid: "1900000000" }, 400, "MCH_NOT_EXISTS"],
    ["somebody unknown", { payer: { openid: "nobody" } }, 400, "OPENID_MISMATCH"],
  ];
  test.each(refusals)("refuses %s", async (_, change, status, code) => {
    const { merchant, sandbox } = await testWorld();
    const answer = await merchant.call("POST", JSAPI, merchant.prepayBody(change));
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(sandbox.books.orders()).toEqual([]);
  });

  test("a refused parameter is named", async () => {
    const { merchant } = await testWorld();
    const answer = await merchant.call("POST", JSAPI, merchant.prepayBody({ amount: { total: 0 } }));
    expect(answer.json.detail).toMatchObject({ field: "/amount/total", value: 0, location: "body" });
  });

  test("the same parameters again get the same prepay_id, and a fresh one after two hours", async () => {
    const { merchant, clock } = await testWorld();
    const first = await merchant.call("POST", JSAPI, merchant.prepayBody());
    clock.advance(2 * 3_600_000 - 1);
    const second = await merchant.call("POST", JSAPI, merchant.prepayBody());
    expect(second.json.prepay_id).toBe(first.json.prepay_id);
    clock.advance(1);
    const third = await merchant.call("POST", JSAPI, merchant.prepayBody());
    expect(third.json.prepay_id).not.toBe(first.json.prepay_id);
  });

  test.each([
    ["amount", { amount: { total: 29901, currency: "CNY" } }],
    ["description", { description: "别的" }],
    ["notify_url", { notify_url: "https://api.looklook.example/other" }],
  ])("a number that was used with another %s is refused", async (_, change) => {
    const { merchant } = await testWorld();
    await merchant.call("POST", JSAPI, merchant.prepayBody());
    const answer = await merchant.call("POST", JSAPI, merchant.prepayBody(change));
    expect([answer.status, answer.json.code]).toEqual([403, "OUT_TRADE_NO_USED"]);
  });

  test("time_expire is fixed by the first order, and after it a new number is needed", async () => {
    const { merchant, clock, sandbox } = await testWorld();
    await merchant.call("POST", JSAPI, merchant.prepayBody({ time_expire: later(30 * MINUTE_MS) }));
    const longer = merchant.prepayBody({ time_expire: later(60 * MINUTE_MS) });
    expect((await merchant.call("POST", JSAPI, longer)).status).toBe(200);
    expect(sandbox.books.order(NUMBER)?.expiresAt).toEqual(new Date(later(30 * MINUTE_MS)));
    clock.advance(30 * MINUTE_MS);
    const late = await merchant.call("POST", JSAPI, longer);
    expect([late.status, late.json.code]).toEqual([400, "INVALID_REQUEST"]);
  });

  test("a paid number and a closed number are not ordered again", async () => {
    const { merchant, paidOrder, clock } = await testWorld();
    await paidOrder();
    expect((await merchant.call("POST", JSAPI, merchant.prepayBody())).json.code).toBe("ORDERPAID");
    const other = merchant.prepayBody({ out_trade_no: "PMT-closed" });
    await merchant.call("POST", JSAPI, other);
    clock.advance(5 * MINUTE_MS);
    await merchant.call("POST", "/v3/pay/transactions/out-trade-no/PMT-closed/close", { mchid: other.mchid });
    expect((await merchant.call("POST", JSAPI, other)).json.code).toBe("ORDER_CLOSED");
  });
});

describe("query", () => {
  test("each state is told by its name", async () => {
    const { merchant, keys, sandbox, clock } = await testWorld();
    const path = `/v3/pay/transactions/out-trade-no/${NUMBER}?mchid=${keys.mchid}`;
    const state = async () => (await merchant.call("GET", path)).json.trade_state;

    const prepaid = await merchant.call("POST", JSAPI, merchant.prepayBody());
    expect(await state()).toBe("NOTPAY");
    const request = merchant.requestPayment(prepaid.json.prepay_id);
    sandbox.phone.beginPay("guest", request);
    expect(await state()).toBe("USERPAYING");
    sandbox.phone.abandonPay(NUMBER);
    expect(await state()).toBe("NOTPAY");
    sandbox.phone.pay("guest", request);
    expect(await state()).toBe("SUCCESS");
    await merchant.call("POST", "/v3/refund/domestic/refunds", {
      out_trade_no: NUMBER,
      out_refund_no: "R1",
      amount: { refund: 100, total: 29900, currency: "CNY" },
    });
    expect(await state()).toBe("REFUND");

    await merchant.call("POST", JSAPI, merchant.prepayBody({ out_trade_no: "PMT-close" }));
    clock.advance(5 * MINUTE_MS);
    await merchant.call("POST", "/v3/pay/transactions/out-trade-no/PMT-close/close", { mchid: keys.mchid });
    const closed = await merchant.call(
      "GET",
      `/v3/pay/transactions/out-trade-no/PMT-close?mchid=${keys.mchid}`,
    );
    expect(closed.json.trade_state).toBe("CLOSED");
  });

  test("a coupon lowers payer_total and leaves total", async () => {
    const { merchant, keys, paidOrder } = await testWorld();
    const { transactionId } = await paidOrder({}, { couponFen: 500 });
    const path = `/v3/pay/transactions/id/${transactionId}?mchid=${keys.mchid}`;
    const { json } = await merchant.call("GET", path);
    expect(json.amount).toEqual({
      total: 29900,
      payer_total: 29400,
      currency: "CNY",
      payer_currency: "CNY",
    });
    expect(json.promotion_detail[0].amount).toBe(500);
    expect(json).toMatchObject({
      out_trade_no: NUMBER,
      transaction_id: transactionId,
      success_time: "2026-05-01T10:00:00+08:00",
      payer: { openid: "guest" },
    });
  });

  test("unknown numbers, and a query without mchid, are refused", async () => {
    const { merchant, keys } = await testWorld();
    const unknown = await merchant.call("GET", `/v3/pay/transactions/id/420?mchid=${keys.mchid}`);
    expect([unknown.status, unknown.json.code]).toEqual([404, "ORDER_NOT_EXIST"]);
    const nameless = await merchant.call("GET", `/v3/pay/transactions/out-trade-no/${NUMBER}`);
    expect([nameless.status, nameless.json.code]).toEqual([400, "PARAM_ERROR"]);
  });
});

describe("close", () => {
  async function ordered() {
    const world = await testWorld();
    const answer = await world.merchant.call(
      "POST",
      JSAPI,
      world.merchant.prepayBody({ time_expire: "2026-05-01T10:30:00+08:00" }),
    );
    const close = () => world.merchant.call("POST", CLOSE, { mchid: world.keys.mchid });
    return { ...world, close, request: world.merchant.requestPayment(answer.json.prepay_id) };
  }

  test("is refused for five minutes after the last prepay", async () => {
    const { close, clock, merchant } = await ordered();
    clock.advance(4 * MINUTE_MS);
    await merchant.call("POST", JSAPI, merchant.prepayBody());
    clock.advance(5 * MINUTE_MS - 1);
    const early = await close();
    expect([early.status, early.json.code]).toEqual([403, "RULE_LIMIT"]);
    clock.advance(1);
    const closed = await close();
    expect([closed.status, closed.text]).toEqual([204, ""]);
    expect(merchant.isGenuine(closed.headers, ""), "an empty answer is signed as empty").toBe(true);
  });

  test("says who was first: the person, or the merchant", async () => {
    const { close, clock, sandbox, request } = await ordered();
    clock.advance(10 * MINUTE_MS);
    expect(sandbox.phone.beginPay("guest", request).ok).toBe(true);
    const paying = await close();
    expect([paying.status, paying.json.code]).toEqual([202, "USER_PAYING"]);
    // Begun in time, done after time_expire: late money.
    clock.advance(25 * MINUTE_MS);
    expect(sandbox.phone.finishPay(NUMBER).ok).toBe(true);
    const paid = await close();
    expect([paid.status, paid.json.code]).toEqual([400, "ORDERPAID"]);
  });

  test("a closed order cannot be paid or closed again", async () => {
    const { close, clock, sandbox, request } = await ordered();
    clock.advance(10 * MINUTE_MS);
    await close();
    expect(sandbox.phone.pay("guest", request)).toMatchObject({ ok: false, reason: "ORDER_CLOSED" });
    const again = await close();
    expect([again.status, again.json.code]).toEqual([400, "ORDER_CLOSED"]);
  });

  test("time_expire stops paying and does not close the order", async () => {
    const { close, clock, sandbox, request } = await ordered();
    clock.advance(30 * MINUTE_MS);
    expect(sandbox.phone.pay("guest", request)).toMatchObject({ ok: false, reason: "ORDER_EXPIRED" });
    expect(sandbox.books.order(NUMBER)?.state).toBe("NOTPAY");
    expect((await close()).status).toBe(204);
  });

  test("an unknown order is 404", async () => {
    const { merchant, keys } = await testWorld();
    const answer = await merchant.call("POST", CLOSE, { mchid: keys.mchid });
    expect([answer.status, answer.json.code]).toEqual([404, "ORDER_NOT_EXIST"]);
  });
});

test("the certificates are encrypted with the APIv3 key, and a newer merchant has none", async () => {
  const { merchant, keys, sandbox } = await testWorld();
  const listed = await merchant.call("GET", "/v3/certificates");
  expect(listed.json.data).toHaveLength(1);
  const [entry] = listed.json.data;
  expect(entry.serial_no).toBe(keys.platformCertificates[0]?.serial);
  expect(merchant.decrypt(entry.encrypt_certificate)).toBe(keys.platformCertificates[0]?.certificatePem);

  sandbox.signing({ certificate: 1 });
  expect((await merchant.call("GET", "/v3/certificates")).json.data).toHaveLength(2);
  sandbox.signing({ hasCertificates: false });
  const none = await merchant.call("GET", "/v3/certificates");
  expect([none.status, none.json.code]).toEqual([404, "RESOURCE_NOT_EXISTS"]);
});

test("an answer is signed with the key that the request names", async () => {
  const { merchant, keys, sandbox } = await testWorld();
  const [first, second] = keys.platformCertificates.map(({ serial }) => serial);
  const serialOf = async (wanted?: string) => {
    const answer = await merchant.call(
      "GET",
      "/v3/certificates",
      undefined,
      wanted === undefined ? {} : { headers: { "Wechatpay-Serial": wanted } },
    );
    expect(merchant.isGenuine(answer.headers, answer.text)).toBe(true);
    return answer.status === 200 ? answer.headers.get("wechatpay-serial") : answer.json.code;
  };
  expect(await serialOf()).toBe(keys.wechatPayPublicKey.id);
  expect(await serialOf(first)).toBe(first);
  expect(await serialOf(second)).toBe("PARAM_ERROR");
  sandbox.signing({ answers: "certificate", certificate: 1 });
  expect(await serialOf()).toBe(second);
  expect(await serialOf(keys.wechatPayPublicKey.id)).toBe(keys.wechatPayPublicKey.id);
});
