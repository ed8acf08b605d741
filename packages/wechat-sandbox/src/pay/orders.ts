import { z } from "zod";
import { type Order, tradeStateOf } from "../state";
import { beijingTime } from "../virtual-clock";
import { newNumber, type World } from "../world";
import { PayError } from "./pay-error";

/** https, at most 255 characters, no query: "通知URL必须为直接可访问的URL，不允许携带查询串". */
export const NotifyUrl = z
  .string()
  .max(255, "长度超过255")
  .refine(
    (text) => URL.canParse(text) && new URL(text).protocol === "https:" && !/[?#]/.test(text),
    "必须是https地址且不带参数",
  );

export const OutTradeNo = z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/, "需为6到32位的数字、字母或_-|*");

const text = (max: number) => z.string().min(1, "不能为空").max(max, `长度超过${max}`);

/** Limits: JSAPI/小程序下单, checked in the order in which they stand there. */
export const PrepayParams = z.looseObject({
  appid: text(32),
  mchid: text(32),
  description: text(127),
  out_trade_no: OutTradeNo,
  time_expire: z.iso.datetime({ offset: true, error: "需为RFC3339格式" }).optional(),
  attach: text(128).optional(),
  notify_url: NotifyUrl,
  goods_tag: z.string().max(32, "长度超过32").optional(),
  amount: z.looseObject({
    total: z.int("需为整数").min(1, "需大于0"),
    currency: z.literal("CNY", "仅支持CNY").optional(),
  }),
  payer: z.looseObject({ openid: text(128) }),
  settle_info: z.looseObject({ profit_sharing: z.boolean().optional() }).optional(),
});

const MINUTE_MS = 60_000;
const EXPIRE_MS_MIN = MINUTE_MS;
const EXPIRE_MS_MAX = 90 * 86_400_000;
const EXPIRE_MS_DEFAULT = 7 * 86_400_000;
const PREPAY_ID_LIFE_MS = 2 * 3_600_000;
/** "订单生成后不能马上调用关单接口，最短调用时间间隔为5分钟", counted from the last prepay. */
const CLOSE_WAIT_MS = 5 * MINUTE_MS;

function expiryOf(text: string | undefined, now: Date): Date {
  if (text === undefined) return new Date(now.getTime() + EXPIRE_MS_DEFAULT);
  const at = new Date(text);
  const aheadMs = at.getTime() - now.getTime();
  if (aheadMs < EXPIRE_MS_MIN || aheadMs > EXPIRE_MS_MAX) {
    throw new PayError(400, "PARAM_ERROR", "time_expire需在1分钟之后、90天之内", {
      field: "/time_expire",
      value: text,
      issue: "time_expire out of range",
      location: "body",
    });
  }
  return at;
}

