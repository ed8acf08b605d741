import type { JobHandlers } from "@looklook/contracts";
import {
  type Deps,
  submitRefund,
  sweepPayments,
  sweepRefunds,
  syncPayment,
  syncRefund,
} from "@looklook/core";

/** What WeChat is asked when it does not tell. */
export function paymentJobs(deps: Deps) {
  return {
    "payment.sync": async (data) => {
      await syncPayment(deps, data);
    },
    "payment.sweep": async () => {
      await sweepPayments(deps);
    },
    "refund.submit": async (data) => {
      await submitRefund(deps, data);
    },
    "refund.sync": async (data) => {
      await syncRefund(deps, data);
    },
    "refund.sweep": async () => {
      await sweepRefunds(deps);
    },
  } satisfies Partial<JobHandlers>;
}
