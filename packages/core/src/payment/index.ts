export { applyTrade } from "./apply-trade";
export { closeUnpaidBooking, sweepUnpaidBookings } from "./close-unpaid-booking";
export * from "./gateway";
export { getPaymentResult } from "./get-payment-result";
export type { PaymentDeps } from "./payment";
export { prepay } from "./prepay";
export { type NotificationAnswer, receiveNotification } from "./receive-notification";
export { requestRefund, submitRefund, sweepRefunds, syncRefund } from "./refund";
export { sweepPayments, syncPayment } from "./sync-payment";
