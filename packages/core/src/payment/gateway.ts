// All that `packages/wechat` may know of core: it is reached as `@looklook/core/gateway`.
export type { Clock, Random } from "../shared/deps";

/**
 * WeChat as `core` sees it; `packages/wechat` implements it. Every call may throw `GatewayError` when WeChat could
 * not be asked or could not say: nothing is known then, and the caller asks again later.
 */
export class GatewayError extends Error {
  constructor(
    /** WeChat's own error code, or `TIMEOUT`, `NETWORK`, `BAD_SIGNATURE`. */
    readonly code: string,
    message: string,
    readonly status: number | null = null,
  ) {
    super(message);
    this.name = "GatewayError";
  }
}

export type TradeState = "SUCCESS" | "REFUND" | "NOTPAY" | "CLOSED" | "REVOKED" | "USERPAYING" | "PAYERROR";

/** What WeChat says of one payment. Amounts in fen. */
export interface Trade {
  appId: string;
  mchId: string;
  paymentNo: string;
  /** What the pre-pay gave WeChat to keep: the booking's number. null in orders that were made without. */
  attach: string | null;
  transactionId: string | null;
  tradeType: string;
  tradeState: TradeState;
  currency: string | null;
  /** `amount.total`: what the order asked for. */
  totalFen: number | null;
  /** `amount.payer_total`: less than total when a WeChat coupon paid part. */
  payerTotalFen: number | null;
  payerOpenid: string | null;
  paidAt: Date | null;
}

export interface RefundResult {
  refundNo: string;
  wechatRefundId: string;
  status: "PROCESSING" | "SUCCESS" | "ABNORMAL" | "CLOSED";
  finishedAt: Date | null;
}

/** A verified and decrypted notification. */
export type Notification =
  | { id: string; eventType: string; kind: "payment"; trade: Trade }
  | {
      id: string;
      eventType: string;
      kind: "refund";
      refund: RefundResult & { paymentNo: string; amountFen: number };
    }
  | { id: string; eventType: string; kind: "other" };

/** The parameters of `wx.requestPayment`; `timeStamp` is unix seconds as text. */
export interface PayParams {
  appId: string;
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: "RSA";
  paySign: string;
}

export interface PaymentGateway {
  appId: string;
  mchId: string;
  /** WeChat's JSAPI order; the same parameters again give the latest prepay id. */
  prepay(order: {
    paymentNo: string;
    description: string;
    /** Comes back with every trade; at most 128 characters. */
    attach: string;
    amountFen: number;
    openid: string;
    timeExpireAt: Date;
    profitSharing: boolean;
  }): Promise<{ prepayId: string }>;
  /** Signs what the phone hands to `wx.requestPayment`. No network. */
  payParams(prepayId: string): PayParams;
  /** null when WeChat does not know the number. */
  query(paymentNo: string): Promise<Trade | null>;
  /** `paid`: ORDERPAID, ask again by query. `busy`: USER_PAYING or too young, keep the nights and try later. */
  close(paymentNo: string): Promise<"closed" | "paid" | "busy" | "unknown">;
  refund(request: {
    paymentNo: string;
    refundNo: string;
    amountFen: number;
    totalFen: number;
    reason: string;
  }): Promise<RefundResult>;
  /** null when WeChat does not know the number. */
  queryRefund(refundNo: string): Promise<RefundResult | null>;
  /**
   * Verifies the signature over the raw bytes, its age and its serial, then decrypts.
   * @throws NotificationRefused with why, for the log; the answer to WeChat says nothing more than FAIL
   */
  readNotification(headers: Record<string, string | undefined>, rawBody: Buffer): Promise<Notification>;
}

export class NotificationRefused extends Error {
  constructor(
    readonly reason: "probe" | "stale" | "unknown_serial" | "bad_signature" | "undecipherable" | "malformed",
  ) {
    super(reason);
    this.name = "NotificationRefused";
  }
}

/** Fields of a subscribe message, by WeChat's field names (`thing1`, `amount2` …). */
export type MessageFields = Record<string, string>;

export interface MiniProgram {
  /** `wx.login` code → openid; single use. @throws GatewayError with WeChat's errcode as text (40029, 40163, 45011, 40226) */
  openidOf(code: string): Promise<{ openid: string; sessionKey: string }>;
  /** The phone button's newer code → number. @throws GatewayError */
  phoneNumberOf(phoneCode: string): Promise<{ mobile: string; appId: string; at: Date }>;
  /** The older encryptedData and iv under the session key. @throws GatewayError when they do not decrypt */
  decryptPhoneNumber(
    sessionKey: string,
    encryptedData: string,
    iv: string,
  ): { mobile: string; appId: string; at: Date };
  /** 0 delivered; otherwise WeChat's errcode (43101 refused or no grant left, 47003 bad field). @throws GatewayError when unknown */
  sendSubscribeMessage(message: {
    openid: string;
    template: "paid" | "stay_info";
    fields: MessageFields;
  }): Promise<number>;
  /** 0 taken; otherwise WeChat's errcode. */
  uploadShipping(upload: {
    transactionId: string;
    openid: string;
    itemDescription: string;
    at: Date;
  }): Promise<number>;
}
