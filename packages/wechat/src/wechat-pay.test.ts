import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GatewayError, NotificationRefused } from "@looklook/core/gateway";
import { afterEach, describe, expect, test } from "vitest";
import { wechatAt } from "./test-wechat";
import { createWechatPay } from "./wechat-pay";

const code = (wanted: string) => expect.objectContaining({ name: "GatewayError", code: wanted });
const refusal = (reason: string) => expect.objectContaining({ name: "NotificationRefused", reason });

describe("an order", () => {
  test("carries what WeChat's document asks for, and the phone accepts our signature", async () => {
    const { pay, sandbox, order, requests } = await wechatAt();
    const { openid } = sandbox.phone.user();
    const wanted = order(openid);
    const { prepayId } = await pay.prepay(wanted);
    const sent = await requests.at(-1)?.json();
    expect(sent).toEqual({
      appid: pay.appId,
      mchid: pay.mchId,
      description: "湖景大床房",
      out_trade_no: wanted.paymentNo,
      attach: wanted.attach,
      time_expire: "2026-05-04T10:30:00+08:00",
      notify_url: "https://looklook.example/notify",
      amount: { total: 60_000, currency: "CNY" },
      payer: { openid },
      settle_info: { profit_sharing: false },
    });
    const sheet = pay.payParams(prepayId);
    expect(sandbox.phone.sheet(openid, sheet)).toMatchObject({ ok: true, totalFen: 60_000 });
    expect(sandbox.phone.sheet(openid, { ...sheet, nonceStr: `${sheet.nonceStr}x` })).toMatchObject({
      reason: "BAD_PAY_SIGN",
    });
  });

  test("is asked about, closed and found closed, and an unknown one is unknown", async () => {
    const { pay, sandbox, order, clock } = await wechatAt();
    const { openid } = sandbox.phone.user();
    const wanted = order(openid);
    await pay.prepay(wanted);
    const paymentNo = "PMT2026050410000099999999";
    expect(await pay.query(paymentNo)).toBeNull();
    expect(await pay.close(paymentNo)).toBe("unknown");
    const known = wanted.paymentNo;
    expect(await pay.query(known)).toMatchObject({
      tradeState: "NOTPAY",
      totalFen: 60_000,
      transactionId: null,
    });
    expect(await pay.close(known)).toBe("busy");
    clock.advance(5 * 60_000);
    expect(await pay.close(known)).toBe("closed");
    expect(await pay.close(known)).toBe("closed");
    expect(await pay.query(known)).toMatchObject({ tradeState: "CLOSED" });
  });

  test("that was paid says so to a close, and what was paid and by whom to a query", async () => {
    const { pay, sandbox, paidCallback, clock } = await wechatAt();
    const { paymentNo } = await paidCallback();
    expect(await pay.close(paymentNo)).toBe("paid");
    const [{ openid = "", transactionId = "" } = {}] = sandbox.books.payments();
    expect(await pay.query(paymentNo)).toEqual({
      appId: pay.appId,
      mchId: pay.mchId,
      paymentNo,
      attach: "HSO2026050410000000000001",
      transactionId,
      tradeType: "JSAPI",
      tradeState: "SUCCESS",
      currency: "CNY",
      totalFen: 60_000,
      payerTotalFen: 60_000,
      payerOpenid: openid,
      paidAt: clock.now(),
    });
  });

  test("that somebody is paying keeps a close waiting", async () => {
    const { pay, sandbox, order, clock } = await wechatAt();
    const { openid } = sandbox.phone.user();
    const wanted = order(openid);
    const { prepayId } = await pay.prepay(wanted);
    sandbox.phone.beginPay(openid, pay.payParams(prepayId));
    clock.advance(6 * 60_000);
    expect(await pay.close(wanted.paymentNo)).toBe("busy");
  });
});

test("a refund is accepted, found again under its number, and told when it is over", async () => {
  const { pay, sandbox, paidCallback, callbacks } = await wechatAt();
  const { paymentNo } = await paidCallback();
  expect(await pay.queryRefund("RFD1")).toBeNull();
  const request = { paymentNo, refundNo: "RFD1", amountFen: 100, totalFen: 60_000, reason: "原路退回" };
  const accepted = await pay.refund(request);
  expect(accepted).toMatchObject({ refundNo: "RFD1", status: "PROCESSING", finishedAt: null });
  expect(await pay.refund(request)).toEqual(accepted);
  await expect(pay.refund({ ...request, amountFen: 101 })).rejects.toEqual(code("INVALID_REQUEST"));
  await sandbox.advance(10_000);
  const told = callbacks.at(-1);
  if (!told) throw new Error("WeChat called");
  expect(await pay.readNotification(told.headers, told.body)).toMatchObject({
    eventType: "REFUND.SUCCESS",
    kind: "refund",
    refund: { refundNo: "RFD1", status: "SUCCESS", paymentNo, amountFen: 100 },
  });
  expect(await pay.queryRefund("RFD1")).toMatchObject({ status: "SUCCESS" });
});

