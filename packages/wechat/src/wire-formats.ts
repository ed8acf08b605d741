import type { Notification, RefundResult, Trade } from "@looklook/core/gateway";
import { z } from "zod";

/** RFC 3339 in Beijing time with whole seconds, as WeChat's documents write instants. */
export function beijingTime(at: Date): string {
  return `${new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text))
  .nullish()
  .transform((at) => at ?? null);

/** 查询订单 and the resource of TRANSACTION.*: the same object. Before payment most of it is absent. */
export const TradeResource = z
  .object({
    appid: z.string(),
    mchid: z.string(),
    out_trade_no: z.string(),
    attach: z.string().nullish(),
    transaction_id: z.string().nullish(),
    trade_type: z.string().nullish(),
    trade_state: z.enum(["SUCCESS", "REFUND", "NOTPAY", "CLOSED", "REVOKED", "USERPAYING", "PAYERROR"]),
    success_time: instant,
    payer: z.object({ openid: z.string().nullish() }).nullish(),
    amount: z
      .object({ total: z.int().nullish(), payer_total: z.int().nullish(), currency: z.string().nullish() })
      .nullish(),
  })
  .transform(
    (resource): Trade => ({
      appId: resource.appid,
      mchId: resource.mchid,
      paymentNo: resource.out_trade_no,
      attach: resource.attach || null,
      transactionId: resource.transaction_id || null,
      tradeType: resource.trade_type ?? "",
      tradeState: resource.trade_state,
      currency: resource.amount?.currency ?? null,
      totalFen: resource.amount?.total ?? null,
      payerTotalFen: resource.amount?.payer_total ?? null,
      payerOpenid: resource.payer?.openid || null,
      paidAt: resource.success_time,
    }),
  );

const RefundStatus = z.enum(["PROCESSING", "SUCCESS", "ABNORMAL", "CLOSED"]);

/** 申请退款 and 查询单笔退款. */
export const RefundAnswer = z
  .object({
    out_refund_no: z.string(),
    refund_id: z.string(),
    status: RefundStatus,
    success_time: instant,
  })
  .transform(
    (answer): RefundResult => ({
      refundNo: answer.out_refund_no,
      wechatRefundId: answer.refund_id,
      status: answer.status,
      finishedAt: answer.success_time,
    }),
  );

/** The resource of REFUND.*; its amounts are the refund's and the order's. */
const RefundResource = z.object({
  mchid: z.string(),
  out_trade_no: z.string(),
  out_refund_no: z.string(),
  refund_id: z.string(),
  refund_status: RefundStatus,
  success_time: instant,
  amount: z.object({ refund: z.int() }),
});

/** The envelope of every notification. Lengths as we store them. */
export const NotificationBody = z.object({
  id: z.string().min(1).max(36),
  event_type: z.string().min(1).max(32),
  resource: z.object({
    algorithm: z.literal("AEAD_AES_256_GCM"),
    ciphertext: z.string(),
    nonce: z.string(),
    associated_data: z.string().optional(),
  }),
});

/** What a decrypted resource means; events that we do not know are kept as such. @throws ZodError */
export function notificationOf(
  { id, event_type: eventType }: z.infer<typeof NotificationBody>,
  resource: unknown,
): { notification: Notification; mchId: string | null } {
  if (eventType.startsWith("TRANSACTION.")) {
    const trade = TradeResource.parse(resource);
    return { notification: { id, eventType, kind: "payment", trade }, mchId: null };
  }
  if (eventType.startsWith("REFUND.")) {
    const told = RefundResource.parse(resource);
    const refund = {
      refundNo: told.out_refund_no,
      wechatRefundId: told.refund_id,
      status: told.refund_status,
      finishedAt: told.success_time,
      paymentNo: told.out_trade_no,
      amountFen: told.amount.refund,
    };
    return { notification: { id, eventType, kind: "refund", refund }, mchId: told.mchid };
  }
  return { notification: { id, eventType, kind: "other" }, mchId: null };
}
