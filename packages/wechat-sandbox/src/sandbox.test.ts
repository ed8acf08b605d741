import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConnectionFault } from "./faults";
import { randomText, seededRandom } from "./random";
import { createSandbox } from "./sandbox";
import { createMerchant, testKeys, testWorld } from "./test-merchant";
import { virtualClock } from "./virtual-clock";

const JSAPI = "/v3/pay/transactions/jsapi";
const REFUNDS = "/v3/refund/domestic/refunds";
const NUMBER = "PMT2026050110000012345678";

/** A busy day whose every byte, on the wire and in the books, goes into one hash. */
async function busyDay(seed: string): Promise<string> {
  const { sandbox, merchant, received, receiver, keys } = await testWorld({ seed });
  const hash = createHash("sha256");
  receiver.answer = async ({ headers, body }) => {
    hash.update(JSON.stringify([...headers])).update(body);
    return { status: received.length % 3 === 0 ? 200 : 500, body: "" };
  };
  sandbox.signing({ callbacks: "mixed" });
  sandbox.faults.callback({ kind: "signtest" }, { times: 2 });
  for (let number = 0; number < 6; number++) {
    const body = merchant.prepayBody({ out_trade_no: `PMT-day-${number}` });
    const { json, text, headers } = await merchant.call("POST", JSAPI, body);
    hash.update(text).update(headers.get("wechatpay-signature") ?? "");
    sandbox.phone.pay("guest", merchant.requestPayment(json.prepay_id), { couponFen: number });
    await sandbox.advance(600_000);
  }
  await merchant.call("POST", REFUNDS, {
    out_trade_no: "PMT-day-1",
    out_refund_no: "R1",
    notify_url: body("refund"),
    amount: { refund: 10, total: 29900, currency: "CNY" },
  });
  await sandbox.advance(30 * 3_600_000);
  sandbox.phone.user();
  const certificates = await merchant.call("GET", "/v3/certificates", undefined, {
    headers: { "Wechatpay-Serial": keys.platformCertificates[0]?.serial ?? "" },
  });
  return hash.update(certificates.text).update(sandbox.snapshot()).digest("hex");
}
const body = (name: string) => `https://api.looklook.example/${name}`;

test("the same seed, keys and calls are the same run, byte for byte", async () => {
  const first = await busyDay("seed-1");
  expect(await busyDay("seed-1")).toBe(first);
  expect(await busyDay("seed-2")).not.toBe(first);
});

