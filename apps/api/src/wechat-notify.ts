import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Deps,
  GatewayError,
  type Notification,
  NotificationRefused,
  receiveNotification,
} from "@looklook/core";
import { BodyTooLarge, collectBody, sendText } from "./http";

/** WeChat gives up on an answer after 5 s (wechat: notify); it comes again, so we give up first. */
const answerWithinMs = 3_000;

export interface NotifyParts {
  deps: Deps;
  onFault(error: unknown, path: string): void;
  onTaken(fields: { notificationId: string; paymentNo: string | undefined; outcome: string }): void;
  /** A notification that was not WeChat's, or a probe of theirs: worth a line, never an alarm. */
  onRefused(reason: string): void;
}

/**
 * WeChat's notification: the raw bytes are verified, then read, then applied once. The answers are the legacy system's
 * text; WeChat looks at the status. What is not known to be wrong is answered 503, so that WeChat comes again.
 */
export function wechatNotifyHandler({ deps, onFault, onTaken, onRefused }: NotifyParts) {
  async function receive(request: IncomingMessage): Promise<200 | 400 | 413 | 503> {
    try {
      const raw = await new Promise<Buffer>((resolve, reject) => {
        collectBody(request, (error, body) => (error ? reject(error) : resolve(body)));
      });
      const headers = request.headers as Record<string, string | undefined>;
      const notification = await deps.pay.readNotification(headers, raw);
      const outcome = await receiveNotification(deps, notification);
      onTaken({ notificationId: notification.id, paymentNo: paymentNoOf(notification), outcome });
      return 200;
    } catch (error) {
      if (error instanceof NotificationRefused) {
        onRefused(error.reason);
        return 400;
      }
      if (error instanceof BodyTooLarge) return 413;
      // A certificate that could not be fetched, a database that is away, or a fault of ours.
      if (!(error instanceof GatewayError)) onFault(error, "wechat-notify");
      return 503;
    }
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<503>((resolve) => {
      timer = setTimeout(() => resolve(503), answerWithinMs);
    });
    const status = await Promise.race([receive(request), late]);
    clearTimeout(timer);
    if (status === 503) response.setHeader("retry-after", "2");
    sendText(response, status, status === 200 ? "SUCCESS" : "FAIL");
  };
}

function paymentNoOf(notification: Notification): string | undefined {
  if (notification.kind === "payment") return notification.trade.paymentNo;
  return notification.kind === "refund" ? notification.refund.paymentNo : undefined;
}
