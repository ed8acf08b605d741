import type { SandboxKeys } from "./keys";
import type { SandboxRandom } from "./random";

/** Where the sandbox reads the time. With `set` it can also be moved, see {@link Sandbox.advance}. */
export interface SandboxClock {
  now(): Date;
  set?(at: Date): void;
}

/** Posts one callback; resolves with what the receiver said, rejects when there was no answer. */
export type Deliver = (request: Request) => Promise<{ status: number; body: string }>;

/** A message template as the mini-program's owner picked it: `fields` are its keys, e.g. `thing1`. */
export interface SubscribeTemplate {
  id: string;
  title: string;
  fields: string[];
}

export interface SandboxConfig {
  /**
   * Origin that callbacks are posted to; the path of notify_url is kept. Absent: notify_url as it is.
   */
  deliverTo?: string;
  /** The two templates of the legacy mini-program when absent. */
  templates?: SubscribeTemplate[];
  /** Published pages, for `getwxacodeunlimit` with `check_path`. Absent: every page counts as published. */
  pages?: string[];
  /** From a payment or a refund's end to the first try of its callback; 0 when absent. */
  callbackDelayMs?: number;
  /** From a refund's acceptance to its end; 3000 when absent. */
  refundMs?: number;
  /** Refused refund requests a second before FREQUENCY_LIMITED; 6 when absent. */
  refundErrorsPerSecond?: number;
  /** Callbacks that may be under way at once. 1 when absent, which keeps a run repeatable. */
  deliveriesAtOnce?: number;
}

export interface SandboxOptions {
  clock: SandboxClock;
  random: SandboxRandom;
  deliver: Deliver;
  keys: SandboxKeys;
  config?: SandboxConfig;
  /** How latency passes. Absent: a clock with `set` is moved on, otherwise real time goes by. */
  sleep?(ms: number): Promise<void>;
  /** What {@link Sandbox.snapshot} once returned. */
  state?: string;
}

/** One person with a phone. */
export interface PhoneUser {
  openid: string;
  unionid: string;
  /** Mainland number without country code, e.g. `13800001111`. */
  phoneNumber: string;
  nickname: string;
  /** WeChat refuses this person's login with 40226. */
  isRisky: boolean;
}

/** What `wx.requestPayment` is called with. */
export interface PaymentRequest {
  timeStamp: string;
  nonceStr: string;
  /** `prepay_id=…` */
  package: string;
  signType: string;
  paySign: string;
}

export interface PayOptions {
  /** Part of the total that WeChat's own coupon bears: `payer_total` = total − couponFen. */
  couponFen?: number;
}

/** What the phone reports to the mini-program after `wx.requestPayment`. */
export type PaymentSheetResult =
  | { ok: true; errMsg: "requestPayment:ok"; outTradeNo: string; transactionId: string }
  | { ok: false; errMsg: string; reason: PaymentSheetRefusal };

export type PaymentSheetRefusal =
  | "CANCELLED"
  | "BAD_PAY_SIGN"
  | "PREPAY_UNKNOWN"
  | "PREPAY_EXPIRED"
  | "ORDER_EXPIRED"
  | "ORDER_CLOSED"
  | "ORDER_PAID"
  | "OPENID_MISMATCH"
  | "NOT_PAYING";

/** What the payment sheet shows before a person agrees. */
export type PaymentSheet =
  | { ok: true; outTradeNo: string; description: string; totalFen: number; expiresAt: Date }
  | { ok: false; errMsg: string; reason: PaymentSheetRefusal };

/** The person's side: everything a guest does with a phone that our server never sees. */
export interface Phone {
  /** Makes a person; openid and number are drawn when absent. The same openid again updates the person. */
  user(options?: Partial<PhoneUser>): PhoneUser;
  users(): PhoneUser[];
  /** `wx.login`: a js_code, single use, 5 minutes. */
  login(openid: string): string;
  /** The phone-number button, new style: a code for getuserphonenumber, single use, 5 minutes. */
  phoneNumberCode(openid: string): string;
  /**
   * The phone-number button, old style: encrypted under the session_key of the person's last `login`, and sent
   * together with its code; null when the person has not logged in yet.
   */
  encryptedPhone(openid: string): { encryptedData: string; iv: string } | null;
  /** Opens the sheet: checks paySign, prepay_id, openid, expiry. Changes nothing. */
  sheet(openid: string, request: PaymentRequest): PaymentSheet;
  /** Opens the sheet and pays. */
  pay(openid: string, request: PaymentRequest, options?: PayOptions): PaymentSheetResult;
  /** Opens the sheet and dismisses it; the order stays NOTPAY. */
  cancel(openid: string, request: PaymentRequest): PaymentSheetResult;
  /** Opens the sheet and starts typing the password: USERPAYING until `finishPay` or `abandonPay`. */
  beginPay(openid: string, request: PaymentRequest): PaymentSheet;
  /**
   * Ends what `beginPay` started, also after time_expire: this is how late money comes to be.
   * `evenIfClosed` books money on an order in any unpaid state, begun or not, closed or not, which
   * WeChat promises not to do; it is here to show that the receiver survives it.
   */
  finishPay(outTradeNo: string, options?: PayOptions & { evenIfClosed?: boolean }): PaymentSheetResult;
  /** Ends what `beginPay` started without money: back to NOTPAY. */
  abandonPay(outTradeNo: string): PaymentSheetResult;
  /** `wx.requestSubscribeMessage`: one grant for each accepted template. */
  grant(openid: string, templateIds: string[], answer?: "accept" | "reject"): void;
  /** Grants left, by template id. */
  grants(openid: string): Record<string, number>;
  /** Subscribe messages this person received, oldest first. */
  messages(openid: string): ReceivedMessage[];
}

