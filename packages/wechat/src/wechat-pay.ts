import { X509Certificate } from "node:crypto";
import {
  type Clock,
  GatewayError,
  NotificationRefused,
  type PaymentGateway,
  type Random,
} from "@looklook/core/gateway";
import type { z } from "zod";
import { aeadOpen } from "./aead";
import { type BreakerConfig, createOutagePolicy } from "./outages";
import { createPlatformKeys } from "./platform-keys";
import { libraryHost, SigningClient } from "./signing-client";
import { createTransport, type Fetch, type WireAnswer } from "./transport";
import { signatureRefusal } from "./verify";
import { beijingTime, NotificationBody, notificationOf, RefundAnswer, TradeResource } from "./wire-formats";

export interface WechatPayConfig {
  appId: string;
  mchId: string;
  /** 32 characters. */
  apiV3Key: string;
  merchantPrivateKeyPem: string;
  merchantCertificatePem: string;
  /** WeChat Pay's public key; null for a merchant that has platform certificates only. */
  publicKey: { id: string; pem: string } | null;
  /** https, without a query. Payments and refunds are told to the same address. */
  notifyUrl: string;
  baseUrl: string;
  /** For one exchange; 5000 when absent. */
  timeoutMs?: number;
  /** When to give WeChat up for a while; 20 outages in a row and 5 s when absent, null for never. */
  breaker?: BreakerConfig | null;
}

/** An answer that is WeChat's beyond doubt. */
interface Answer {
  status: number;
  data: unknown;
  /** WeChat's error code, `HTTP_<status>` when it named none. */
  code: string;
}

/**
 * WeChat Pay v3 for one merchant: JSAPI payments and domestic refunds. wechatpay-node-v3 builds and signs; whatever
 * comes back, answers and notifications alike, is believed only with WeChat's signature over its raw bytes.
 * Errors and their messages carry numbers and codes of WeChat's, no key, no openid.
 */
