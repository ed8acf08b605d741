import { createCipheriv } from "node:crypto";
import { notifyPaid } from "./callbacks";
import { phoneInfo } from "./mini-program/mini-program-api";
import { isPrepayIdAlive } from "./pay/orders";
import { DIGITS, LETTERS_AND_DIGITS, randomText } from "./random";
import type {
  PaymentRequest,
  PaymentSheet,
  PaymentSheetRefusal,
  PaymentSheetResult,
  PayOptions,
  Phone,
} from "./sandbox-types";
import { paySignText, rsaVerify } from "./signatures";
import type { Order, PhoneCode } from "./state";
import { newNumber, personOf, type World } from "./world";

const CODE_KEPT_MS = 3_600_000;

const FAIL_TEXT: Record<PaymentSheetRefusal, string> = {
  CANCELLED: "requestPayment:fail cancel",
  BAD_PAY_SIGN: "requestPayment:fail 支付验证签名失败",
  PREPAY_UNKNOWN: "requestPayment:fail 该订单不存在",
  PREPAY_EXPIRED: "requestPayment:fail 支付会话已过期，请重新下单",
  ORDER_EXPIRED: "requestPayment:fail 订单已过支付截止时间",
  ORDER_CLOSED: "requestPayment:fail 该订单已关闭",
  ORDER_PAID: "requestPayment:fail 该订单已支付",
  OPENID_MISMATCH: "requestPayment:fail 下单用户与支付用户不一致",
  NOT_PAYING: "requestPayment:fail 没有进行中的支付",
};

function refusal(reason: PaymentSheetRefusal) {
  return { ok: false as const, errMsg: FAIL_TEXT[reason], reason };
}

/** The order that `wx.requestPayment` may open, or why it may not. */
function openSheet(world: World, openid: string, request: PaymentRequest): Order | PaymentSheetRefusal {
  const { keys, state } = world;
  const now = world.clock.now();
  const text = paySignText(keys.appid, request.timeStamp, request.nonceStr, request.package);
  const isSigned =
    request.signType === "RSA" &&
    /^\d{10}$/.test(request.timeStamp) &&
    rsaVerify(text, request.paySign, keys.merchant.publicKeyPem);
  if (!isSigned) return "BAD_PAY_SIGN";
  const prepayId = /^prepay_id=(.+)$/.exec(request.package)?.[1] ?? "";
  const order = state.orders.get(state.prepays.get(prepayId) ?? "");
  if (!order) return "PREPAY_UNKNOWN";
  if (order.openid !== openid) return "OPENID_MISMATCH";
  if (order.state === "SUCCESS") return "ORDER_PAID";
  if (order.state === "CLOSED") return "ORDER_CLOSED";
  if (now >= order.expiresAt) return "ORDER_EXPIRED";
  if (!isPrepayIdAlive(order, prepayId, now)) return "PREPAY_EXPIRED";
  return order;
}

function settle(world: World, order: Order, { couponFen = 0 }: PayOptions): PaymentSheetResult {
  if (!Number.isInteger(couponFen) || couponFen < 0 || couponFen >= order.totalFen) {
    throw new RangeError("couponFen must be an integer of fen, less than the order's total");
  }
  const transactionId = newNumber(world, "4200002", 28);
  order.state = "SUCCESS";
  order.payment = {
    transactionId,
    payerTotalFen: order.totalFen - couponFen,
    succeededAt: world.clock.now(),
    shipping: null,
  };
  if (world.refundBalanceFen !== null) world.refundBalanceFen += order.totalFen;
  notifyPaid(world, order);
  world.changed();
  return { ok: true, errMsg: "requestPayment:ok", outTradeNo: order.outTradeNo, transactionId };
}

