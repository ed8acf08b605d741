import type { JobHandlers } from "@looklook/contracts";
import {
  type Deps,
  sendDueMessages,
  sweepFulfilments,
  sweepMessages,
  uploadFulfilment,
} from "@looklook/core";

/** What WeChat and the guest are told. */
export function messageJobs(deps: Deps) {
  return {
    "guest.notify-paid": async (data) => {
      await sendDueMessages(deps, data);
    },
    "guest.sweep-messages": async () => {
      await sweepMessages(deps);
    },
    "fulfilment.upload": async (data) => {
      await uploadFulfilment(deps, data);
    },
    "fulfilment.sweep": async () => {
      await sweepFulfilments(deps);
    },
  } satisfies Partial<JobHandlers>;
}
