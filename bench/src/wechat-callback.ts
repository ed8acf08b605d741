import { createCipheriv, createPrivateKey, type KeyObject, randomBytes, sign } from "node:crypto";
import type { Trade } from "@looklook/core";
import type { SandboxKeys } from "@looklook/wechat-sandbox";
import type { AwaitedPayment } from "./pairs/callbacks";

let signingKey: { pem: string; key: KeyObject } | null = null;

/**
 * A callback for a payment as WeChat sends it, signed now with its public-key pair (WeChat Pay: 支付成功回调通知), and
 * what it says.
 */
export function signedCallback(
  keys: SandboxKeys,
  payment: AwaitedPayment,
): { headers: Record<string, string>; body: string; trade: Trade } {
  const now = new Date(Math.trunc(Date.now() / 1_000) * 1_000);
  const at = `${new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
  const resource = {
    mchid: keys.mchid,
    appid: keys.appid,
    out_trade_no: payment.paymentNo,
    transaction_id: payment.transactionId,
    trade_type: "JSAPI",
    trade_state: "SUCCESS",
    trade_state_desc: "支付成功",
    bank_type: "OTHERS",
    attach: payment.bookingNo,
    success_time: at,
    payer: { openid: payment.openid },
    amount: {
      total: payment.amountFen,
      payer_total: payment.amountFen,
      currency: "CNY",
      payer_currency: "CNY",
    },
  };
  const body = JSON.stringify({
    id: payment.notificationId,
    create_time: at,
    resource_type: "encrypt-resource",
    event_type: "TRANSACTION.SUCCESS",
    summary: "支付成功",
    resource: { original_type: "transaction", ...seal(JSON.stringify(resource), keys.apiV3Key) },
  });
  const timestamp = String(now.getTime() / 1_000);
  const nonce = randomBytes(16).toString("hex");
  const text = Buffer.from(`${timestamp}\n${nonce}\n${body}\n`);
  return {
    body,
    headers: {
      "content-type": "application/json",
      "wechatpay-serial": keys.wechatPayPublicKey.id,
      "wechatpay-timestamp": timestamp,
      "wechatpay-nonce": nonce,
      "wechatpay-signature": sign("RSA-SHA256", text, keyOf(keys)).toString("base64"),
      "wechatpay-signature-type": "WECHATPAY2-SHA256-RSA2048",
    },
    trade: {
      appId: keys.appid,
      mchId: keys.mchid,
      paymentNo: payment.paymentNo,
      attach: payment.bookingNo,
      transactionId: payment.transactionId,
      tradeType: "JSAPI",
      tradeState: "SUCCESS",
      currency: "CNY",
      totalFen: payment.amountFen,
      payerTotalFen: payment.amountFen,
      payerOpenid: payment.openid,
      paidAt: now,
    },
  };
}

function seal(plain: string, key: string) {
  const nonce = randomBytes(6).toString("hex");
  const associatedData = "transaction";
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(associatedData));
  const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: "AEAD_AES_256_GCM",
    ciphertext: sealed.toString("base64"),
    associated_data: associatedData,
    nonce,
  };
}

/** Reading a key from its text costs as much as signing with it. */
function keyOf({ wechatPayPublicKey: { privateKeyPem } }: SandboxKeys): KeyObject {
  if (signingKey?.pem !== privateKeyPem)
    signingKey = { pem: privateKeyPem, key: createPrivateKey(privateKeyPem) };
  return signingKey.key;
}
