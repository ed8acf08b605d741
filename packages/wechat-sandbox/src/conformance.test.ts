import { createPrivateKey, createPublicKey } from "node:crypto";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { describe, expect, test } from "vitest";
import WxPay from "wechatpay-node-v3";
import { aeadEncrypt, answerText, paySignText, requestText, rsaSign, rsaVerify } from "./signatures";
import { testKeys, testWorld } from "./test-merchant";

describe("the worked examples of WeChat's documents", () => {
  // "如何计算签名": the pair of keys that the page publishes for trying it out, here its public half.
  const EXAMPLE_PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAptpm+qvIDCh/9wjU26SQ
CK26ogYkBhDrYxnAaw2JbbBsp1oDbHKk+1r381NeBUG2HEFAuU+Fr72u5ot3yKdz
oF/FajAzQNKnm569/D3upKoi8mYBaST15Uig8j8qoUW1U217LL0jEHlSnHV3lcaD
TXqDpTRR4Bfz9IqOgJgFZ8/oTfEomSrjrLYef81Eyxr7ZIMQXEKKEK7V4UXKS0+/
fDsiG/cXidhzt8UbTL9vqXqxM2+IDImyO+FAc/tkBG55LmzxPto1Nq0WbnZzRM/w
Tzrd0I/8NlevxtFbphg4evlHjFNI7+GrqR87ViEwuAJJ9Je5QQjct5YJfFRWiZ5C
MQIDAQAB
-----END PUBLIC KEY-----
`;
  const EXAMPLE_BODY =
    '{"appid":"wxd678efh567hg6787","mchid":"1230000109","description":"Image形象店-深圳腾大-QQ公仔","out_trade_no":"1217752501201407033233368018","notify_url":"https://www.weixin.qq.com/wxpay/pay.php","amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}';
  const EXAMPLE_SIGNATURE =
    "gEuexJ547PHFV77TQ6eiE4tphVYfWfUe1Wc2dBmVnoMYU2rl/M4zhw+b3vBhuMw6AC7pteNkryLA7UWU2h+umo0OdSuuLm1++O3NckQPCSfm6dypsjn4GYm84KMqXWFrhFmyxEwIdEJDr3w1UYfxOcu55OQupfLkrt/ZzuOspnliJFrPzGQFUk7lGqMMtpz3EfbDUNxnVsHblORg3hVmuYNmbGWnS2ovU30Y2Q+iKFDxzkaXBk8LTy6HzvxizRo6Q+J4SVM7O0hKXfgo1QdI68kpzNULb3EVBXlhTyPUzhkHzzLxECL1qHl3HH2hEv8++C+4wBlsagF3j/O6PABojA==";
  const requestOf = (body: string) =>
    requestText("POST", "/v3/pay/transactions/jsapi", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", body);

  test("the published prepay request verifies with the published key, and not with one character changed", () => {
    expect(rsaVerify(requestOf(EXAMPLE_BODY), EXAMPLE_SIGNATURE, EXAMPLE_PUBLIC_KEY)).toBe(true);
    const dearer = EXAMPLE_BODY.replace('"total":100', '"total":101');
    expect(rsaVerify(requestOf(dearer), EXAMPLE_SIGNATURE, EXAMPLE_PUBLIC_KEY)).toBe(false);
  });

  test("the published texts to sign are built as the pages show them", () => {
    // "签名生成", the certificate download: an empty body leaves an empty last line.
    expect(requestText("GET", "/v3/certificates", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", "")).toBe(
      "GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n",
    );
    // "小程序调起支付".
    expect(
      paySignText(
        "wx8888888888888888",
        "1414561699",
        "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
        "prepay_id=wx201410272009395522657a690389285100",
      ),
    ).toBe(
      "wx8888888888888888\n1414561699\n5K8264ILTKCH16CQ2502SI8ZNMTM67VS\nprepay_id=wx201410272009395522657a690389285100\n",
    );
    // "如何验证签名", and its rule for 204.
    expect(
      answerText(
        "1722850421",
        "d824f2e086d3c1df967785d13fcd22ef",
        '{"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"}',
      ),
    ).toBe(
      '1722850421\nd824f2e086d3c1df967785d13fcd22ef\n{"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"}\n',
    );
    expect(answerText("1722850421", "n", "")).toBe("1722850421\nn\n\n");
  });

  test("AEAD_AES_256_GCM gives the ciphertext and tag of NIST's test case 16, to which the page refers", () => {
    const hex = (text: string) => Buffer.from(text, "hex");
    const sealed = aeadEncrypt(
      hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
      ),
      hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
      hex("cafebabefacedbaddecaf888"),
      hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    );
    expect(Buffer.from(sealed, "base64").toString("hex")).toBe(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
        "76fc6ece0f4e1768cddf8853bb2d551b",
    );
  });
});

/** The merchant's SDK, its HTTP pointed at `origin`. */
async function sdkAt(origin: string) {
  const keys = await testKeys();
  const pay = new WxPay({
    appid: keys.appid,
    mchid: keys.mchid,
    publicKey: Buffer.from(keys.merchant.certificatePem),
    privateKey: Buffer.from(keys.merchant.privateKeyPem),
    key: keys.apiV3Key,
  });
  const call = async (method: string, url: string, headers: Record<string, string>, params?: unknown) => {
    const response = await fetch(url.replace("https://api.mch.weixin.qq.com", origin), {
      method,
      headers: { ...headers, ...(params === undefined ? {} : { "Content-Type": "application/json" }) },
      body: params === undefined ? undefined : JSON.stringify(params),
    });
    const text = await response.text();
    const data = text === "" ? {} : JSON.parse(text);
    return response.ok
      ? { status: response.status, data, headers: response.headers, text }
      : { status: response.status, error: data, headers: response.headers, text };
  };
  pay.createHttp({
    get: (url, headers) => call("GET", url, headers),
    post: (url, params, headers) => call("POST", url, headers, params),
    upload: async () => {
      throw new Error("nothing is uploaded here");
    },
  });
  return { pay, keys };
}

describe("wechatpay-node-v3, an implementation that is not ours", () => {
  test("agrees on every text and signature", async () => {
    const { pay, keys } = await sdkAt("http://127.0.0.1:1");
    const body = { total: 1, name: "房" };
    expect(pay.getSN().toUpperCase(), "it reads our certificate").toBe(keys.merchant.serial);
    expect(pay.getSignature("POST", "nonce", "1554208460", "/v3/x?y=1", body)).toBe(
      rsaSign(
        requestText("POST", "/v3/x?y=1", "1554208460", "nonce", JSON.stringify(body)),
        keys.merchant.privateKeyPem,
      ),
    );
    const paySign = pay.sha256WithRsa(paySignText(keys.appid, "1554208460", "nonce", "prepay_id=1"));
    const merchantKey = createPublicKey(createPrivateKey(keys.merchant.privateKeyPem));
    const pem = merchantKey.export({ type: "spki", format: "pem" }).toString();
    expect(rsaVerify(paySignText(keys.appid, "1554208460", "nonce", "prepay_id=1"), paySign, pem)).toBe(true);
    const sealed = aeadEncrypt('{"a":1}', keys.apiV3Key, "123456789012", "transaction");
    expect(pay.decipher_gcm(sealed, "transaction", "123456789012", keys.apiV3Key)).toEqual({ a: 1 });
  });

  test("prepays, queries, closes, refunds, and verifies answers and callbacks over HTTP", async () => {
    const clock = { now: () => new Date() };
    const world = await testWorld({ clock: { ...clock, set: () => undefined, advance: () => undefined } });
    const { sandbox } = world;
    const server = serve({
      fetch: (request: Request) => sandbox.handle(request),
      port: 0,
      hostname: "127.0.0.1",
    });
    await new Promise((resolve) => server.once("listening", resolve));
    try {
      const { pay, keys } = await sdkAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      // The SDK knows certificates only; it downloads and decrypts them by itself.
      sandbox.signing({ answers: "certificate", callbacks: "certificate" });
      const [certificate] = await pay.get_certificates(keys.apiV3Key);
      expect(certificate?.serial_no).toBe(keys.platformCertificates[0]?.serial);

      const params = {
        description: "西湖边的房子",
        out_trade_no: "PMT2026050110000012345678",
        notify_url: "https://api.looklook.example/payment/v1/callback",
        amount: { total: 29900, currency: "CNY" },
        payer: { openid: "guest" },
      };
      const prepaid = await pay.transactions_jsapi(params);
      expect(prepaid.status).toBe(200);
      // The SDK has made wx.requestPayment's parameters; appId is not one of the phone's.
      const { appId, ...request } = prepaid.data;
      expect(appId).toBe(keys.appid);
      expect(sandbox.phone.pay("guest", request)).toMatchObject({ ok: true });

      const query = await pay.query({ out_trade_no: params.out_trade_no });
      expect(query.data).toMatchObject({ trade_state: "SUCCESS", amount: { total: 29900 } });
      const { headers, text } = query as unknown as { headers: Headers; text: string };
      const verify = (from: Headers, body: string) =>
        pay.verifySign({
          timestamp: from.get("wechatpay-timestamp") ?? "",
          nonce: from.get("wechatpay-nonce") ?? "",
          serial: from.get("wechatpay-serial") ?? "",
          signature: from.get("wechatpay-signature") ?? "",
          body,
        });
      expect(await verify(headers, text)).toBe(true);
      expect(await verify(headers, text.replace("29900", "29901"))).toBe(false);

      expect(await pay.close(params.out_trade_no)).toMatchObject({
        status: 400,
        error: { code: "ORDERPAID" },
      });
      const refunded = await pay.refunds({
        out_trade_no: params.out_trade_no,
        out_refund_no: "R1",
        amount: { refund: 100, total: 29900, currency: "CNY" },
      });
      expect(refunded.data).toMatchObject({ status: "PROCESSING", out_refund_no: "R1" });
      expect((await pay.find_refunds("R1")).data).toMatchObject({ status: "PROCESSING" });

      await sandbox.tick();
      const callback = world.received[0];
      expect(await verify(callback?.headers ?? new Headers(), callback?.body ?? "")).toBe(true);
      const { resource } = JSON.parse(callback?.body ?? "{}");
      expect(
        pay.decipher_gcm(resource.ciphertext, resource.associated_data, resource.nonce, keys.apiV3Key),
      ).toMatchObject({ out_trade_no: params.out_trade_no, trade_state: "SUCCESS" });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
