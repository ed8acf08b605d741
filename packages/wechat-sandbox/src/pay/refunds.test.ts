import { describe, expect, test } from "vitest";
import { testWorld } from "../test-merchant";

const REFUNDS = "/v3/refund/domestic/refunds";
const NUMBER = "PMT2026050110000012345678";
const NOTIFY = "https://api.looklook.example/payment/v1/refund-callback";
const MINUTE_MS = 60_000;

async function paidWorld(couponFen = 0) {
  const world = await testWorld();
  const { transactionId } = await world.paidOrder({}, { couponFen });
  await world.sandbox.tick();
  world.received.length = 0;
  const refund = (no: string, fen: number, change: Record<string, unknown> = {}) =>
    world.merchant.call("POST", REFUNDS, {
      out_trade_no: NUMBER,
      out_refund_no: no,
      notify_url: NOTIFY,
      amount: { refund: fen, total: 29900, currency: "CNY" },
      ...change,
    });
  const query = async (no: string) => (await world.merchant.call("GET", `${REFUNDS}/${no}`)).json;
  return { ...world, transactionId, refund, query };
}

describe("a refund", () => {
  test("is accepted first, ends later, and says so in a callback", async () => {
    const { refund, query, sandbox, received, merchant } = await paidWorld();
    const accepted = await refund("R1", 29900);
    expect(accepted.status).toBe(200);
    expect(accepted.json).toMatchObject({ out_refund_no: "R1", status: "PROCESSING", out_trade_no: NUMBER });
    expect(sandbox.books.totals()).toEqual({ paidFen: 29900, refundedFen: 0, balanceFen: 29900 });

    await sandbox.advance(3000);
    expect(await query("R1")).toMatchObject({
      status: "SUCCESS",
      success_time: "2026-05-01T10:00:03+08:00",
    });
    expect(sandbox.books.totals()).toEqual({ paidFen: 29900, refundedFen: 29900, balanceFen: 0 });
    const [callback] = received;
    expect(callback?.url).toBe(NOTIFY);
    const { event_type, resource } = JSON.parse(callback?.body ?? "");
    expect(event_type).toBe("REFUND.SUCCESS");
    expect(JSON.parse(merchant.decrypt(resource))).toMatchObject({
      refund_status: "SUCCESS",
      amount: { refund: 29900, total: 29900 },
    });
  });

  test("asked for again under the same number is the same refund", async () => {
    const { refund, sandbox } = await paidWorld();
    const first = await refund("R1", 100);
    const again = await Promise.all([refund("R1", 100), refund("R1", 100), refund("R1", 100)]);
    for (const answer of again) expect(answer.json.refund_id).toBe(first.json.refund_id);
    await sandbox.advance(MINUTE_MS);
    expect((await refund("R1", 100)).json.status).toBe("SUCCESS");
    expect(sandbox.books.refunds()).toHaveLength(1);
  });

  test("by transaction id is the same as by out_trade_no", async () => {
    const { refund, transactionId } = await paidWorld();
    const change = { out_trade_no: undefined, transaction_id: transactionId };
    expect((await refund("R1", 100, change)).json.out_trade_no).toBe(NUMBER);
  });

  test("without notify_url ends in silence", async () => {
    const { refund, sandbox, received } = await paidWorld();
    await refund("R1", 100, { notify_url: undefined });
    await sandbox.advance(MINUTE_MS);
    expect(sandbox.books.refunds()[0]?.status).toBe("SUCCESS");
    expect(received).toEqual([]);
  });

  test("gives WeChat's coupon its part, and over all parts the person exactly what was paid", async () => {
    const { refund, sandbox } = await paidWorld(101);
    const parts = [9999, 1, 19900];
    let payerFen = 0;
    for (const [index, fen] of parts.entries()) {
      const { amount } = (await refund(`R${index}`, fen)).json;
      expect(amount.payer_refund + amount.discount_refund).toBe(fen);
      payerFen += amount.payer_refund;
      await sandbox.advance(MINUTE_MS);
    }
    expect(payerFen).toBe(29900 - 101);
  });
});