export function createWechatPay(
  config: WechatPayConfig,
  deps: { clock: Clock; random: Random; fetch?: Fetch },
): PaymentGateway {
  const { clock, random } = deps;
  const transport = createTransport({ timeoutMs: config.timeoutMs, fetch: deps.fetch });
  const policy = createOutagePolicy(config.breaker);
  const apiV3Key = Buffer.from(config.apiV3Key);
  if (apiV3Key.length !== 32) throw new Error("the APIv3 key has 32 characters");

  const client = new SigningClient(
    {
      appid: config.appId,
      mchid: config.mchId,
      serial_no: new X509Certificate(config.merchantCertificatePem).serialNumber,
      publicKey: Buffer.from(config.merchantCertificatePem),
      privateKey: Buffer.from(config.merchantPrivateKeyPem),
      userAgent: "looklook",
    },
    { clock, random },
  );

  function send(method: "GET" | "POST", url: string, headers: Record<string, string>, body: string | null) {
    return transport({
      method,
      url: config.baseUrl.replace(/\/$/, "") + url.slice(libraryHost.length),
      // Names the key that WeChat shall answer with (微信支付公钥: 切换).
      headers: { ...headers, ...(config.publicKey ? { "Wechatpay-Serial": config.publicKey.id } : {}) },
      body,
    });
  }

  const keys = createPlatformKeys({
    clock,
    apiV3Key,
    publicKey: config.publicKey,
    download() {
      const url = `${libraryHost}/v3/certificates`;
      return send("GET", url, client.signedHeaders(url), null);
    },
  });

  async function exchange(
    method: "GET" | "POST",
    url: string,
    headers: Record<string, string>,
    body: string | null,
  ): Promise<Answer> {
    const answer = await send(method, url, headers, body);
    const { pathname } = new URL(url);
    const refusal = await signatureRefusal(answer.header, answer.body, { clock, keyOf: keys.of });
    const { data, code } = parse(answer);
    // A gateway in front of WeChat answers unsigned when it is broken; that says nothing, like every 5xx.
    if (answer.status >= 500 || answer.status === 429) throw refused(method, pathname, answer.status, code);
    if (refusal)
      throw new GatewayError(
        "BAD_SIGNATURE",
        `${method} ${pathname}: ${answer.status} ${refusal}`,
        answer.status,
      );
    return { status: answer.status, data, code };
  }

  client.createHttp({
    get: (url, headers) => exchange("GET", url, headers, null),
    // Exactly the text that the library has signed.
    post: (url, params, headers) => exchange("POST", url, headers, JSON.stringify(params)),
    upload: () => Promise.reject(new Error("nothing is uploaded to WeChat Pay")),
  });

  return {
    appId: config.appId,
    mchId: config.mchId,

    async prepay(order) {
      const params = {
        description: order.description.slice(0, 127),
        out_trade_no: order.paymentNo,
        time_expire: beijingTime(order.timeExpireAt),
        attach: order.attach,
        notify_url: config.notifyUrl,
        amount: { total: order.amountFen, currency: "CNY" },
        payer: { openid: order.openid },
        settle_info: { profit_sharing: order.profitSharing },
      };
      const answer = (await policy.repeatable(() => client.transactions_jsapi(params))) as Answer;
      if (answer.status !== 200)
        throw refused("POST", "/v3/pay/transactions/jsapi", answer.status, answer.code);
      // The library has turned the answer into parameters for the phone; ours are signed later, on our own clock.
      const { package: packageText } = answer.data as { package?: unknown };
      if (typeof packageText !== "string" || !packageText.startsWith("prepay_id="))
        throw malformed("POST", "/v3/pay/transactions/jsapi");
      return { prepayId: packageText.slice("prepay_id=".length) };
    },

    payParams(prepayId) {
      const [timeStamp, nonceStr, packageText] = [
        client.timestamp(),
        client.nonce(),
        `prepay_id=${prepayId}`,
      ];
      return {
        appId: config.appId,
        timeStamp,
        nonceStr,
        package: packageText,
        signType: "RSA",
        paySign: client.paySign(config.appId, timeStamp, nonceStr, packageText),
      };
    },

    async query(paymentNo) {
      const answer = (await policy.repeatable(() => client.query({ out_trade_no: paymentNo }))) as Answer;
      if (answer.status === 404) return null;
      const trade = read(TradeResource, answer, "GET", "/v3/pay/transactions/out-trade-no");
      if (trade.paymentNo !== paymentNo) throw malformed("GET", "/v3/pay/transactions/out-trade-no");
      return trade;
    },

    async close(paymentNo) {
      const { status, code } = (await policy.repeatable(() => client.close(paymentNo))) as Answer;
      if (status === 204 || code === "ORDER_CLOSED") return "closed";
      if (code === "ORDERPAID" || code === "ORDER_PAID") return "paid";
      if (status === 202 || code === "USERPAYING" || code === "USER_PAYING" || code === "RULE_LIMIT")
        return "busy";
      if (status === 404) return "unknown";
      throw refused("POST", "/v3/pay/transactions/out-trade-no/close", status, code);
    },

    async refund(request) {
      const params = {
        out_trade_no: request.paymentNo,
        out_refund_no: request.refundNo,
        reason: request.reason.slice(0, 80),
        notify_url: config.notifyUrl,
        amount: { refund: request.amountFen, total: request.totalFen, currency: "CNY" },
      };
      // Not repeated here: refused refunds are counted by the second, and the caller has a back-off of its own.
      const answer = (await policy.once(() => client.refunds(params))) as unknown as Answer;
      return read(RefundAnswer, answer, "POST", "/v3/refund/domestic/refunds");
    },

    async queryRefund(refundNo) {
      const answer = (await policy.repeatable(() => client.find_refunds(refundNo))) as unknown as Answer;
      if (answer.status === 404) return null;
      return read(RefundAnswer, answer, "GET", "/v3/refund/domestic/refunds");
    },

    async readNotification(headers, rawBody) {
      const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const refusal = await signatureRefusal((name) => byName.get(name), rawBody, { clock, keyOf: keys.of });
      if (refusal) throw new NotificationRefused(refusal);
      const body = NotificationBody.safeParse(jsonOf(rawBody.toString("utf8")));
      if (!body.success) throw new NotificationRefused("malformed");
      let plain: string;
      try {
        plain = aeadOpen(body.data.resource, apiV3Key);
      } catch {
        throw new NotificationRefused("undecipherable");
      }
      const told = readResource(body.data, jsonOf(plain));
      // A refund carries no appid; another merchant's is not for us.
      if (!told || (told.mchId !== null && told.mchId !== config.mchId))
        throw new NotificationRefused("malformed");
      return told.notification;
    },
  };
}

function readResource(body: z.infer<typeof NotificationBody>, resource: unknown) {
  try {
    return notificationOf(body, resource);
  } catch {
    return null;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse({ status, body }: WireAnswer): { data: unknown; code: string } {
  const data = jsonOf(body.toString("utf8"));
  const named = typeof data === "object" && data !== null && "code" in data ? data.code : null;
  return { data, code: typeof named === "string" && /^\w{1,64}$/.test(named) ? named : `HTTP_${status}` };
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  answer: Answer,
  method: string,
  path: string,
): z.infer<Schema> {
  if (answer.status !== 200) throw refused(method, path, answer.status, answer.code);
  const parsed = schema.safeParse(answer.data);
  if (!parsed.success) throw malformed(method, path);
  return parsed.data;
}

function refused(method: string, path: string, status: number, code: string): GatewayError {
  return new GatewayError(code, `${method} ${path}: ${status} ${code}`, status);
}

function malformed(method: string, path: string): GatewayError {
  return new GatewayError("MALFORMED", `${method} ${path}: the answer is not what WeChat documents`);
}