describe("an answer", () => {
  test.each(["bad-signature", "unsigned", "stale-signature"] as const)(
    "that is %s is not believed",
    async (kind) => {
      const { pay, sandbox } = await wechatAt();
      sandbox.faults.wire({ kind });
      await expect(pay.query("PMT20260504100000000000001")).rejects.toEqual(code("BAD_SIGNATURE"));
    },
  );

  test.each([
    ["reset", { kind: "reset" }, "NETWORK"],
    ["broken off", { kind: "half-closed" }, "NETWORK"],
    ["refused with 500", { kind: "error", status: 500, code: "SYSTEM_ERROR" }, "SYSTEM_ERROR"],
    ["limited", { kind: "frequency-limited" }, "FREQUENCY_LIMITED"],
  ] as const)("that is %s says nothing; one quick repeat may", async (_, fault, wanted) => {
    const { pay, sandbox, requests } = await wechatAt();
    sandbox.faults.wire(fault, { times: null });
    await expect(pay.query("PMT20260504100000000000001")).rejects.toEqual(code(wanted));
    expect(requests).toHaveLength(wanted === "FREQUENCY_LIMITED" ? 1 : 2);
    sandbox.faults.clear();
    if (wanted === "FREQUENCY_LIMITED") return;
    sandbox.faults.wire(fault, { times: 1 });
    expect(await pay.query("PMT20260504100000000000001")).toBeNull();
  });

  test("of a 404 counts only when WeChat has signed it", async () => {
    const { pay, sandbox } = await wechatAt();
    sandbox.faults.wire({ kind: "unsigned" });
    await expect(pay.query("PMT20260504100000000000001")).rejects.toBeInstanceOf(GatewayError);
  });
});

test("after many outages in a row WeChat is given up for a while, at once and for every call", async () => {
  const { pay, sandbox, requests } = await wechatAt({
    pay: { breaker: { failures: 4, halfOpenAfterMs: 60_000 } },
  });
  sandbox.faults.wire({ kind: "reset" }, { times: null });
  for (let call = 0; call < 2; call++) await expect(pay.query("PMT1234567")).rejects.toEqual(code("NETWORK"));
  const before = requests.length;
  await expect(pay.query("PMT1234567")).rejects.toEqual(code("CIRCUIT_OPEN"));
  await expect(pay.queryRefund("RFD1")).rejects.toEqual(code("CIRCUIT_OPEN"));
  expect(requests).toHaveLength(before);
});

describe("a notification", () => {
  test("is read, whatever case its headers' names have", async () => {
    const { pay, paidCallback, clock } = await wechatAt();
    const { headers, body, paymentNo } = await paidCallback();
    const shouted = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await pay.readNotification(shouted, body)).toMatchObject({
      eventType: "TRANSACTION.SUCCESS",
      kind: "payment",
      trade: {
        paymentNo,
        attach: "HSO2026050410000000000001",
        tradeState: "SUCCESS",
        totalFen: 60_000,
        paidAt: clock.now(),
      },
    });
  });

  test.each([
    ["signtest", "probe"],
    ["tampered-body", "bad_signature"],
    ["tampered-ciphertext", "undecipherable"],
    ["wrong-aad", "undecipherable"],
    ["stale-timestamp", "stale"],
    ["unknown-serial", "unknown_serial"],
  ] as const)("with the fault %s is refused as %s", async (kind, reason) => {
    const { pay, sandbox, paidCallback, callbacks } = await wechatAt();
    sandbox.faults.callback({ kind });
    await paidCallback();
    const bad = callbacks[0];
    if (!bad) throw new Error("WeChat called");
    await expect(pay.readNotification(bad.headers, bad.body)).rejects.toEqual(refusal(reason));
  });

  test.each([
    [-300_000, "stale"],
    [-299_000, null],
    [299_000, null],
    [300_000, "stale"],
  ])("that our clock sees %i ms after its signature is refused as %s", async (skewMs, reason) => {
    const { pay, paidCallback, clock } = await wechatAt();
    const { headers, body } = await paidCallback();
    clock.advance(skewMs);
    const read = pay.readNotification(headers, body);
    if (reason) await expect(read).rejects.toEqual(refusal(reason));
    else expect(await read).toMatchObject({ kind: "payment" });
  });

  test.each(["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial", "wechatpay-signature"])(
    "without %s, or with nonsense in it, is refused",
    async (name) => {
      const { pay, paidCallback } = await wechatAt();
      const { headers, body } = await paidCallback();
      const { [name]: _, ...rest } = headers;
      await expect(pay.readNotification(rest, body)).rejects.toBeInstanceOf(NotificationRefused);
      for (const nonsense of ["", "x", "9".repeat(40), "=====", "\n"]) {
        await expect(pay.readNotification({ ...rest, [name]: nonsense }, body)).rejects.toBeInstanceOf(
          NotificationRefused,
        );
      }
    },
  );

  test("that another merchant's key sealed is refused, though WeChat signed it", async () => {
    const { payConfig, paidCallback, clock } = await wechatAt();
    const { headers, body } = await paidCallback();
    const other = createWechatPay(
      { ...payConfig, apiV3Key: "x".repeat(32) },
      { clock, random: { bytes: (length) => Buffer.alloc(length, 7) } },
    );
    await expect(other.readNotification(headers, body)).rejects.toEqual(refusal("undecipherable"));
  });

  test("about a refund of another merchant's is refused", async () => {
    const { payConfig, pay, sandbox, paidCallback, callbacks, clock } = await wechatAt();
    const { paymentNo } = await paidCallback();
    await pay.refund({ paymentNo, refundNo: "RFD1", amountFen: 1, totalFen: 60_000, reason: "" });
    await sandbox.advance(10_000);
    const told = callbacks.at(-1);
    if (!told) throw new Error("WeChat called");
    const other = createWechatPay(
      { ...payConfig, mchId: "1900000001" },
      { clock, random: { bytes: (length) => Buffer.alloc(length, 7) } },
    );
    await expect(other.readNotification(told.headers, told.body)).rejects.toEqual(refusal("malformed"));
  });
});