export interface ReceivedMessage {
  msgid: string;
  openid: string;
  templateId: string;
  title: string;
  page: string | null;
  data: Record<string, string>;
  receivedAt: Date;
}

/** Which requests a wire fault is for. `path` is a prefix of the URL's path. */
export interface WireMatch {
  method?: string;
  path?: string;
}

/** What goes wrong between a request to WeChat and its answer. */
export type WireFault =
  /** Passes that much time, then goes on as usual. */
  | { kind: "latency"; ms: number }
  /** Pay v3's error shape; nothing was done. */
  | { kind: "error"; status: number; code: string; message?: string }
  /** The mini-program API's error shape (HTTP 200); nothing was done. */
  | { kind: "errcode"; errcode: number; errmsg?: string }
  /** 429 FREQUENCY_LIMITED on Pay v3, 45011 on the mini-program API. */
  | { kind: "frequency-limited" }
  /** Connection reset before anything was done: `handle` rejects with {@link ConnectionFault}. */
  | { kind: "reset" }
  /** Everything was done, then the connection was reset: the answer is lost. */
  | { kind: "lost-answer" }
  /** Everything was done, half of the answer's bytes arrive, then the stream breaks. */
  | { kind: "half-closed" }
  /** The answer is what it should be, its signature is not. */
  | { kind: "bad-signature" }
  /** A SIGNTEST probe in an answer: must be treated as a bad signature. */
  | { kind: "signtest" }
  /** The answer comes without any Wechatpay-* header. */
  | { kind: "unsigned" }
  /** The answer is signed with a time ten minutes back. */
  | { kind: "stale-signature" };

/** Which callbacks a fault is for; all of them when empty. */
export interface CallbackMatch {
  /** `TRANSACTION.SUCCESS`, `REFUND.SUCCESS` … */
  eventType?: string;
  outTradeNo?: string;
}

/** What goes wrong with one try of a callback. */
export type CallbackFault =
  /** The same notification is posted `times` more, at once. */
  | { kind: "duplicate"; times: number }
  /** Comes that much later. */
  | { kind: "delay"; ms: number }
  /** Stays behind until `after` other callbacks have been tried, or one minute has passed. */
  | { kind: "reorder"; after: number }
  /** This try is never made; the retry table goes on. */
  | { kind: "drop" }
  /** No try is ever made again. */
  | { kind: "drop-all" }
  /** The receiver's answer is lost: counts as no answer. */
  | { kind: "lost-answer" }
  /** First a WECHATPAY/SIGNTEST/ probe, which a receiver must refuse, then the true one. */
  | { kind: "signtest" }
  /** A valid signature over a resource whose associated data does not belong to its ciphertext. */
  | { kind: "wrong-aad" }
  /** One bit of the ciphertext is changed, then signed. */
  | { kind: "tampered-ciphertext" }
  /** One byte of the body is changed after signing. */
  | { kind: "tampered-body" }
  /** Signed ten minutes ago, as a replayed capture would be. */
  | { kind: "stale-timestamp" }
  /** A serial that nobody knows. */
  | { kind: "unknown-serial" }
  /** Genuine in every respect, but with these values at dotted paths of the decrypted resource. */
  | { kind: "alter"; set: Record<string, unknown> };

export interface Faults {
  /** `times` requests meet the fault (1 when absent, null: until cleared). @returns its id */
  wire(fault: WireFault, options?: { match?: WireMatch; times?: number | null }): number;
  /** `times` tries of callbacks meet the fault (1 when absent, null: until cleared). @returns its id */
  callback(fault: CallbackFault, options?: { match?: CallbackMatch; times?: number | null }): number;
  /** How the next refund with that number ends, instead of SUCCESS. */
  refund(outRefundNo: string, ending: "ABNORMAL" | "CLOSED"): void;
  /** The merchant's balance at WeChat for refunds; null (the default): more than enough. */
  refundBalance(fen: number | null): void;
  /** The access token in use stops being valid at once (40001). */
  revokeToken(): void;
  /** A SIGNTEST probe of its own, on the notify_url of that order. @returns the receiver's status */
  probe(outTradeNo: string): Promise<number>;
  list(): {
    id: number;
    on: "wire" | "callback";
    fault: WireFault | CallbackFault;
    timesLeft: number | null;
  }[];
  /** Without an id: all of them. */
  clear(id?: number): void;
}

