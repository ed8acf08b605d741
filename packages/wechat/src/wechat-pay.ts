import type { Clock, PaymentGateway, Random } from "@looklook/core";

export interface WechatPayConfig {
  appId: string;
  mchId: string;
  /** 32 bytes. */
  apiV3Key: string;
  merchantPrivateKeyPem: string;
  merchantCertificatePem: string;
  /** WeChat Pay's public key; null for a merchant that has platform certificates only. */
  publicKey: { id: string; pem: string } | null;
  /** https, without a query. */
  notifyUrl: string;
  baseUrl: string;
  /** 5000 when absent. */
  timeoutMs?: number;
}

export function createWechatPay(
  _config: WechatPayConfig,
  _deps: { clock: Clock; random: Random; fetch?: (request: Request) => Promise<Response> },
): PaymentGateway {
  throw new Error("not written yet");
}
