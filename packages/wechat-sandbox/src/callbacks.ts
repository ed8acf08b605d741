import { transactionOf } from "./pay/orders";
import { randomText, randomUuid } from "./random";
import type { CallbackFault, CallbackRecord, CallbackTry } from "./sandbox-types";
import { aeadEncrypt } from "./signatures";
import { keyForCallback, type SigningKey, signatureHeaders, signTestProbe } from "./signing";
import type { Notification, Order, Refund } from "./state";
import { beijingTime } from "./virtual-clock";
import { newNonce, type World } from "./world";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** From each try to the next. Source: "支付成功回调通知", 24 h 4 min in all, then never again. */
const RETRY_DELAYS_MS = [
  15 * SECOND_MS,
  15 * SECOND_MS,
  30 * SECOND_MS,
  3 * MINUTE_MS,
  10 * MINUTE_MS,
  20 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  6 * HOUR_MS,
];

/** A receiver that takes longer has not answered. */
export const ANSWER_MS_MAX = 5 * SECOND_MS;
const REORDER_MS_MAX = MINUTE_MS;
const STALE_MS = 10 * MINUTE_MS;

export function notifyPaid(world: World, order: Order): void {
  schedule(world, {
    eventType: "TRANSACTION.SUCCESS",
    originalType: "transaction",
    summary: "支付成功",
    notifyUrl: order.notifyUrl,
    outTradeNo: order.outTradeNo,
    outRefundNo: null,
    resource: transactionOf(world, order),
  });
}

const REFUND_SUMMARY = {
  SUCCESS: "退款成功",
  ABNORMAL: "退款异常",
  CLOSED: "退款关闭",
  PROCESSING: "退款处理中",
};

/** Nothing is sent for a refund that came without notify_url. */
export function notifyRefund(world: World, refund: Refund, resource: Record<string, unknown>): void {
  if (refund.notifyUrl === null) return;
  schedule(world, {
    eventType: `REFUND.${refund.status}`,
    originalType: "refund",
    summary: REFUND_SUMMARY[refund.status],
    notifyUrl: refund.notifyUrl,
    outTradeNo: refund.outTradeNo,
    outRefundNo: refund.outRefundNo,
    resource,
  });
}

function schedule(
  world: World,
  what: Pick<
    Notification,
    "eventType" | "originalType" | "summary" | "notifyUrl" | "outTradeNo" | "outRefundNo" | "resource"
  >,
): void {
  const now = world.clock.now();
  const notification: Notification = {
    ...what,
    id: randomUuid(world.random),
    createdAt: now,
    tries: [],
    nextTryAt: new Date(now.getTime() + world.callbackDelayMs),
    heldUntilTries: null,
    postponedFaults: null,
    isTaken: false,
  };
  world.state.notifications.push(notification);
  world.open.add(notification);
  world.changed();
}

export function toRecord(notification: Notification): CallbackRecord {
  const { id, eventType, outTradeNo, outRefundNo, createdAt, tries, isTaken, nextTryAt } = notification;
  const state = isTaken ? "taken" : nextTryAt ? "waiting" : "given-up";
  return structuredClone({ id, eventType, outTradeNo, outRefundNo, createdAt, tries, state, nextTryAt });
}

/** Makes the try that is due: once more or, with faults, in another shape, later, or not at all. */
export async function tryCallback(world: World, notification: Notification): Promise<void> {
  const now = world.clock.now();
  // A try that was postponed meets the rest of its faults when its time has come, and is not postponed again.
  const faults =
    notification.postponedFaults ??
    world.faults.takeCallback(notification.eventType, notification.outTradeNo);
  const delay = faults.find((fault) => fault.kind === "delay");
  const reorder = faults.find((fault) => fault.kind === "reorder");
  if (delay || reorder) {
    const waitMs = delay?.ms ?? REORDER_MS_MAX;
    notification.nextTryAt = new Date(now.getTime() + waitMs);
    if (reorder) {
      notification.heldUntilTries = world.state.triesMade + reorder.after;
      world.held.add(notification);
    }
    notification.postponedFaults = faults.filter((fault) => fault !== delay && fault !== reorder);
    world.changed();
    return;
  }
  notification.postponedFaults = null;
  notification.heldUntilTries = null;
  world.held.delete(notification);
  if (faults.some((fault) => fault.kind === "drop-all")) {
    record(world, notification, {
      at: now,
      status: null,
      verdict: "dropped",
      faults: ["drop-all"],
      isCopy: false,
    });
    notification.nextTryAt = null;
    return;
  }
  if (faults.some((fault) => fault.kind === "drop")) {
    notification.nextTryAt = retryAt(notification, now);
    record(world, notification, {
      at: now,
      status: null,
      verdict: "dropped",
      faults: ["drop"],
      isCopy: false,
    });
    return;
  }

  // Set before the request goes out: should this process die while it waits, the retry still comes.
  notification.nextTryAt = retryAt(notification, now);
  if (faults.some((fault) => fault.kind === "signtest")) await post(world, notification, ["probe"]);
  const status = await post(world, notification, faults);
  const verdict = judge(status);
  const kinds = faults.map((fault) => fault.kind);
  record(world, notification, { at: now, status, verdict, faults: kinds, isCopy: false });
  if (verdict === "taken") {
    notification.isTaken = true;
    notification.nextTryAt = null;
  }

  const again = faults.find((fault) => fault.kind === "duplicate");
  for (let left = again?.times ?? 0; left > 0; left--) {
    const repeated = await post(world, notification, []);
    record(world, notification, {
      at: now,
      status: repeated,
      verdict: judge(repeated),
      faults: [],
      isCopy: true,
    });
  }
}

