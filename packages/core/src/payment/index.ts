export { applyTrade, type TradeOutcome } from "./apply-trade";
export { type CloseOutcome, closeUnpaidBooking, sweepUnpaidBookings } from "./close-unpaid-booking";
export * from "./gateway";
export { getPaymentResult } from "./get-payment-result";
export type { PaymentDeps } from "./payment";
export { prepay } from "./prepay";
export { type NotificationAnswer, receiveNotification } from "./receive-notification";
export { requestRefund, submitRefund, sweepRefunds, syncRefund } from "./refund";
export { sweepPayments, syncPayment } from "./sync-payment";
