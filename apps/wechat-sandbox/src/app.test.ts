import { createSign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import { createSandbox, generateKeys, type SandboxKeys, seededRandom } from "@looklook/wechat-sandbox";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createApp } from "./app";

let keys: SandboxKeys;
let phoneDir: string;
beforeAll(async () => {
  keys = await generateKeys({ now: new Date() });
  phoneDir = await mkdtemp(join(tmpdir(), "phone-"));
});
afterAll(() => rm(phoneDir, { recursive: true }));

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function started(bridgeUrl = "http://127.0.0.1:1") {
  let saves = 0;
  const sandbox = createSandbox({
    clock: { now: () => new Date() },
    random: seededRandom("app"),
    keys,
    deliver: async () => ({ status: 200, body: "" }),
  });
  const app = createApp({
    sandbox,
    keys,
    save: async () => {
      saves++;
    },
    bridgeUrl,
    phoneDir,
  });
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await new Promise((resolve) => server.once("listening", resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${origin}/sandbox${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: tests read JSON as it comes
    return { status: response.status, json: (await response.json()) as any };
  };
  const sign = (text: string) =>
    createSign("RSA-SHA256").update(text).sign(keys.merchant.privateKeyPem, "base64");
  const pay = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = sign(`${method}\n${path}\n${timestamp}\nnonce\n${text}\n`);
    return fetch(origin + path, {
      method,
      headers: {
        Accept: "application/json",
        "User-Agent": "test",
        "Content-Type": "application/json",
        Authorization: `WECHATPAY2-SHA256-RSA2048 mchid="${keys.mchid}",nonce_str="nonce",signature="${signature}",timestamp="${timestamp}",serial_no="${keys.merchant.serial}"`,
      },
      body: body === undefined ? undefined : text,
    });
  };
  const order = {
    appid: keys.appid,
    mchid: keys.mchid,
    description: "西湖边的房子",
    out_trade_no: "PMT2026050110000012345678",
    notify_url: "https://api.looklook.example/payment/v1/callback",
    amount: { total: 29900 },
    payer: { openid: "guest" },
  };
  const requestPayment = (prepayId: string) => {
    const timeStamp = String(Math.floor(Date.now() / 1000));
    const text = `${keys.appid}\n${timeStamp}\nn\nprepay_id=${prepayId}\n`;
    return {
      timeStamp,
      nonceStr: "n",
      package: `prepay_id=${prepayId}`,
      signType: "RSA",
      paySign: sign(text),
    };
  };
  return { sandbox, origin, control, pay, order, requestPayment, saveCount: () => saves };
}

test("a person logs in, pays, and reads the books through the control API", async () => {
  const { control, pay, order, requestPayment, saveCount, sandbox } = await started();
  expect((await control("GET", "/info")).json).toMatchObject({ appid: keys.appid, mchid: keys.mchid });
  await control("POST", "/users", { openid: "guest", phoneNumber: "13800001111" });
  expect((await control("GET", "/users")).json).toHaveLength(1);
  expect((await control("POST", "/users/guest/encrypted-phone")).status).toBe(409);
  expect((await control("POST", "/users/guest/login")).json.code).toMatch(/^0/);
  expect((await control("POST", "/users/guest/phone-code")).json.code).toHaveLength(64);
  expect((await control("POST", "/users/nobody/login")).status).toBe(404);

  const { prepay_id } = (await (await pay("POST", "/v3/pay/transactions/jsapi", order)).json()) as {
    prepay_id: string;
  };
  const payment = requestPayment(prepay_id);
  expect((await control("POST", "/users/guest/sheet", payment)).json).toMatchObject({
    ok: true,
    totalFen: 29900,
  });
  expect((await control("POST", "/users/guest/cancel", payment)).json.reason).toBe("CANCELLED");
  expect((await control("POST", "/users/guest/begin-pay", payment)).json.ok).toBe(true);
  expect((await control("POST", `/orders/${order.out_trade_no}/abandon-pay`)).json.reason).toBe("CANCELLED");
  const before = saveCount();
  const paid = await control("POST", "/users/guest/pay", { payment, couponFen: 100 });
  expect(paid.json).toMatchObject({ ok: true, errMsg: "requestPayment:ok" });
  expect(saveCount(), "the payment is on disk before the phone knows").toBe(before + 1);
  expect((await control("GET", `/orders/${order.out_trade_no}`)).json.state).toBe("SUCCESS");
  expect((await control("GET", "/books")).json).toMatchObject({
    totals: { paidFen: 29900, refundedFen: 0, balanceFen: 29900 },
    payments: [{ payerTotalFen: 29800 }],
  });
  expect((await control("POST", "/users/guest/grants", { templateIds: ["t1"] })).json).toEqual({ t1: 1 });
  expect((await control("GET", "/users/guest/messages")).json).toEqual([]);
  await sandbox.tick();
  expect((await control("GET", "/callbacks")).json[0]).toMatchObject({ state: "taken" });
});

test("faults are asked for, listed and cleared over HTTP", async () => {
  const { control, pay, order } = await started();
  await control("POST", "/users", { openid: "guest" });
  const { json } = await control("POST", "/faults/wire", {
    fault: { kind: "error", status: 500, code: "SYSTEM_ERROR" },
    match: { path: "/v3/pay" },
    times: 2,
  });
  expect((await pay("POST", "/v3/pay/transactions/jsapi", order)).status).toBe(500);
  expect((await control("GET", "/faults")).json).toMatchObject([{ id: json.id, on: "wire", timesLeft: 1 }]);
  await control("DELETE", `/faults/${json.id}`);
  expect((await pay("POST", "/v3/pay/transactions/jsapi", order)).status).toBe(200);
  expect((await control("POST", "/faults/callback", { fault: { kind: "duplicate", times: 3 } })).status).toBe(
    200,
  );
  expect((await control("POST", "/faults/callback", { fault: { kind: "explode" } })).status).toBe(400);
  expect((await control("POST", "/faults/refund", { outRefundNo: "R1", ending: "ABNORMAL" })).status).toBe(
    200,
  );
  expect((await control("POST", "/faults/refund-balance", { fen: 0 })).status).toBe(200);
  expect((await control("POST", "/faults/revoke-token")).status).toBe(200);
  expect((await control("POST", "/faults/probe", { outTradeNo: order.out_trade_no })).json).toEqual({
    status: 200,
  });
  expect((await control("POST", "/refunds/R1/mend")).status).toBe(404);
  expect((await control("POST", "/signing", { callbacks: "mixed" })).json.callbacks).toBe("mixed");
  await control("DELETE", "/faults");
  expect((await control("GET", "/faults")).json).toEqual([]);
});

test("a reset, a lost answer and a half answer are what they are on a real connection", async () => {
  const { sandbox, pay, order } = await started();
  sandbox.phone.user({ openid: "guest" });
  const path = "/v3/pay/transactions/jsapi";
  sandbox.faults.wire({ kind: "reset" });
  await expect(pay("POST", path, order)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect(sandbox.books.orders()).toEqual([]);
  sandbox.faults.wire({ kind: "lost-answer" });
  await expect(pay("POST", path, order)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
  expect(sandbox.books.orders()).toHaveLength(1);
  sandbox.faults.wire({ kind: "half-closed" });
  const half = await pay("POST", path, order);
  expect(half.status).toBe(200);
  await expect(half.text()).rejects.toThrow();
  expect((await pay("POST", path, order)).status).toBe(200);
});

test("a page of another site can neither pay nor use the bridge", async () => {
  const { origin } = await started();
  for (const path of ["/sandbox/users", "/bridge/order/v1"]) {
    for (const site of ["cross-site", "same-site"]) {
      const response = await fetch(origin + path, { method: "POST", headers: { "Sec-Fetch-Site": site } });
      expect(response.status).toBe(403);
    }
  }
});

test("the phone page reaches the bridge through this origin, without cookies", async () => {
  const seen: { method?: string; url?: string; cookie?: string; authorization?: string; body: string }[] = [];
  const bridge = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { cookie, authorization } = request.headers;
    seen.push({ method: request.method, url: request.url, cookie, authorization, body });
    response.writeHead(400, { "Content-Type": "application/json" }).end('{"code":100002,"msg":"x"}');
  });
  await new Promise<void>((resolve) => bridge.listen(0, "127.0.0.1", resolve));
  closers.push(() => new Promise((resolve) => bridge.close(resolve)));
  const { origin } = await started(`http://127.0.0.1:${(bridge.address() as AddressInfo).port}`);
  const response = await fetch(`${origin}/bridge/travel/v1/homestay/homestayDetail?x=1`, {
    method: "POST",
    headers: { Authorization: "Bearer t", Cookie: "a=b", "Content-Type": "application/json" },
    body: '{"id":1}',
  });
  expect([response.status, await response.json()]).toEqual([400, { code: 100002, msg: "x" }]);
  expect(seen).toEqual([
    {
      method: "POST",
      url: "/travel/v1/homestay/homestayDetail?x=1",
      cookie: undefined,
      authorization: "Bearer t",
      body: '{"id":1}',
    },
  ]);
});

test("a bridge that is down is 502, and a page that is not built says how", async () => {
  const { origin } = await started();
  expect((await fetch(`${origin}/bridge/x`, { method: "POST" })).status).toBe(502);
  const page = await fetch(`${origin}/`);
  expect([page.status, await page.text()]).toEqual([503, expect.stringContaining("npm run build")]);
  expect((await fetch(`${origin}/healthz`)).status).toBe(200);
});

test("the built page is served at / and /phone/*, with nothing loaded from elsewhere", async () => {
  await writeFile(join(phoneDir, "index.html"), "<!doctype html>phone");
  await writeFile(join(phoneDir, "page.js"), "export {}");
  const { origin } = await started();
  const page = await fetch(`${origin}/`);
  expect(await page.text()).toContain("phone");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  const script = await fetch(`${origin}/phone/page.js`);
  expect(script.headers.get("content-type")).toContain("javascript");
  expect((await fetch(`${origin}/phone/nothing.js`)).status).toBe(404);
  expect((await fetch(`${origin}/phone/..%2f..%2fpackage.json`)).status).toBe(404);
});
