import { createVerify, type KeyObject } from "node:crypto";
import { limits } from "@looklook/contracts";
import type { Clock, NotificationRefused } from "@looklook/core/gateway";

type ReadHeader = (name: string) => string | undefined;

export type Refusal = NotificationRefused["reason"];

/** What WeChat says about who signed a body. */
interface SignatureHeaders {
  timestamp: string;
  nonce: string;
  serial: string;
  signature: string;
}

/**
 * Reads the four headers of a signed body and refuses what needs no key to refuse. WeChat sends deliberately bad
 * signatures, marked `WECHATPAY/SIGNTEST/`, to see that we check at all; and a body that is five minutes old is a
 * captured one, since whatever WeChat sends again it signs afresh (WeChat Pay: 签名验证, 应对签名探测流量).
 */
function signatureHeaders(header: ReadHeader, clock: Clock): SignatureHeaders | Refusal {
  const timestamp = header("wechatpay-timestamp");
  const nonce = header("wechatpay-nonce");
  const serial = header("wechatpay-serial");
  const signature = header("wechatpay-signature");
  if (!timestamp || !nonce || !serial || !signature || !/^\d{1,12}$/.test(timestamp)) return "malformed";
  if (signature.startsWith("WECHATPAY/SIGNTEST/")) return "probe";
  const skewMs = Math.abs(clock.now().getTime() - Number(timestamp) * 1000);
  if (skewMs >= limits.wechatTimestampSkewMs) return "stale";
  return { timestamp, nonce, serial, signature };
}

/** Whether WeChat's key made this signature over exactly these bytes. */
function isSigned({ timestamp, nonce, signature }: SignatureHeaders, body: Buffer, key: KeyObject): boolean {
  return createVerify("RSA-SHA256")
    .update(`${timestamp}\n${nonce}\n`)
    .update(body)
    .update("\n")
    .verify(key, signature, "base64");
}

/** Why a body with these headers may not be believed, or null when it may. */
export async function signatureRefusal(
  header: ReadHeader,
  body: Buffer,
  { clock, keyOf }: { clock: Clock; keyOf(serial: string): Promise<KeyObject | null> | KeyObject | null },
): Promise<Refusal | null> {
  const headers = signatureHeaders(header, clock);
  if (typeof headers === "string") return headers;
  const key = await keyOf(headers.serial);
  if (!key) return "unknown_serial";
  return isSigned(headers, body, key) ? null : "bad_signature";
}
