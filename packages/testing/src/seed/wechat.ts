import type { PaymentGateway } from "@looklook/core";

/**
 * WeChat as history remembers it: every pre-pay was taken and every refund went through. Nothing leaves the process.
 * Whatever the seed has no business asking throws.
 */
export function agreeableWechat(now: () => Date): PaymentGateway {
  const never = () => Promise.reject(new Error("the seed does not ask WeChat this"));
  return {
    appId: "wx-demo",
    mchId: "1900000001",
    prepay: ({ paymentNo }) => Promise.resolve({ prepayId: `wx-demo-${paymentNo}` }),
    payParams: (prepayId) => ({
      appId: "wx-demo",
      timeStamp: "0",
      nonceStr: "demo",
      package: `prepay_id=${prepayId}`,
      signType: "RSA",
      paySign: "",
    }),
    refund: ({ refundNo }) =>
      Promise.resolve({
        refundNo,
        wechatRefundId: `5030${refundNo.slice(3)}`,
        status: "SUCCESS",
        finishedAt: now(),
      }),
    query: never,
    close: never,
    queryRefund: never,
    readNotification: never,
  };
}