describe("WeChat's keys", () => {
  const certificateOnly = { publicKey: null };

  test("come as certificates, downloaded once for many answers and callbacks", async () => {
    const { pay, sandbox, paidCallback, requests, callbacks } = await wechatAt({ pay: certificateOnly });
    sandbox.signing({ answers: "certificate", callbacks: "certificate" });
    for (let round = 0; round < 3; round++) await paidCallback();
    for (const { headers, body } of callbacks) await pay.readNotification(headers, body);
    expect(requests.filter(({ url }) => url.endsWith("/v3/certificates"))).toHaveLength(1);
  });

  test("may roll over to the next certificate: the new serial is fetched, the old one still counts", async () => {
    const { pay, sandbox, paidCallback, clock } = await wechatAt({ pay: certificateOnly });
    sandbox.signing({ answers: "certificate", callbacks: "certificate", certificate: 0 });
    const before = await paidCallback();
    await pay.readNotification(before.headers, before.body);
    clock.advance(6 * 60_000);
    sandbox.signing({ certificate: 1 });
    const after = await paidCallback();
    expect(after.headers["wechatpay-serial"]).not.toBe(before.headers["wechatpay-serial"]);
    expect(await pay.readNotification(after.headers, after.body)).toMatchObject({ kind: "payment" });
    sandbox.signing({ certificate: 0 });
    const straggler = await paidCallback();
    expect(await pay.readNotification(straggler.headers, straggler.body)).toMatchObject({ kind: "payment" });
  });

  test("are not fetched for every serial that somebody invents", async () => {
    const { pay, sandbox, paidCallback, callbacks, requests, clock } = await wechatAt();
    sandbox.signing({ callbacks: "certificate" });
    sandbox.faults.callback({ kind: "unknown-serial" }, { times: null });
    const downloads = () => requests.filter(({ url }) => url.endsWith("/v3/certificates")).length;
    for (let round = 0; round < 5; round++) {
      await paidCallback();
      const { headers, body } = callbacks.at(-1) ?? { headers: {}, body: Buffer.alloc(0) };
      await expect(pay.readNotification(headers, body)).rejects.toEqual(refusal("unknown_serial"));
    }
    expect(downloads()).toBe(1);
    // A public key's id that is not ours is never worth a request.
    const last = callbacks.at(-1);
    const foreign = {
      ...last?.headers,
      "wechatpay-serial": "PUB_KEY_ID_0000000000000000000000000000000000000000",
    };
    clock.advance(6 * 60_000);
    await expect(
      pay.readNotification(
        { ...foreign, "wechatpay-timestamp": String(clock.now().getTime() / 1000) },
        Buffer.from("{}"),
      ),
    ).rejects.toEqual(refusal("unknown_serial"));
    expect(downloads()).toBe(1);
  });

  test("are both believed during a switch, by the serial that each body names", async () => {
    const { pay, sandbox, paidCallback, requests } = await wechatAt();
    const serials = new Set<string | undefined>();
    sandbox.signing({ callbacks: "mixed" });
    for (let round = 0; round < 12; round++) {
      const { headers, body } = await paidCallback();
      serials.add(headers["wechatpay-serial"]);
      expect(await pay.readNotification(headers, body)).toMatchObject({ kind: "payment" });
    }
    expect(serials.size).toBe(2);
    expect(requests[0]?.headers.get("wechatpay-serial")).toMatch(/^PUB_KEY_ID_/);
  });

  test("of a merchant that has no certificates are its public key alone", async () => {
    const { pay, sandbox, paidCallback } = await wechatAt();
    sandbox.signing({ hasCertificates: false, callbacks: "public-key" });
    const { headers, body } = await paidCallback();
    expect(await pay.readNotification(headers, body)).toMatchObject({ kind: "payment" });
    await expect(
      pay.readNotification({ ...headers, "wechatpay-serial": "A".repeat(40) }, body),
    ).rejects.toEqual(refusal("unknown_serial"));
  });

  test("whose certificate has run out are no keys any more", async () => {
    const { pay, sandbox, paidCallback, clock, keys } = await wechatAt({ pay: certificateOnly });
    sandbox.signing({ answers: "certificate", callbacks: "certificate" });
    const { headers, body } = await paidCallback();
    clock.set(new Date(new Date(keys.platformCertificates[0]?.expireAt ?? "").getTime() + 1_000));
    const now = String(Math.trunc(clock.now().getTime() / 1000));
    await expect(pay.readNotification({ ...headers, "wechatpay-timestamp": now }, body)).rejects.toEqual(
      refusal("unknown_serial"),
    );
  });
});