describe("refuses", () => {
  const cases: [string, Record<string, unknown>, number, string][] = [
    ["an unknown order", { out_trade_no: "PMT-nothing" }, 404, "RESOURCE_NOT_EXISTS"],
    ["neither number", { out_trade_no: undefined }, 400, "PARAM_ERROR"],
    [
      "a total that is not the order's",
      { amount: { refund: 1, total: 1, currency: "CNY" } },
      400,
      "PARAM_ERROR",
    ],
    [
      "more than was paid",
      { amount: { refund: 29901, total: 29900, currency: "CNY" } },
      400,
      "INVALID_REQUEST",
    ],
    ["nothing", { amount: { refund: 0, total: 29900, currency: "CNY" } }, 400, "PARAM_ERROR"],
    ["no currency", { amount: { refund: 1, total: 29900 } }, 400, "PARAM_ERROR"],
    ["a number of 65", { out_refund_no: "R".repeat(65) }, 400, "PARAM_ERROR"],
    ["a reason of 81", { reason: "因".repeat(81) }, 400, "PARAM_ERROR"],
    ["a notify_url with a query", { notify_url: `${NOTIFY}?x=1` }, 400, "PARAM_ERROR"],
  ];
  test.each(cases)("%s", async (_, change, status, code) => {
    const { refund, sandbox } = await paidWorld();
    const answer = await refund("R1", 1, change);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(sandbox.books.refunds()).toEqual([]);
  });

  test("an unpaid order", async () => {
    const { merchant, refund } = await paidWorld();
    await merchant.call(
      "POST",
      "/v3/pay/transactions/jsapi",
      merchant.prepayBody({ out_trade_no: "PMT-open" }),
    );
    expect((await refund("R1", 1, { out_trade_no: "PMT-open" })).json.code).toBe("RESOURCE_NOT_EXISTS");
  });

  test("the same number with another amount", async () => {
    const { refund } = await paidWorld();
    await refund("R1", 100);
    const answer = await refund("R1", 101);
    expect([answer.status, answer.json.code]).toEqual([400, "INVALID_REQUEST"]);
  });

  test("two numbers on one order within a minute", async () => {
    const { refund, clock } = await paidWorld();
    await refund("R1", 100);
    clock.advance(MINUTE_MS - 1);
    const early = await refund("R2", 100);
    expect([early.status, early.json.code]).toEqual([429, "FREQUENCY_LIMITED"]);
    clock.advance(1);
    expect((await refund("R2", 100)).status).toBe(200);
  });

  test("the 51st refund, and more than is left over", async () => {
    const { refund, sandbox } = await paidWorld();
    for (let number = 1; number <= 50; number++) {
      expect((await refund(`R${number}`, 10)).status).toBe(200);
      await sandbox.advance(MINUTE_MS);
    }
    expect((await refund("R51", 10)).json.message).toContain("50次");
    expect((await refund("R52", 29401)).json.message).toContain("剩余可退款金额");
  });

  test("a payment older than a year", async () => {
    const { refund, clock } = await paidWorld();
    clock.advance(365 * 86_400_000);
    expect((await refund("R1", 1)).status).toBe(200);
    clock.advance(MINUTE_MS);
    expect((await refund("R2", 1)).json.code).toBe("INVALID_REQUEST");
  });

  test("what the merchant's balance cannot bear, until it can, under the same number", async () => {
    const { refund, sandbox } = await paidWorld();
    sandbox.faults.refundBalance(99);
    const poor = await refund("R1", 100);
    expect([poor.status, poor.json.code]).toEqual([403, "NOT_ENOUGH"]);
    sandbox.faults.refundBalance(100);
    expect((await refund("R1", 100)).status).toBe(200);
  });

  test("everything after six refused requests within a second", async () => {
    const { refund, clock } = await paidWorld();
    for (let count = 0; count < 6; count++) expect((await refund("R1", 0)).status).toBe(400);
    expect((await refund("R1", 100)).json.code).toBe("FREQUENCY_LIMITED");
    clock.advance(1000);
    expect((await refund("R1", 100)).status).toBe(200);
  });

  test("to know a refund that was never asked for", async () => {
    const { query } = await paidWorld();
    expect((await query("R-none")).code).toBe("RESOURCE_NOT_EXISTS");
  });
});

test("an ABNORMAL refund keeps the money until it is mended, and both are told", async () => {
  const { refund, query, sandbox, received } = await paidWorld();
  sandbox.faults.refund("R1", "ABNORMAL");
  await refund("R1", 100);
  await sandbox.advance(3000);
  expect((await query("R1")).status).toBe("ABNORMAL");
  expect(sandbox.books.totals().refundedFen).toBe(0);
  expect((await refund("R2", 29900)).json.code, "its money is still spoken for").toBe("INVALID_REQUEST");

  sandbox.mendRefund("R1");
  await sandbox.tick();
  expect((await query("R1")).status).toBe("SUCCESS");
  expect(sandbox.books.totals().refundedFen).toBe(100);
  expect(received.map(({ body }) => JSON.parse(body).event_type)).toEqual([
    "REFUND.ABNORMAL",
    "REFUND.SUCCESS",
  ]);
});

test("a CLOSED refund gives its money back to the order", async () => {
  const { refund, sandbox, received } = await paidWorld();
  sandbox.faults.refund("R1", "CLOSED");
  await refund("R1", 29900);
  await sandbox.advance(3000);
  expect(sandbox.books.order(NUMBER)?.state).toBe("SUCCESS");
  expect(JSON.parse(received[0]?.body ?? "").event_type).toBe("REFUND.CLOSED");
  expect((await refund("R2", 29900)).status).toBe(200);
});