/** Makes an order, or meets one again: the same parameters get the latest prepay_id. */
export function prepay(world: World, params: z.infer<typeof PrepayParams>): { prepay_id: string } {
  const now = world.clock.now();
  const { keys, state } = world;
  if (params.mchid !== keys.mchid) throw new PayError(400, "MCH_NOT_EXISTS", "商户号不存在");
  if (params.appid !== keys.appid) throw new PayError(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配");
  const expiresAt = expiryOf(params.time_expire, now);
  if (!state.users.has(params.payer.openid)) {
    throw new PayError(400, "OPENID_MISMATCH", "openid和appid不匹配");
  }
  const profitSharing = params.settle_info?.profit_sharing ?? false;
  const fingerprint = JSON.stringify([
    params.description,
    params.attach ?? null,
    params.notify_url,
    params.goods_tag ?? null,
    params.amount.total,
    params.payer.openid,
    profitSharing,
  ]);

  const known = state.orders.get(params.out_trade_no);
  if (known) {
    if (known.fingerprint !== fingerprint) throw new PayError(403, "OUT_TRADE_NO_USED", "商户订单号重复");
    if (known.state === "SUCCESS") throw new PayError(400, "ORDERPAID", "该订单已支付");
    if (known.state === "CLOSED") throw new PayError(400, "ORDER_CLOSED", "该订单已关闭");
    // time_expire was fixed by the first order; a later one does not move it.
    if (now >= known.expiresAt) {
      throw new PayError(400, "INVALID_REQUEST", "订单已过支付截止时间，请更换商户订单号重新下单");
    }
    if (now.getTime() - known.prepayIdMadeAt.getTime() >= PREPAY_ID_LIFE_MS) {
      known.prepayId = newPrepayId(world, params.out_trade_no);
      known.prepayIdMadeAt = now;
    }
    known.prepaidAt = now;
    world.changed();
    return { prepay_id: known.prepayId };
  }

  const prepayId = newPrepayId(world, params.out_trade_no);
  state.orders.set(params.out_trade_no, {
    outTradeNo: params.out_trade_no,
    openid: params.payer.openid,
    description: params.description,
    attach: params.attach ?? null,
    totalFen: params.amount.total,
    notifyUrl: params.notify_url,
    profitSharing,
    fingerprint,
    state: "NOTPAY",
    prepayId,
    prepayIdMadeAt: now,
    createdAt: now,
    prepaidAt: now,
    expiresAt,
    closedAt: null,
    payment: null,
  });
  world.changed();
  return { prepay_id: prepayId };
}

function newPrepayId(world: World, outTradeNo: string): string {
  const id = newNumber(world, "wx", 36);
  world.state.prepays.set(id, outTradeNo);
  return id;
}

/** Whether a prepay_id can still open the payment sheet. */
export function isPrepayIdAlive(order: Order, prepayId: string, now: Date): boolean {
  return order.prepayId === prepayId && now.getTime() - order.prepayIdMadeAt.getTime() < PREPAY_ID_LIFE_MS;
}

const STATE_TEXT = {
  NOTPAY: "订单未支付",
  USERPAYING: "用户支付中",
  SUCCESS: "支付成功",
  REFUND: "订单发生过退款，退款详情请查询退款单",
  CLOSED: "订单已关闭",
};

/** An order as a query shows it, and as a payment notification carries it. */
export function transactionOf(world: World, order: Order): Record<string, unknown> {
  const tradeState = tradeStateOf(world.state, order);
  const common = {
    mchid: world.keys.mchid,
    appid: world.keys.appid,
    out_trade_no: order.outTradeNo,
    trade_state: tradeState,
    trade_state_desc: STATE_TEXT[tradeState],
    ...(order.attach === null ? {} : { attach: order.attach }),
  };
  const { payment } = order;
  if (!payment) return { ...common, amount: { total: order.totalFen, payer_currency: "CNY" } };
  const couponFen = order.totalFen - payment.payerTotalFen;
  return {
    ...common,
    transaction_id: payment.transactionId,
    trade_type: "JSAPI",
    bank_type: "OTHERS",
    success_time: beijingTime(payment.succeededAt),
    payer: { openid: order.openid },
    amount: {
      total: order.totalFen,
      payer_total: payment.payerTotalFen,
      currency: "CNY",
      payer_currency: "CNY",
    },
    ...(couponFen > 0
      ? {
          promotion_detail: [
            {
              coupon_id: `coupon${payment.transactionId.slice(-8)}`,
              name: "微信支付立减",
              scope: "GLOBAL",
              type: "CASH",
              amount: couponFen,
              wechatpay_contribute: couponFen,
              merchant_contribute: 0,
              other_contribute: 0,
              currency: "CNY",
            },
          ],
        }
      : {}),
  };
}

/** @throws PayError 404 ORDER_NOT_EXIST, or 400 when `mchid` is not this merchant's */
export function orderFor(world: World, outTradeNo: string, mchid: string | undefined): Order {
  if (mchid === undefined || mchid === "") throw new PayError(400, "PARAM_ERROR", "参数错误: mchid 不能为空");
  if (mchid !== world.keys.mchid) throw new PayError(400, "MCH_NOT_EXISTS", "商户号不存在");
  const order = world.state.orders.get(outTradeNo);
  if (!order) throw new PayError(404, "ORDER_NOT_EXIST", "订单不存在");
  return order;
}

/** @throws PayError as {@link orderFor}; only paid orders have a transaction id */
export function orderByTransaction(world: World, transactionId: string, mchid: string | undefined): Order {
  for (const order of world.state.orders.values()) {
    if (order.payment?.transactionId === transactionId) return orderFor(world, order.outTradeNo, mchid);
  }
  throw new PayError(404, "ORDER_NOT_EXIST", "订单不存在");
}

/** @throws PayError 400 ORDERPAID | ORDER_CLOSED, 202 USER_PAYING, 403 RULE_LIMIT, 404 ORDER_NOT_EXIST */
export function closeOrder(world: World, outTradeNo: string, mchid: string | undefined): void {
  const now = world.clock.now();
  const order = orderFor(world, outTradeNo, mchid);
  if (order.state === "SUCCESS") throw new PayError(400, "ORDERPAID", "该订单已支付，不能关闭");
  if (order.state === "CLOSED") throw new PayError(400, "ORDER_CLOSED", "该订单已关闭");
  if (order.state === "USERPAYING") throw new PayError(202, "USER_PAYING", "用户支付中，请稍后再试");
  if (now.getTime() - order.prepaidAt.getTime() < CLOSE_WAIT_MS) {
    throw new PayError(403, "RULE_LIMIT", "订单生成后不能马上关单，最短间隔为5分钟");
  }
  order.state = "CLOSED";
  order.closedAt = now;
  world.changed();
}