export function createPhone(world: World): Phone {
  const { state } = world;

  function sheetOf(order: Order): PaymentSheet {
    const { outTradeNo, description, totalFen, expiresAt } = order;
    return { ok: true, outTradeNo, description, totalFen, expiresAt: new Date(expiresAt) };
  }

  /** Codes are kept past their life, so that a late or second use gets its own refusal, but not for ever. */
  function forgetOld(codes: Map<string, PhoneCode>) {
    const now = world.clock.now();
    for (const [code, { madeAt }] of codes) {
      if (now.getTime() - madeAt.getTime() < CODE_KEPT_MS) break;
      codes.delete(code);
    }
  }

  return {
    user(options = {}) {
      const openid = options.openid ?? `o${randomText(world.random, LETTERS_AND_DIGITS, 27)}`;
      const known = state.users.get(openid);
      const person = {
        openid,
        unionid: options.unionid ?? known?.unionid ?? `u${randomText(world.random, LETTERS_AND_DIGITS, 27)}`,
        phoneNumber: options.phoneNumber ?? known?.phoneNumber ?? `138${randomText(world.random, DIGITS, 8)}`,
        nickname: options.nickname ?? known?.nickname ?? "微信用户",
        isRisky: options.isRisky ?? known?.isRisky ?? false,
      };
      state.users.set(openid, person);
      world.changed();
      return { ...person };
    },

    users: () => structuredClone([...state.users.values()]),

    login(openid) {
      personOf(world, openid);
      forgetOld(state.loginCodes);
      const code = `0${randomText(world.random, LETTERS_AND_DIGITS, 31)}`;
      state.loginCodes.set(code, { openid, madeAt: world.clock.now(), usedAt: null });
      // The phone has its session key from here on: what the old button encrypts is sent together with this code.
      state.sessionKeys.set(openid, world.random.bytes(16).toString("base64"));
      world.changed();
      return code;
    },

    phoneNumberCode(openid) {
      personOf(world, openid);
      forgetOld(state.phoneCodes);
      const code = randomText(world.random, "0123456789abcdef", 64);
      state.phoneCodes.set(code, { openid, madeAt: world.clock.now(), usedAt: null });
      world.changed();
      return code;
    },

    encryptedPhone(openid) {
      const sessionKey = state.sessionKeys.get(openid);
      if (!sessionKey) return null;
      const iv = world.random.bytes(16);
      const cipher = createCipheriv("aes-128-cbc", Buffer.from(sessionKey, "base64"), iv);
      const plaintext = JSON.stringify(phoneInfo(world, openid, world.clock.now()));
      const encryptedData = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString("base64");
      return { encryptedData, iv: iv.toString("base64") };
    },

    sheet(openid, request) {
      const order = openSheet(world, openid, request);
      return typeof order === "string" ? refusal(order) : sheetOf(order);
    },

    pay(openid, request, options = {}) {
      const order = openSheet(world, openid, request);
      return typeof order === "string" ? refusal(order) : settle(world, order, options);
    },

    cancel(openid, request) {
      const order = openSheet(world, openid, request);
      return refusal(typeof order === "string" ? order : "CANCELLED");
    },

    beginPay(openid, request) {
      const order = openSheet(world, openid, request);
      if (typeof order === "string") return refusal(order);
      order.state = "USERPAYING";
      world.changed();
      return sheetOf(order);
    },

    finishPay(outTradeNo, { evenIfClosed = false, ...options } = {}) {
      const order = state.orders.get(outTradeNo);
      if (!order) return refusal("PREPAY_UNKNOWN");
      if (order.state === "SUCCESS") return refusal("ORDER_PAID");
      if (order.state !== "USERPAYING" && !evenIfClosed) return refusal("NOT_PAYING");
      return settle(world, order, options);
    },

    abandonPay(outTradeNo) {
      const order = state.orders.get(outTradeNo);
      if (!order) return refusal("PREPAY_UNKNOWN");
      if (order.state !== "USERPAYING") return refusal("NOT_PAYING");
      order.state = "NOTPAY";
      world.changed();
      return refusal("CANCELLED");
    },

    grant(openid, templateIds, answer = "accept") {
      personOf(world, openid);
      if (answer === "reject") return;
      const grants = state.grants.get(openid) ?? new Map<string, number>();
      for (const id of templateIds) grants.set(id, (grants.get(id) ?? 0) + 1);
      state.grants.set(openid, grants);
      world.changed();
    },

    grants: (openid) => Object.fromEntries(state.grants.get(openid) ?? []),

    messages: (openid) => structuredClone(state.messages.filter((message) => message.openid === openid)),
  };
}
