import { ANSWER_MS_MAX } from "./callbacks";
import type { Deliver } from "./sandbox-types";

/** Posts callbacks over HTTP; one that is not answered within 5 s counts as not answered. */
export function deliverOverHttp(): Deliver {
  return async (request) => {
    // Redirects are not followed: WeChat wants 200 or 204 from notify_url itself.
    const response = await fetch(request, {
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return { status: response.status, body: await response.text() };
  };
}
