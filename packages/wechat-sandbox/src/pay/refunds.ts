import { z } from "zod";
import { notifyRefund } from "../callbacks";
import { type Refund, refundedFen, refundsOf } from "../state";
import { beijingTime } from "../virtual-clock";
import { newNumber, type World } from "../world";
import { NotifyUrl, OutTradeNo } from "./orders";
import { PayError } from "./pay-error";

/** Limits: 申请退款. */
export const RefundParams = z
  .looseObject({
    transaction_id: z.string().max(32).optional(),
    out_trade_no: OutTradeNo.optional(),
    out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/, "需为1到64位的数字、字母或_-|*@"),
    reason: z.string().max(80, "长度超过80").optional(),
    notify_url: NotifyUrl.optional(),
    amount: z.looseObject({
      refund: z.int("需为整数").min(1, "需大于0"),
      total: z.int("需为整数").min(1, "需大于0"),
      currency: z.literal("CNY", "仅支持CNY"),
    }),
  })
  .refine((params) => params.transaction_id !== undefined || params.out_trade_no !== undefined, {
    path: ["transaction_id"],
    error: "transaction_id和out_trade_no必须二选一",
  });

const REFUNDS_PER_ORDER_MAX = 50;
const SPACING_MS = 60_000;
const WINDOW_MS = 365 * 86_400_000;

function orderToRefund(world: World, params: z.infer<typeof RefundParams>) {
  for (const order of world.state.orders.values()) {
    const isMeant =
      params.transaction_id === undefined
        ? order.outTradeNo === params.out_trade_no
        : order.payment?.transactionId === params.transaction_id;
    if (isMeant && order.payment) return { order, payment: order.payment };
  }
  throw new PayError(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付");
}

/**
 * Accepts a refund; its end comes later. The same number with the same order and amount is the same refund.
 * @throws PayError 404 RESOURCE_NOT_EXISTS | 400 PARAM_ERROR, INVALID_REQUEST | 403 NOT_ENOUGH | 429 FREQUENCY_LIMITED
 */
export function createRefund(world: World, params: z.infer<typeof RefundParams>): Record<string, unknown> {
  const now = world.clock.now();
  const { state } = world;
  const { order, payment } = orderToRefund(world, params);
  const refundFen = params.amount.refund;

  const known = state.refunds.get(params.out_refund_no);
  if (known) {
    if (known.outTradeNo !== order.outTradeNo || known.refundFen !== refundFen) {
      throw new PayError(400, "INVALID_REQUEST", "商户退款单号已存在，且请求参数与原退款单不一致");
    }
    return refundOf(world, known);
  }

  if (params.amount.total !== order.totalFen) {
    throw new PayError(400, "PARAM_ERROR", "订单金额或退款金额与之前请求不一致，请核实后再试");
  }
  if (now.getTime() - payment.succeededAt.getTime() > WINDOW_MS) {
    throw new PayError(400, "INVALID_REQUEST", "订单已超过可退款的最大期限（支付完成后一年内可退款）");
  }
  const earlier = refundsOf(state, order.outTradeNo);
  const givenBackFen = refundedFen(state, order.outTradeNo);
  if (givenBackFen + refundFen > order.totalFen) {
    throw new PayError(400, "INVALID_REQUEST", "申请退款金额大于订单剩余可退款金额");
  }
  if (earlier.length >= REFUNDS_PER_ORDER_MAX) {
    throw new PayError(400, "INVALID_REQUEST", "订单退款次数超过50次");
  }
  if (earlier.some((refund) => now.getTime() - refund.acceptedAt.getTime() < SPACING_MS)) {
    throw new PayError(429, "FREQUENCY_LIMITED", "同一笔订单的多次退款需间隔1分钟");
  }
  if (world.refundBalanceFen !== null) {
    if (world.refundBalanceFen < refundFen)
      throw new PayError(403, "NOT_ENOUGH", "基本账户余额不足，请充值后重新发起");
    world.refundBalanceFen -= refundFen;
  }

  // A coupon's part of each refund goes back to WeChat; over all parts the person gets exactly what was paid.
  const payersPart = (fen: number) => Math.floor((fen * payment.payerTotalFen) / order.totalFen);
  const refund: Refund = {
    refundId: newNumber(world, "503", 28),
    outRefundNo: params.out_refund_no,
    outTradeNo: order.outTradeNo,
    refundFen,
    payerRefundFen: payersPart(givenBackFen + refundFen) - payersPart(givenBackFen),
    notifyUrl: params.notify_url ?? null,
    status: "PROCESSING",
    acceptedAt: now,
    endsAt: new Date(now.getTime() + world.refundMs),
    endedAt: null,
  };
  state.refunds.set(refund.outRefundNo, refund);
  world.changed();
  return refundOf(world, refund);
}

/** @throws PayError 404 RESOURCE_NOT_EXISTS */
export function queryRefund(world: World, outRefundNo: string): Record<string, unknown> {
  const refund = world.state.refunds.get(outRefundNo);
  if (!refund) throw new PayError(404, "RESOURCE_NOT_EXISTS", "退款单不存在");
  return refundOf(world, refund);
}

function refundOf(world: World, refund: Refund): Record<string, unknown> {
  const order = world.state.orders.get(refund.outTradeNo);
  if (!order?.payment) throw new Error(`refund ${refund.outRefundNo} of an order without payment`);
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    transaction_id: order.payment.transactionId,
    out_trade_no: refund.outTradeNo,
    channel: "ORIGINAL",
    user_received_account: "支付用户零钱",
    ...(refund.status === "SUCCESS" && refund.endedAt ? { success_time: beijingTime(refund.endedAt) } : {}),
    create_time: beijingTime(refund.acceptedAt),
    status: refund.status,
    funds_account: "AVAILABLE",
    amount: {
      total: order.totalFen,
      refund: refund.refundFen,
      from: [],
      payer_total: order.payment.payerTotalFen,
      payer_refund: refund.payerRefundFen,
      settlement_refund: refund.payerRefundFen,
      settlement_total: order.payment.payerTotalFen,
      discount_refund: refund.refundFen - refund.payerRefundFen,
      currency: "CNY",
    },
    promotion_detail: [],
  };
}

/** Ends a refund and tells the merchant, when it left an address. */
export function endRefund(world: World, refund: Refund, status: "SUCCESS" | "ABNORMAL" | "CLOSED"): void {
  const now = world.clock.now();
  refund.status = status;
  refund.endedAt = now;
  world.state.refundEndings.delete(refund.outRefundNo);
  if (status === "CLOSED" && world.refundBalanceFen !== null) world.refundBalanceFen += refund.refundFen;
  const order = world.state.orders.get(refund.outTradeNo);
  if (!order?.payment) throw new Error(`refund ${refund.outRefundNo} of an order without payment`);
  notifyRefund(world, refund, {
    mchid: world.keys.mchid,
    transaction_id: order.payment.transactionId,
    out_trade_no: refund.outTradeNo,
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    refund_status: status,
    ...(status === "SUCCESS" ? { success_time: beijingTime(now) } : {}),
    user_received_account: "支付用户零钱",
    amount: {
      total: order.totalFen,
      refund: refund.refundFen,
      payer_total: order.payment.payerTotalFen,
      payer_refund: refund.payerRefundFen,
    },
  });
  world.changed();
}
