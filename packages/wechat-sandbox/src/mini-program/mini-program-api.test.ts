import { createDecipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { testWorld } from "../test-merchant";

const PAID = "QIJPmfxaNqYzSjOlXGk1T6Xfw94JwbSPuOd3u_hi3WE";
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

async function miniProgram() {
  const world = await testWorld();
  const { sandbox, keys } = world;
  const get = async (path: string, query: Record<string, string>) => {
    const response = await sandbox.handle(
      new Request(`https://api.weixin.qq.com${path}?${new URLSearchParams(query)}`),
    );
    return { type: response.headers.get("content-type"), json: JSON.parse(await response.text()) };
  };
  const send = (path: string, body: unknown) =>
    sandbox.handle(
      new Request(`https://api.weixin.qq.com${path}`, { method: "POST", body: JSON.stringify(body) }),
    );
  // biome-ignore lint/suspicious/noExplicitAny: tests read WeChat's JSON as it comes
  const post = async (path: string, body: unknown): Promise<any> => (await send(path, body)).json();
  const token = (change: Record<string, unknown> = {}) =>
    post("/cgi-bin/stable_token", {
      grant_type: "client_credential",
      appid: keys.appid,
      secret: keys.secret,
      ...change,
    });
  const login = (code: string, change: Record<string, string> = {}) =>
    get("/sns/jscode2session", {
      appid: keys.appid,
      secret: keys.secret,
      js_code: code,
      grant_type: "authorization_code",
      ...change,
    });
  /** A path with a good token on it. */
  const withToken = async (path: string) => `${path}?access_token=${(await token()).access_token}`;
  return { ...world, get, send, post, token, login, withToken };
}

describe("jscode2session", () => {
  test("turns a code into who it is, as JSON that calls itself text", async () => {
    const { login, sandbox } = await miniProgram();
    const { type, json } = await login(sandbox.phone.login("guest"));
    expect(json).toMatchObject({ openid: "guest" });
    expect(Buffer.from(json.session_key, "base64")).toHaveLength(16);
    expect(type).toMatch(/^text\/plain/);
  });

  test("takes a code once, and for five minutes", async () => {
    const { login, sandbox, clock } = await miniProgram();
    const used = sandbox.phone.login("guest");
    await login(used);
    expect((await login(used)).json.errcode).toBe(40163);
    const old = sandbox.phone.login("guest");
    clock.advance(5 * MINUTE_MS + 1);
    expect((await login(old)).json.errcode).toBe(40029);
  });

  test.each([
    ["an unknown code", { js_code: "nothing" }, 40029],
    ["no code", { js_code: "" }, 41008],
    ["another appid", { appid: "wx0000000000000000" }, 40013],
    ["another secret", { secret: "x".repeat(32) }, 40125],
    ["another grant type", { grant_type: "client_credential" }, 40002],
  ])("refuses %s", async (_, change, errcode) => {
    const { login, sandbox } = await miniProgram();
    const { json } = await login(sandbox.phone.login("guest"), change);
    expect(json.errcode).toBe(errcode);
    expect(json.errmsg).toMatch(/, rid: [0-9a-f-]{26}$/);
  });

  test("blocks a risky person, and the 101st login within a minute", async () => {
    const { login, sandbox, clock } = await miniProgram();
    sandbox.phone.user({ openid: "risky", isRisky: true });
    expect((await login(sandbox.phone.login("risky"))).json.errcode).toBe(40226);
    for (let count = 0; count < 100; count++) await login(sandbox.phone.login("guest"));
    expect((await login(sandbox.phone.login("guest"))).json.errcode).toBe(45011);
    clock.advance(MINUTE_MS);
    expect((await login(sandbox.phone.login("guest"))).json.openid).toBe("guest");
  });
});

describe("phone numbers", () => {
  test("by code: once, and for five minutes from the tap", async () => {
    const { post, withToken, sandbox, clock, keys } = await miniProgram();
    const path = await withToken("/wxa/business/getuserphonenumber");
    const code = sandbox.phone.phoneNumberCode("guest");
    clock.advance(10 * SECOND_MS);
    expect(await post(path, { code })).toEqual({
      errcode: 0,
      errmsg: "ok",
      phone_info: {
        phoneNumber: "13800001111",
        purePhoneNumber: "13800001111",
        countryCode: "86",
        watermark: { timestamp: Date.parse("2026-05-01T10:00:00+08:00") / 1000, appid: keys.appid },
      },
    });
    expect((await post(path, { code })).errcode).toBe(40163);
    expect(
      (await post(path, { code: sandbox.phone.login("guest") })).errcode,
      "a login code is no phone code",
    ).toBe(40029);
    const old = sandbox.phone.phoneNumberCode("guest");
    clock.advance(5 * MINUTE_MS + 1);
    expect((await post(path, { code: old })).errcode).toBe(40029);
  });

  test("by encryptedData: only under the session_key of the last login", async () => {
    const { login, sandbox, keys } = await miniProgram();
    expect(sandbox.phone.encryptedPhone("guest")).toBeNull();
    const first = (await login(sandbox.phone.login("guest"))).json.session_key;
    const second = (await login(sandbox.phone.login("guest"))).json.session_key;
    const { encryptedData = "", iv = "" } = sandbox.phone.encryptedPhone("guest") ?? {};
    const decrypt = (sessionKey: string) => {
      const decipher = createDecipheriv(
        "aes-128-cbc",
        Buffer.from(sessionKey, "base64"),
        Buffer.from(iv, "base64"),
      );
      return decipher.update(encryptedData, "base64", "utf8") + decipher.final("utf8");
    };
    expect(JSON.parse(decrypt(second))).toMatchObject({
      purePhoneNumber: "13800001111",
      watermark: { appid: keys.appid },
    });
    expect(() => JSON.parse(decrypt(first))).toThrow();
  });
});

describe("stable_token", () => {
  test("stays the same until five minutes before its end; then both are good", async () => {
    const { token, post, clock } = await miniProgram();
    const first = await token();
    expect(first.expires_in).toBe(7200);
    clock.advance(6899 * SECOND_MS);
    const still = await token();
    expect(still).toEqual({ access_token: first.access_token, expires_in: 301 });
    clock.advance(SECOND_MS);
    const second = await token();
    expect(second.access_token).not.toBe(first.access_token);
    const check = (value: string) =>
      post(`/wxa/business/getuserphonenumber?access_token=${value}`, { code: "x" });
    expect((await check(first.access_token)).errcode).toBe(40029);
    expect((await check(second.access_token)).errcode).toBe(40029);
    clock.advance(5 * MINUTE_MS);
    expect((await check(first.access_token)).errcode).toBe(42001);
    expect((await check("made-up")).errcode).toBe(40001);
    expect((await check("")).errcode).toBe(41001);
  });

  test("a forced refresh ends the old one, 20 times a day and 30 s apart", async () => {
    const { token, post, clock } = await miniProgram();
    const old = await token();
    const forced = await token({ force_refresh: true });
    expect(forced.access_token).not.toBe(old.access_token);
    const path = `/wxa/business/getuserphonenumber?access_token=${old.access_token}`;
    expect((await post(path, { code: "x" })).errcode).toBe(40001);
    expect((await token({ force_refresh: true })).errcode).toBe(45011);
    for (let count = 1; count < 20; count++) {
      clock.advance(30 * SECOND_MS);
      expect((await token({ force_refresh: true })).expires_in).toBe(7200);
    }
    clock.advance(30 * SECOND_MS);
    expect((await token({ force_refresh: true })).errcode).toBe(45009);
    clock.set(new Date("2026-05-02T00:00:00+08:00"));
    expect((await token({ force_refresh: true })).expires_in).toBe(7200);
  });

  test("refuses who is not this mini-program", async () => {
    const { token, sandbox } = await miniProgram();
    expect((await token({ secret: "x" })).errcode).toBe(40125);
    expect((await token({ appid: "x" })).errcode).toBe(40013);
    expect((await token({ grant_type: "x" })).errcode).toBe(40002);
    const response = await sandbox.handle(new Request("https://api.weixin.qq.com/cgi-bin/stable_token"));
    expect(response.status).toBe(404);
  });
});

describe("subscribe messages", () => {
  const data = {
    character_string6: { value: "HSO2026050110000012345678" },
    thing1: { value: "西湖边的房子" },
    amount2: { value: "299.00" },
    time4: { value: "2026-05-01" },
    time5: { value: "2026-05-03" },
  };
  const message = (change: Record<string, unknown> = {}) => ({
    touser: "guest",
    template_id: PAID,
    page: "pages/booking/detail?id=1",
    data,
    ...change,
  });

  test("one grant is one message", async () => {
    const { post, withToken, sandbox } = await miniProgram();
    const path = await withToken("/cgi-bin/message/subscribe/send");
    expect((await post(path, message())).errcode).toBe(43101);
    sandbox.phone.grant("guest", [PAID]);
    sandbox.phone.grant("guest", [PAID], "reject");
    const sent = await post(path, message());
    expect(sent).toMatchObject({ errcode: 0, errmsg: "ok" });
    expect(sandbox.phone.messages("guest")).toEqual([
      {
        msgid: sent.msgid,
        openid: "guest",
        templateId: PAID,
        title: "支付成功通知",
        page: "pages/booking/detail?id=1",
        data: Object.fromEntries(Object.entries(data).map(([key, { value }]) => [key, value])),
        receivedAt: new Date("2026-05-01T10:00:00+08:00"),
      },
    ]);
    expect((await post(path, message())).errcode).toBe(43101);
  });

  test.each([
    ["a missing field", { data: { ...data, thing1: undefined } }, 47003],
    ["an empty field", { data: { ...data, thing1: { value: "" } } }, 47003],
    ["a field too long", { data: { ...data, thing1: { value: "房".repeat(21) } } }, 47003],
    ["a badly written amount", { data: { ...data, amount2: { value: "about 300" } } }, 47003],
    ["an unknown person", { touser: "nobody" }, 40003],
    ["an unknown template", { template_id: "x" }, 40037],
    ["a page with a leading slash", { page: "/pages/x" }, 41030],
    ["another state", { miniprogram_state: "prod" }, 40097],
  ])("%s is refused and uses no grant", async (_, change, errcode) => {
    const { post, withToken, sandbox } = await miniProgram();
    sandbox.phone.grant("guest", [PAID]);
    const path = await withToken("/cgi-bin/message/subscribe/send");
    expect((await post(path, message(change))).errcode).toBe(errcode);
    expect(sandbox.phone.grants("guest")).toEqual({ [PAID]: 1 });
  });

  test("a revoked token is 40001 until a new one is fetched", async () => {
    const { post, withToken, sandbox } = await miniProgram();
    sandbox.phone.grant("guest", [PAID]);
    const path = await withToken("/cgi-bin/message/subscribe/send");
    sandbox.faults.revokeToken();
    expect((await post(path, message())).errcode).toBe(40001);
    expect((await post(await withToken("/cgi-bin/message/subscribe/send"), message())).errcode).toBe(0);
  });

  test("a body that is not JSON is 47001", async () => {
    const { sandbox, withToken } = await miniProgram();
    const url = `https://api.weixin.qq.com${await withToken("/cgi-bin/message/subscribe/send")}`;
    const response = await sandbox.handle(new Request(url, { method: "POST", body: "{" }));
    expect(await response.json()).toMatchObject({ errcode: 47001 });
  });
});

describe("getwxacodeunlimit", () => {
  test("is a PNG of the width that was asked for", async () => {
    const { send, withToken } = await miniProgram();
    const path = await withToken("/wxa/getwxacodeunlimit");
    const response = await send(path, {
      scene: "b=HSO2026050110000012345678",
      page: "pages/index",
      width: 280,
    });
    expect(response.headers.get("content-type")).toBe("image/png");
    const png = Buffer.from(await response.arrayBuffer());
    expect(png.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([280, 280]);
  });

  test.each([
    ["a scene of 33", { scene: "1".repeat(33) }, 40129],
    ["an empty scene", { scene: "" }, 40129],
    ["a scene in Chinese", { scene: "房" }, 40129],
    ["a page with a slash", { scene: "1", page: "/pages/index" }, 41030],
    ["a page with parameters", { scene: "1", page: "pages/index?a=1" }, 41030],
    ["a width of 279", { scene: "1", width: 279 }, 40097],
    ["another version", { scene: "1", env_version: "beta" }, 40097],
  ])("refuses %s as JSON", async (_, body, errcode) => {
    const { send, withToken } = await miniProgram();
    const response = await send(await withToken("/wxa/getwxacodeunlimit"), body);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({ errcode });
  });

  test("knows the published pages, unless check_path is off", async () => {
    const world = await testWorld({ config: { pages: ["pages/index"] } });
    const token = await world.sandbox
      .handle(
        new Request("https://api.weixin.qq.com/cgi-bin/stable_token", {
          method: "POST",
          body: JSON.stringify({
            grant_type: "client_credential",
            appid: world.keys.appid,
            secret: world.keys.secret,
          }),
        }),
      )
      .then((response) => response.json() as Promise<{ access_token: string }>);
    const code = (body: unknown) =>
      world.sandbox.handle(
        new Request(`https://api.weixin.qq.com/wxa/getwxacodeunlimit?access_token=${token.access_token}`, {
          method: "POST",
          body: JSON.stringify(body),
        }),
      );
    const types = [
      await code({ scene: "1", page: "pages/index" }),
      await code({ scene: "1", page: "pages/other" }),
      await code({ scene: "1", page: "pages/other", check_path: false }),
    ].map((response) => response.headers.get("content-type"));
    expect(types).toEqual(["image/png", "application/json", "image/png"]);
  });
});

describe("upload_shipping_info", () => {
  const shipping = (change: Record<string, unknown> = {}) => ({
    order_key: { order_number_type: 1, mchid: "", out_trade_no: "PMT2026050110000012345678" },
    logistics_type: 4,
    delivery_mode: 1,
    shipping_list: [{ item_desc: "西湖边的房子 2晚" }],
    upload_time: "2026-05-01T15:00:00.000+08:00",
    payer: { openid: "guest" },
    ...change,
  });

  test("is taken twice for one payment, by either number", async () => {
    const { post, withToken, sandbox, paidOrder, keys } = await miniProgram();
    const { transactionId, outTradeNo } = await paidOrder();
    const path = await withToken("/wxa/sec/order/upload_shipping_info");
    const byNumber = shipping({
      order_key: { order_number_type: 1, mchid: keys.mchid, out_trade_no: outTradeNo },
    });
    const byTransaction = shipping({ order_key: { order_number_type: 2, transaction_id: transactionId } });
    expect((await post(path, byNumber)).errcode).toBe(0);
    expect((await post(path, byTransaction)).errcode).toBe(0);
    expect((await post(path, byNumber)).errcode).toBe(10060003);
    expect(sandbox.books.payments()[0]?.shipping).toMatchObject({ itemDesc: "西湖边的房子 2晚", uploads: 2 });
  });

  test("refuses what cannot be delivered, with its own code", async () => {
    const { post, withToken, paidOrder, merchant, keys } = await miniProgram();
    const { transactionId } = await paidOrder();
    const path = await withToken("/wxa/sec/order/upload_shipping_info");
    const key = { order_key: { order_number_type: 2, transaction_id: transactionId } };
    const codes = async (change: Record<string, unknown>) =>
      (await post(path, shipping({ ...key, ...change }))).errcode;
    expect(await codes({ shipping_list: [] })).toBe(268485228);
    expect(await codes({ shipping_list: [{ item_desc: "a" }, { item_desc: "b" }] })).toBe(268485228);
    expect(await codes({ upload_time: "2026-05-01 15:00:00" })).toBe(268485216);
    expect(await codes({ payer: { openid: "other" } })).toBe(268485195);
    expect(await codes({ order_key: { order_number_type: 2, transaction_id: "420" } })).toBe(10060001);
    await merchant.call(
      "POST",
      "/v3/pay/transactions/jsapi",
      merchant.prepayBody({ out_trade_no: "PMT-open" }),
    );
    const open = { order_number_type: 1, mchid: keys.mchid, out_trade_no: "PMT-open" };
    expect(await codes({ order_key: open })).toBe(10060004);
  });

  test("is_trade_managed says that it is needed", async () => {
    const { post, withToken, keys } = await miniProgram();
    const path = await withToken("/wxa/sec/order/is_trade_managed");
    expect(await post(path, { appid: keys.appid })).toMatchObject({ errcode: 0, is_trade_managed: true });
    expect((await post(path, { appid: "x" })).errcode).toBe(40013);
  });
});

test("a path that the mini-program API does not have is 404", async () => {
  const { sandbox } = await miniProgram();
  expect((await sandbox.handle(new Request("https://api.weixin.qq.com/wxa/nothing"))).status).toBe(404);
});
