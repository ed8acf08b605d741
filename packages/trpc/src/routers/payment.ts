import { PaymentResultInput, PaymentResultOutput, PrepayInput, PrepayOutput } from "@looklook/contracts";
import { getPaymentResult, prepay } from "@looklook/core";
import { describe, guestProcedure, limited, router } from "../procedures";

export const paymentRouter = router({
  prepay: guestProcedure
    .use(limited("prepay"))
    .meta(describe("payment.prepay", "What the phone hands to wx.requestPayment"))
    .input(PrepayInput)
    .output(PrepayOutput)
    .mutation(({ ctx, input }) => prepay(ctx, { ...input, userId: ctx.userId })),

  result: guestProcedure
    .use(limited("payment-result"))
    .meta(describe("payment.result", "Whether a booking is paid; asks WeChat when unsure"))
    .input(PaymentResultInput)
    .output(PaymentResultOutput)
    // Asking WeChat can apply a payment, so this is not a plain read.
    .mutation(({ ctx, input }) => getPaymentResult(ctx, { ...input, userId: ctx.userId })),
});
