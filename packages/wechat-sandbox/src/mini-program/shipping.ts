import { z } from "zod";
import { tradeStateOf } from "../state";
import type { World } from "../world";
import { ApiError } from "./api-error";

/** 发货信息录入接口. `logistics_type` 4 is self pick-up, which is what a stay counts as. */
export const ShippingParams = z.looseObject({
  order_key: z.looseObject({
    order_number_type: z.union([z.literal(1), z.literal(2)]),
    transaction_id: z.string().optional(),
    mchid: z.string().optional(),
    out_trade_no: z.string().optional(),
  }),
  logistics_type: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  delivery_mode: z.union([z.literal(1), z.literal(2)]),
  shipping_list: z.array(z.looseObject({ item_desc: z.string().min(1).max(120) })),
  upload_time: z.string(),
  payer: z.looseObject({ openid: z.string() }),
});

/** First upload and one more. */
const UPLOADS_MAX = 2;

/**
 * Notes that a paid order was delivered.
 * @throws ApiError 10060001 unknown, 10060004 not deliverable, 10060003 re-sent once already, 268485216 time,
 * 268485228 not exactly one entry, 268485195 payer
 */
export function uploadShipping(world: World, params: z.infer<typeof ShippingParams>): void {
  const { order_key: key } = params;
  if (!z.iso.datetime({ offset: true }).safeParse(params.upload_time).success) {
    throw new ApiError(268485216, "上传时间非法，请按照 RFC 3339 格式填写");
  }
  if (params.delivery_mode === 1 && params.shipping_list.length !== 1) {
    throw new ApiError(268485228, "统一发货模式下，物流信息列表长度必须为1");
  }
  const order = [...world.state.orders.values()].find((candidate) =>
    key.order_number_type === 2
      ? candidate.payment?.transactionId === key.transaction_id
      : candidate.outTradeNo === key.out_trade_no && key.mchid === world.keys.mchid,
  );
  if (!order) throw new ApiError(10060001, "支付单不存在");
  if (!order.payment || tradeStateOf(world.state, order) !== "SUCCESS") {
    throw new ApiError(10060004, "支付单处于不可发货的状态");
  }
  if (order.openid !== params.payer.openid) throw new ApiError(268485195, "支付者openid与支付单不一致");
  const uploads = order.payment.shipping?.uploads ?? 0;
  if (uploads >= UPLOADS_MAX) throw new ApiError(10060003, "支付单已使用重新发货机会");
  order.payment.shipping = {
    itemDesc: params.shipping_list[0]?.item_desc ?? "",
    uploadedAt: world.clock.now(),
    uploads: uploads + 1,
  };
  world.changed();
}