/** Which key signs. During a switch from certificate to public key callbacks are "mixed". */
export interface Signing {
  /** For a request that has no Wechatpay-Serial header; one that has gets the key it names. */
  answers: "certificate" | "public-key";
  callbacks: "certificate" | "public-key" | "mixed";
  /** Position in `keys.platformCertificates` of the certificate in use. */
  certificate: number;
  /** false: a merchant of the newer kind, for whom /v3/certificates has nothing. */
  hasCertificates: boolean;
}

export type TradeState = "NOTPAY" | "USERPAYING" | "SUCCESS" | "REFUND" | "CLOSED";

export interface BookOrder {
  outTradeNo: string;
  openid: string;
  description: string;
  attach: string | null;
  totalFen: number;
  state: TradeState;
  prepayId: string;
  notifyUrl: string;
  profitSharing: boolean;
  createdAt: Date;
  /** The last time a prepay of this order was answered; close is refused for 5 minutes from here. */
  prepaidAt: Date;
  expiresAt: Date;
  closedAt: Date | null;
}

export interface BookPayment {
  transactionId: string;
  outTradeNo: string;
  openid: string;
  totalFen: number;
  /** What the person paid; the rest came from a coupon. */
  payerTotalFen: number;
  /** Refunds that were accepted and did not come back. */
  refundedFen: number;
  succeededAt: Date;
  shipping: { itemDesc: string; uploadedAt: Date; uploads: number } | null;
}

export interface BookRefund {
  refundId: string;
  outRefundNo: string;
  outTradeNo: string;
  transactionId: string;
  refundFen: number;
  status: "PROCESSING" | "SUCCESS" | "ABNORMAL" | "CLOSED";
  acceptedAt: Date;
  endedAt: Date | null;
}

/** Positive: money that reached the merchant. Negative: money that went back to a person. */
export interface BookEntry {
  at: Date;
  kind: "payment" | "refund";
  /** out_trade_no of a payment, out_refund_no of a refund. */
  number: string;
  amountFen: number;
}

/** WeChat's own books, to be compared with ours. Everything returned is a copy. */
export interface Books {
  order(outTradeNo: string): BookOrder | null;
  orders(): BookOrder[];
  payments(): BookPayment[];
  refunds(): BookRefund[];
  /** Settled money only: a payment when it succeeds, a refund when it does. */
  entries(): BookEntry[];
  totals(): { paidFen: number; refundedFen: number; balanceFen: number };
}

export interface CallbackTry {
  at: Date;
  /** HTTP status; null when there was no answer within 5 s. */
  status: number | null;
  verdict: "taken" | "refused" | "no-answer" | "dropped";
  faults: CallbackFault["kind"][];
  /** One of the extra posts of a duplicate fault, which are no step in the retry table. */
  isCopy: boolean;
}

export interface CallbackRecord {
  id: string;
  eventType: string;
  outTradeNo: string;
  outRefundNo: string | null;
  createdAt: Date;
  tries: CallbackTry[];
  state: "waiting" | "taken" | "given-up";
  nextTryAt: Date | null;
}

export interface Sandbox {
  /** WeChat on the wire: Pay v3 and the mini-program server API. @throws ConnectionFault on request */
  handle(request: Request): Promise<Response>;
  phone: Phone;
  faults: Faults;
  books: Books;
  /** The message templates of this mini-program. */
  templates(): SubscribeTemplate[];
  /** Reads or changes which keys sign. */
  signing(change?: Partial<Signing>): Signing;
  /** An operator mends an ABNORMAL refund in WeChat's portal: it succeeds, and the callback says so. */
  mendRefund(outRefundNo: string): void;
  /** Every notification with its tries, oldest first. */
  callbacks(): CallbackRecord[];
  /** Does everything that is due at the clock's time, callbacks included. @returns how many things */
  tick(): Promise<number>;
  /** When the next thing is due; null when nothing is. */
  nextDueAt(): Date | null;
  /**
   * Moves the clock on and does each thing at its own time on the way.
   * @throws Error when the clock has no `set`
   */
  advance(ms: number): Promise<number>;
  /** The whole state as text, for {@link SandboxOptions.state}. Faults are not part of it. */
  snapshot(): string;
  /** Goes up with each change of state. */
  version(): number;
}