/** Status first: 200 with a body that says FAIL is a success, and 400 with SUCCESS is not. */
function judge(status: number | null): CallbackTry["verdict"] {
  if (status === null) return "no-answer";
  return status === 200 || status === 204 ? "taken" : "refused";
}

function record(world: World, notification: Notification, entry: CallbackTry): void {
  notification.tries.push(entry);
  world.state.triesMade++;
  // A try of somebody else lets those go that a reorder fault holds back.
  for (const held of world.held) {
    if (held.heldUntilTries !== null && world.state.triesMade >= held.heldUntilTries) {
      held.nextTryAt = world.clock.now();
    }
  }
  if (notification.nextTryAt === null) world.open.delete(notification);
  world.changed();
}

/** When the try after the one at `triedAt` is due; null after the last. Extra duplicates do not count. */
function retryAt(notification: Notification, triedAt: Date): Date | null {
  const before = notification.tries.filter((entry) => !entry.isCopy).length;
  const delayMs = RETRY_DELAYS_MS[before];
  return delayMs === undefined ? null : new Date(triedAt.getTime() + delayMs);
}

type Shape = CallbackFault | "probe";

/** Posts one signed request. @returns the status, or null when no answer came within 5 s */
async function post(world: World, notification: Notification, shapes: Shape[]): Promise<number | null> {
  const request = callbackRequest(world, notification, shapes);
  const sentAt = world.clock.now();
  try {
    const { status } = await world.deliver(request);
    const tookMs = world.clock.now().getTime() - sentAt.getTime();
    const isLost = shapes.some((shape) => shape !== "probe" && shape.kind === "lost-answer");
    return isLost || tookMs > ANSWER_MS_MAX ? null : status;
  } catch {
    // A receiver that is down, resets or is too slow; WeChat cannot tell these apart either.
    return null;
  }
}

/** A SIGNTEST probe on its own. @returns the receiver's status, 0 for no answer */
export async function probe(world: World, order: Order): Promise<number> {
  const notification: Notification = {
    id: randomUuid(world.random),
    eventType: "TRANSACTION.SUCCESS",
    originalType: "transaction",
    summary: "支付成功",
    notifyUrl: order.notifyUrl,
    outTradeNo: order.outTradeNo,
    outRefundNo: null,
    resource: transactionOf(world, order),
    createdAt: world.clock.now(),
    tries: [],
    nextTryAt: null,
    heldUntilTries: null,
    postponedFaults: null,
    isTaken: false,
  };
  return (await post(world, notification, ["probe"])) ?? 0;
}

function callbackRequest(world: World, notification: Notification, shapes: Shape[]): Request {
  const has = (kind: CallbackFault["kind"]) =>
    shapes.some((shape) => shape !== "probe" && shape.kind === kind);
  const resource = structuredClone(notification.resource);
  for (const shape of shapes) {
    if (shape === "probe" || shape.kind !== "alter") continue;
    for (const [path, value] of Object.entries(shape.set)) setAt(resource, path, value);
  }

  const nonce = newNonce(world).slice(0, 12);
  const associatedData = notification.originalType;
  let ciphertext = aeadEncrypt(JSON.stringify(resource), world.keys.apiV3Key, nonce, associatedData);
  if (has("tampered-ciphertext")) ciphertext = flipBit(ciphertext);
  const body = JSON.stringify({
    id: notification.id,
    create_time: beijingTime(notification.createdAt),
    resource_type: "encrypt-resource",
    event_type: notification.eventType,
    summary: notification.summary,
    resource: {
      original_type: notification.originalType,
      algorithm: "AEAD_AES_256_GCM",
      ciphertext,
      associated_data: has("wrong-aad") ? "certificate" : associatedData,
      nonce,
    },
  });

  const now = world.clock.now();
  const signedAt = has("stale-timestamp") ? new Date(now.getTime() - STALE_MS) : now;
  const key: SigningKey = keyForCallback(world);
  const headers = signatureHeaders(world, key, body, signedAt);
  if (shapes.includes("probe")) {
    headers["Wechatpay-Signature"] = signTestProbe(world);
  }
  if (has("unknown-serial")) headers["Wechatpay-Serial"] = randomText(world.random, "0123456789ABCDEF", 40);
  const url = new URL(notification.notifyUrl);
  return new Request(world.deliverTo ? new URL(url.pathname, world.deliverTo) : url, {
    method: "POST",
    headers: {
      ...headers,
      "Content-Type": "application/json",
      Accept: "*/*",
      "User-Agent": "Mozilla/4.0",
      Pragma: "no-cache",
    },
    body: has("tampered-body") ? body.replace('"summary":"', '"summary":" ') : body,
  });
}

function flipBit(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return bytes.toString("base64");
}

function setAt(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() ?? path;
  let place = target;
  for (const key of keys) {
    if (typeof place[key] !== "object" || place[key] === null) place[key] = {};
    place = place[key] as Record<string, unknown>;
  }
  place[last] = value;
}