test("random text uses every letter of its alphabet about equally", () => {
  const counts = new Map<string, number>();
  for (const letter of randomText(seededRandom("x"), "abcdefghij", 10_000)) {
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  expect(counts.size).toBe(10);
  for (const count of counts.values()) expect(count).toBeGreaterThan(900);
});

describe("a restart", () => {
  test("keeps payments, codes, tokens, grants and callbacks that are still to come", async () => {
    const before = await testWorld();
    before.receiver.answer = async () => ({ status: 500, body: "" });
    const { transactionId } = await before.paidOrder();
    await before.sandbox.tick();
    const code = before.sandbox.phone.login("guest");
    before.sandbox.phone.grant("guest", ["t1"]);

    const after = await testWorld({ state: before.sandbox.snapshot(), clock: before.clock, seed: "other" });
    const path = `/v3/pay/transactions/out-trade-no/${NUMBER}?mchid=${after.keys.mchid}`;
    expect((await after.merchant.call("GET", path)).json.transaction_id).toBe(transactionId);
    expect(after.sandbox.phone.grants("guest")).toEqual({ t1: 1 });
    const login = new URLSearchParams({
      appid: after.keys.appid,
      secret: after.keys.secret,
      js_code: code,
      grant_type: "authorization_code",
    });
    const session = await after.sandbox.handle(
      new Request(`https://api.weixin.qq.com/sns/jscode2session?${login}`),
    );
    expect(await session.json()).toMatchObject({ openid: "guest" });
    await after.sandbox.advance(15_000);
    expect(after.received).toHaveLength(1);
    expect(after.sandbox.callbacks()[0]?.tries).toHaveLength(2);
  });

  test("in the middle of a callback does not lose its retry", async () => {
    const before = await testWorld();
    let snapshot = "";
    before.receiver.answer = async () => {
      snapshot = before.sandbox.snapshot();
      return { status: 200, body: "" };
    };
    await before.paidOrder();
    await before.sandbox.tick();
    const after = await testWorld({ state: snapshot, clock: before.clock });
    await after.sandbox.advance(15_000);
    expect(after.received).toHaveLength(1);
  });

  test("refuses what is not a snapshot", async () => {
    await expect(testWorld({ state: '{"json":{}}' })).rejects.toThrow("not a snapshot");
  });

  test("is worth saving only after a change", async () => {
    const { sandbox, merchant, paidOrder, keys } = await testWorld();
    await paidOrder();
    const version = sandbox.version();
    await merchant.call("GET", `/v3/pay/transactions/out-trade-no/${NUMBER}?mchid=${keys.mchid}`);
    sandbox.books.totals();
    expect(sandbox.version()).toBe(version);
    await sandbox.tick();
    expect(sandbox.version()).toBeGreaterThan(version);
  });
});

describe("wire faults", () => {
  const query = async (world: Awaited<ReturnType<typeof testWorld>>) =>
    world.merchant.call("GET", `/v3/pay/transactions/out-trade-no/${NUMBER}?mchid=${world.keys.mchid}`);

  test("an error is WeChat's, is signed, and did nothing", async () => {
    const { sandbox, merchant } = await testWorld();
    sandbox.faults.wire({ kind: "error", status: 500, code: "SYSTEM_ERROR" });
    const failed = await merchant.call("POST", JSAPI, merchant.prepayBody());
    expect([failed.status, failed.json.code]).toEqual([500, "SYSTEM_ERROR"]);
    expect(merchant.isGenuine(failed.headers, failed.text)).toBe(true);
    expect(sandbox.books.orders()).toEqual([]);
    expect((await merchant.call("POST", JSAPI, merchant.prepayBody())).status).toBe(200);
  });

  test("FREQUENCY_LIMITED on one side, 45011 on the other", async () => {
    const world = await testWorld();
    world.sandbox.faults.wire({ kind: "frequency-limited" }, { times: 2 });
    const limited = await query(world);
    expect([limited.status, limited.json.code]).toEqual([429, "FREQUENCY_LIMITED"]);
    const mini = await world.sandbox.handle(new Request("https://api.weixin.qq.com/sns/jscode2session"));
    expect(await mini.json()).toMatchObject({ errcode: 45011 });
  });

  test("an errcode is what was asked for", async () => {
    const { sandbox } = await testWorld();
    sandbox.faults.wire({ kind: "errcode", errcode: -1, errmsg: "system error" });
    const response = await sandbox.handle(new Request("https://api.weixin.qq.com/sns/jscode2session"));
    expect(await response.json()).toEqual({ errcode: -1, errmsg: "system error" });
  });

  test("a reset does nothing, a lost answer did everything", async () => {
    const { sandbox, merchant } = await testWorld();
    sandbox.faults.wire({ kind: "reset" }, { match: { method: "POST", path: JSAPI } });
    await expect(merchant.call("POST", JSAPI, merchant.prepayBody())).rejects.toThrow(ConnectionFault);
    expect(sandbox.books.orders()).toEqual([]);
    sandbox.faults.wire({ kind: "lost-answer" });
    await expect(merchant.call("POST", JSAPI, merchant.prepayBody())).rejects.toThrow(ConnectionFault);
    expect(sandbox.books.orders()).toHaveLength(1);
  });

  test("a half-closed answer breaks while it is read", async () => {
    const world = await testWorld();
    world.sandbox.faults.wire({ kind: "half-closed" });
    await expect(query(world)).rejects.toThrow(ConnectionFault);
  });

  test.each(["bad-signature", "signtest", "unsigned", "stale-signature"] as const)(
    "%s: the answer cannot be trusted",
    async (kind) => {
      const world = await testWorld();
      world.sandbox.faults.wire({ kind });
      const answer = await query(world);
      expect(answer.json.code).toBe("ORDER_NOT_EXIST");
      expect(world.merchant.isGenuine(answer.headers, answer.text)).toBe(false);
      const next = await query(world);
      expect(world.merchant.isGenuine(next.headers, next.text)).toBe(true);
    },
  );

  test("latency passes on the clock that is handed in", async () => {
    const world = await testWorld();
    world.sandbox.faults.wire({ kind: "latency", ms: 7000 }, { times: null, match: { path: "/v3/pay" } });
    await query(world);
    await query(world);
    expect(world.clock.now()).toEqual(new Date("2026-05-01T10:00:14+08:00"));
  });

  test("a fault is met by the requests it is for, as often as was asked", async () => {
    const world = await testWorld();
    const { sandbox } = world;
    const fault = { kind: "error", status: 503, code: "SYSTEM_ERROR" } as const;
    sandbox.faults.wire(fault, { match: { method: "POST" } });
    sandbox.faults.wire(fault, { match: { path: "/v3/refund" } });
    expect((await query(world)).status).toBe(404);
    sandbox.faults.clear();
    sandbox.faults.wire(fault, { times: 2 });
    expect([(await query(world)).status, (await query(world)).status, (await query(world)).status]).toEqual([
      503, 503, 404,
    ]);
    expect(sandbox.faults.list()).toEqual([]);
  });
});

test("a request that names an unknown key of WeChat's changes nothing", async () => {
  const { merchant, sandbox } = await testWorld();
  const answer = await merchant.call("POST", JSAPI, merchant.prepayBody(), {
    headers: { "Wechatpay-Serial": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1" },
  });
  expect([answer.status, answer.json.code]).toEqual([400, "PARAM_ERROR"]);
  expect(sandbox.books.orders()).toEqual([]);
});

test("pay against close, whichever comes first: money or closed, never both, never neither", async () => {
  const { sandbox, merchant, clock, keys } = await testWorld();
  let paid = 0;
  for (let round = 0; round < 50; round++) {
    const number = `PMT-race-${round}`;
    const order = await merchant.call("POST", JSAPI, merchant.prepayBody({ out_trade_no: number }));
    clock.advance(300_000);
    const request = merchant.requestPayment(order.json.prepay_id);
    const close = () =>
      merchant.call("POST", `/v3/pay/transactions/out-trade-no/${number}/close`, { mchid: keys.mchid });
    const pay = async () => sandbox.phone.pay("guest", request);
    const isPayFirst = round % 2 === 0;
    const [a, b] = isPayFirst ? [pay(), close()] : [close(), pay()];
    const results = await Promise.all([a, b]);
    const payment = results.find((result) => "errMsg" in result);
    const closed = results.find((result) => "status" in result);
    const isPaid = payment?.ok === true;
    expect(closed?.status).toBe(isPaid ? 400 : 204);
    expect(sandbox.books.order(number)?.state).toBe(isPaid ? "SUCCESS" : "CLOSED");
    if (isPaid) paid++;
  }
  expect(sandbox.books.totals().paidFen).toBe(paid * 29900);
});

test("the books are copies, in the order in which money moved", async () => {
  const { sandbox, paidOrder, merchant } = await testWorld();
  await paidOrder({ out_trade_no: "PMT-book-1" }, { couponFen: 100 });
  await sandbox.advance(60_000);
  await paidOrder({ out_trade_no: "PMT-book-2", amount: { total: 500 } });
  await merchant.call("POST", REFUNDS, {
    out_trade_no: "PMT-book-1",
    out_refund_no: "R1",
    amount: { refund: 900, total: 29900, currency: "CNY" },
  });
  await sandbox.advance(3000);
  expect(sandbox.books.entries().map(({ kind, number, amountFen }) => [kind, number, amountFen])).toEqual([
    ["payment", "PMT-book-1", 29900],
    ["payment", "PMT-book-2", 500],
    ["refund", "R1", -900],
  ]);
  expect(sandbox.books.totals()).toEqual({ paidFen: 30400, refundedFen: 900, balanceFen: 29500 });
  sandbox.books.orders().pop();
  for (const order of sandbox.books.orders()) order.totalFen = 0;
  expect(sandbox.books.orders().map(({ totalFen }) => totalFen)).toEqual([29900, 500]);
  expect(sandbox.books.payments()[0]?.refundedFen).toBe(900);
});

test("a clock that cannot be moved is not moved", async () => {
  const keys = await testKeys();
  const still = virtualClock("2026-05-01T10:00:00+08:00");
  const clock = { now: still.now };
  const waited: number[] = [];
  const sandbox = createSandbox({
    clock,
    random: seededRandom("x"),
    keys,
    deliver: async () => ({ status: 200, body: "" }),
    sleep: async (ms) => {
      waited.push(ms);
    },
  });
  await expect(sandbox.advance(1000)).rejects.toThrow("set()");
  sandbox.faults.wire({ kind: "latency", ms: 50 });
  await createMerchant(keys, clock, sandbox.handle).call("GET", "/v3/certificates");
  expect(waited).toEqual([50]);
});

test("signing refuses a certificate that does not exist", async () => {
  const { sandbox } = await testWorld();
  expect(() => sandbox.signing({ certificate: 2 })).toThrow(RangeError);
});
