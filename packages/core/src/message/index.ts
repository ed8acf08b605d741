export { recordFulfilment, sweepFulfilments, uploadFulfilment } from "./fulfilment";
export { intendPaidMessages, sendDueMessages, sweepMessages } from "./guest-message";
