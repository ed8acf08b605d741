import { z } from "zod";
import { Text } from "./common";

export const PrepayInput = z.strictObject({ bookingNo: Text.max(64) });
/** What `wx.requestPayment` takes; `timeStamp` is unix seconds as text. */
export const PrepayOutput = z.strictObject({
  paymentNo: z.string(),
  appId: z.string(),
  timeStamp: z.string(),
  nonceStr: z.string(),
  package: z.string(),
  signType: z.literal("RSA"),
  paySign: z.string(),
});
export type PrepayOutput = z.infer<typeof PrepayOutput>;

export const PaymentResultInput = z.strictObject({ bookingNo: Text.max(64) });
/** `unsure`: WeChat could not be asked just now, ask again. */
export const PaymentResultOutput = z.strictObject({
  state: z.enum(["unpaid", "paid", "closed", "refunding", "refunded", "unsure"]),
  paidAt: z.date().nullable(),
});
