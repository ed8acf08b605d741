import { createDecipheriv, randomBytes } from "node:crypto";
import { generateKeys, type SandboxKeys } from "./keys";
import { seededRandom } from "./random";
import { createSandbox } from "./sandbox";
import type { Deliver, PaymentRequest, Sandbox, SandboxConfig } from "./sandbox-types";
import { answerText, paySignText, requestText, rsaSign, rsaVerify } from "./signatures";
import { type VirtualClock, virtualClock } from "./virtual-clock";

let sharedKeys: Promise<SandboxKeys> | null = null;
/** One set of keys for a test file: they take half a second. */
export function testKeys(): Promise<SandboxKeys> {
  sharedKeys ??= generateKeys({ now: new Date("2026-05-01T00:00:00Z") });
  return sharedKeys;
}

export interface Received {
  at: Date;
  headers: Headers;
  body: string;
  url: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read WeChat's JSON as it comes
  json: any;
}

/** A merchant as the documents describe one, written apart from the sandbox's own checks. */
export function createMerchant(keys: SandboxKeys, clock: { now(): Date }, handle: Sandbox["handle"]) {
  const publicKeys = new Map([[keys.wechatPayPublicKey.id, keys.wechatPayPublicKey.publicKeyPem]]);
  for (const { serial, publicKeyPem } of keys.platformCertificates) publicKeys.set(serial, publicKeyPem);

  async function call(
    method: string,
    path: string,
    body?: unknown,
    change: {
      headers?: Record<string, string>;
      timestamp?: string;
      serial?: string;
      mchid?: string;
      signedBody?: string;
    } = {},
  ): Promise<Answer> {
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    const timestamp = change.timestamp ?? String(Math.floor(clock.now().getTime() / 1000));
    const nonce = randomBytes(16).toString("hex");
    const signature = rsaSign(
      requestText(method, path, timestamp, nonce, change.signedBody ?? text),
      keys.merchant.privateKeyPem,
    );
    const response = await handle(
      new Request(`https://api.mch.weixin.qq.com${path}`, {
        method,
        headers: {
          Accept: "application/json",
          "User-Agent": "test",
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          Authorization: `WECHATPAY2-SHA256-RSA2048 mchid="${change.mchid ?? keys.mchid}",nonce_str="${nonce}",signature="${signature}",timestamp="${timestamp}",serial_no="${change.serial ?? keys.merchant.serial}"`,
          ...change.headers,
        },
        body: body === undefined ? null : text,
      }),
    );
    const answer = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text: answer,
      json: answer.startsWith("{") ? JSON.parse(answer) : null,
    };
  }

  return {
    call,
    /** Whether an answer or a callback is truly signed by WeChat, now. */
    isGenuine(headers: Headers, body: string): boolean {
      const timestamp = headers.get("wechatpay-timestamp") ?? "";
      const publicKeyPem = publicKeys.get(headers.get("wechatpay-serial") ?? "");
      if (!publicKeyPem || Math.abs(clock.now().getTime() / 1000 - Number(timestamp)) >= 300) return false;
      const text = answerText(timestamp, headers.get("wechatpay-nonce") ?? "", body);
      return rsaVerify(text, headers.get("wechatpay-signature") ?? "", publicKeyPem);
    },
    /** @throws Error when the tag does not fit */
    decrypt(resource: { ciphertext: string; nonce: string; associated_data: string }): string {
      const bytes = Buffer.from(resource.ciphertext, "base64");
      const decipher = createDecipheriv("aes-256-gcm", keys.apiV3Key, resource.nonce);
      decipher.setAuthTag(bytes.subarray(-16));
      decipher.setAAD(Buffer.from(resource.associated_data));
      return decipher.update(bytes.subarray(0, -16), undefined, "utf8") + decipher.final("utf8");
    },
    prepayBody(change: Record<string, unknown> = {}) {
      return {
        appid: keys.appid,
        mchid: keys.mchid,
        description: "西湖边的房子",
        out_trade_no: "PMT2026050110000012345678",
        notify_url: "https://api.looklook.example/payment/v1/callback",
        amount: { total: 29900, currency: "CNY" },
        payer: { openid: "guest" },
        ...change,
      };
    },
    requestPayment(prepayId: string): PaymentRequest {
      const timeStamp = String(Math.floor(clock.now().getTime() / 1000));
      const nonceStr = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";
      const text = paySignText(keys.appid, timeStamp, nonceStr, `prepay_id=${prepayId}`);
      return {
        timeStamp,
        nonceStr,
        package: `prepay_id=${prepayId}`,
        signType: "RSA",
        paySign: rsaSign(text, keys.merchant.privateKeyPem),
      };
    },
  };
}

/** A sandbox with one guest, a merchant, and a receiver that takes every callback unless told otherwise. */
export async function testWorld(
  options: {
    config?: SandboxConfig;
    seed?: string;
    state?: string;
    clock?: VirtualClock;
    deliver?: Deliver;
  } = {},
) {
  const keys = await testKeys();
  const clock = options.clock ?? virtualClock("2026-05-01T10:00:00+08:00");
  const received: Received[] = [];
  const receiver = { answer: async (_: Received) => ({ status: 200, body: "" }) };
  const sandbox = createSandbox({
    clock,
    random: seededRandom(options.seed ?? "test"),
    keys,
    config: options.config,
    state: options.state,
    deliver:
      options.deliver ??
      (async (request) => {
        const callback = {
          at: clock.now(),
          headers: request.headers,
          body: await request.text(),
          url: request.url,
        };
        received.push(callback);
        return receiver.answer(callback);
      }),
  });
  sandbox.phone.user({ openid: "guest", phoneNumber: "13800001111" });
  const merchant = createMerchant(keys, clock, sandbox.handle);

  /** Prepays and pays; moves no time. */
  async function paidOrder(change: Record<string, unknown> = {}, pay: { couponFen?: number } = {}) {
    const body = merchant.prepayBody(change);
    const answer = await merchant.call("POST", "/v3/pay/transactions/jsapi", body);
    const result = sandbox.phone.pay("guest", merchant.requestPayment(answer.json.prepay_id), pay);
    if (!result.ok) throw new Error(result.errMsg);
    return { outTradeNo: String(body.out_trade_no), transactionId: result.transactionId };
  }
  return { keys, clock, sandbox, merchant, received, receiver, paidOrder };
}