test("no error of ours says a key, an openid or a body", async () => {
  const { pay, sandbox, order, payConfig } = await wechatAt();
  const { openid } = sandbox.phone.user();
  const errors: unknown[] = [];
  const wanted = order(openid);
  for (const fault of [
    { kind: "reset" },
    { kind: "bad-signature" },
    { kind: "error", status: 400, code: "PARAM_ERROR", message: openid },
    { kind: "half-closed" },
  ] as const) {
    sandbox.faults.wire(fault, { times: 2 });
    await pay.prepay(wanted).catch((error: unknown) => errors.push(error));
    sandbox.faults.clear();
  }
  expect(errors).toHaveLength(4);
  const said = errors
    .map((error) => (error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : ""))
    .join();
  for (const secret of [openid, payConfig.apiV3Key, "PRIVATE KEY", wanted.description])
    expect(said).not.toContain(secret);
});

describe("over a real connection", () => {
  let server: Server | null = null;
  afterEach(() => server?.close());
  const listen = async (answer: Parameters<typeof createServer>[1]) => {
    server = createServer(answer).listen(0, "127.0.0.1");
    await new Promise((listening) => server?.once("listening", listening));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const client = async (baseUrl: string, timeoutMs = 200) => {
    const { payConfig, clock } = await wechatAt();
    return createWechatPay(
      { ...payConfig, baseUrl, timeoutMs },
      { clock, random: { bytes: (length) => Buffer.alloc(length, 7) } },
    );
  };

  test("the sandbox's answers are verified over the bytes that arrived", async () => {
    const { sandbox } = await wechatAt();
    const base = await listen(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await sandbox.handle(
        new Request(`http://sandbox${request.url}`, {
          method: request.method,
          headers: new Headers(request.headers as Record<string, string>),
          body: chunks.length > 0 ? Buffer.concat(chunks) : null,
        }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    expect(await (await client(`${base}/`, 10_000)).query("PMT20260504100000000000001")).toBeNull();
  });

  test("silence ends after the time limit", async () => {
    const pay = await client(await listen(() => {}));
    await expect(pay.query("PMT20260504100000000000001")).rejects.toEqual(code("TIMEOUT"));
  });

  test("a body that never ends ends after the time limit, too", async () => {
    const pay = await client(
      await listen((_, response) => {
        response.writeHead(200, { "Content-Length": "100" });
        response.write("{");
      }),
    );
    await expect(pay.query("PMT20260504100000000000001")).rejects.toEqual(code("TIMEOUT"));
  });

  test("nobody at the address is an outage", async () => {
    const base = await listen(() => {});
    server?.close();
    await expect((await client(base)).query("PMT20260504100000000000001")).rejects.toEqual(code("NETWORK"));
  });

  test("a redirect is not followed", async () => {
    const pay = await client(
      await listen((_, response) => response.writeHead(302, { Location: "http://127.0.0.1:9/" }).end()),
    );
    await expect(pay.query("PMT20260504100000000000001")).rejects.toEqual(code("NETWORK"));
  });
});
