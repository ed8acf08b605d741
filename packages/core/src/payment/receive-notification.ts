import type { Notification } from "./gateway";
import type { PaymentDeps } from "./payment";

/** All of them are answered with success; `stored` means that the sweep will apply it. */
export type NotificationAnswer = "applied" | "repeated" | "suspense" | "ignored" | "stored";

export async function receiveNotification(
  _deps: PaymentDeps,
  _notification: Notification,
): Promise<NotificationAnswer> {
  throw new Error("not written yet");
}
