import type { Clock, Random } from "@looklook/core/gateway";
import WxPay from "wechatpay-node-v3";

/** The host that wechatpay-node-v3 has in its source. */
export const libraryHost = "https://api.mch.weixin.qq.com";

/**
 * wechatpay-node-v3 building and signing our requests, on our clock and our randomness: by itself it takes the
 * system's time and `Math.random()`.
 */
export class SigningClient extends WxPay {
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(
    account: ConstructorParameters<typeof WxPay>[0] & object,
    deps: { clock: Clock; random: Random },
  ) {
    super(account);
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  /** Unix seconds as text. */
  timestamp(): string {
    return String(Math.trunc(this.#clock.now().getTime() / 1000));
  }

  /** 32 characters, the most that WeChat takes. */
  nonce(): string {
    return this.#random.bytes(16).toString("hex");
  }

  override buildAuthorization(method: string, url: string, params?: Record<string, unknown>): string {
    const [nonce, timestamp] = [this.nonce(), this.timestamp()];
    const signature = this.getSignature(method, nonce, timestamp, url.replace(libraryHost, ""), params);
    return this.getAuthorization(nonce, timestamp, signature);
  }

  /** The headers of a signed GET that the library has no method for. */
  signedHeaders(url: string): Record<string, string> {
    return this.getHeaders(this.buildAuthorization("GET", url));
  }

  /** What the phone shows WeChat with a prepay_id (小程序调起支付签名). */
  paySign(appId: string, timeStamp: string, nonceStr: string, packageText: string): string {
    return this.sha256WithRsa(`${appId}\n${timeStamp}\n${nonceStr}\n${packageText}\n`);
  }
}
