import superjson from "superjson";
import type {
  CallbackFault,
  CallbackTry,
  PhoneUser,
  ReceivedMessage,
  Signing,
  TradeState,
} from "./sandbox-types";

/** A single-use code that a phone hands to a server. */
export interface PhoneCode {
  openid: string;
  madeAt: Date;
  usedAt: Date | null;
}

interface AccessToken {
  value: string;
  expiresAt: Date;
  isRevoked: boolean;
}

interface Payment {
  transactionId: string;
  payerTotalFen: number;
  succeededAt: Date;
  shipping: { itemDesc: string; uploadedAt: Date; uploads: number } | null;
}

export interface Order {
  outTradeNo: string;
  openid: string;
  description: string;
  attach: string | null;
  totalFen: number;
  notifyUrl: string;
  profitSharing: boolean;
  /** What must be the same when the number is used again. */
  fingerprint: string;
  state: Exclude<TradeState, "REFUND">;
  prepayId: string;
  prepayIdMadeAt: Date;
  createdAt: Date;
  prepaidAt: Date;
  expiresAt: Date;
  closedAt: Date | null;
  payment: Payment | null;
}

export interface Refund {
  refundId: string;
  outRefundNo: string;
  outTradeNo: string;
  refundFen: number;
  payerRefundFen: number;
  notifyUrl: string | null;
  status: "PROCESSING" | "SUCCESS" | "ABNORMAL" | "CLOSED";
  acceptedAt: Date;
  endsAt: Date;
  endedAt: Date | null;
}

export interface Notification {
  id: string;
  eventType: string;
  originalType: "transaction" | "refund";
  summary: string;
  notifyUrl: string;
  outTradeNo: string;
  outRefundNo: string | null;
  /** What is encrypted into each try. */
  resource: Record<string, unknown>;
  createdAt: Date;
  tries: CallbackTry[];
  nextTryAt: Date | null;
  /** Held back by a reorder fault until that many tries of others have been made. */
  heldUntilTries: number | null;
  /** The faults that wait for a postponed try; null when it was not postponed. */
  postponedFaults: CallbackFault[] | null;
  isTaken: boolean;
}

/** Everything WeChat remembers. Plain data, Maps and Dates only, so that superjson can write it down. */
export interface State {
  users: Map<string, PhoneUser>;
  sessionKeys: Map<string, string>;
  loginCodes: Map<string, PhoneCode>;
  phoneCodes: Map<string, PhoneCode>;
  /** openid → when code2session was called for that person, within the last minute. */
  logins: Map<string, Date[]>;
  tokens: AccessToken[];
  forcedRefreshes: Date[];
  /** openid → template id → grants left. */
  grants: Map<string, Map<string, number>>;
  messages: ReceivedMessage[];
  orders: Map<string, Order>;
  /** prepay_id → out_trade_no, also those that a later prepay replaced. */
  prepays: Map<string, string>;
  refunds: Map<string, Refund>;
  refundEndings: Map<string, "ABNORMAL" | "CLOSED">;
  notifications: Notification[];
  /** All tries of all notifications so far. */
  triesMade: number;
  signing: Signing;
}

export function emptyState(): State {
  return {
    users: new Map(),
    sessionKeys: new Map(),
    loginCodes: new Map(),
    phoneCodes: new Map(),
    logins: new Map(),
    tokens: [],
    forcedRefreshes: [],
    grants: new Map(),
    messages: [],
    orders: new Map(),
    prepays: new Map(),
    refunds: new Map(),
    refundEndings: new Map(),
    notifications: [],
    triesMade: 0,
    signing: { answers: "public-key", callbacks: "public-key", certificate: 0, hasCertificates: true },
  };
}

export function writeState(state: State): string {
  return superjson.stringify(state);
}

/** @throws Error when the text is not what `writeState` wrote */
export function readState(text: string): State {
  const state = superjson.parse<State>(text);
  if (!(state?.orders instanceof Map)) throw new Error("not a snapshot of the sandbox");
  return { ...emptyState(), ...state };
}

/** Refunds of an order that hold its money: all but those WeChat closed. */
export function refundsOf(state: State, outTradeNo: string): Refund[] {
  return [...state.refunds.values()].filter(
    (refund) => refund.outTradeNo === outTradeNo && refund.status !== "CLOSED",
  );
}

export function refundedFen(state: State, outTradeNo: string): number {
  return refundsOf(state, outTradeNo).reduce((sum, refund) => sum + refund.refundFen, 0);
}

/** The state that a query shows: REFUND from the first accepted refund on. */
export function tradeStateOf(state: State, order: Order): TradeState {
  if (order.state === "SUCCESS" && refundsOf(state, order.outTradeNo).length > 0) return "REFUND";
  return order.state;
}
