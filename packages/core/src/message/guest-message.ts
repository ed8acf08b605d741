import type { Tx } from "@looklook/db";
import type { Deps } from "../shared";

export async function intendPaidMessages(
  _tx: Tx,
  _deps: Pick<Deps, "clock" | "random" | "traceparent">,
  _bookingNo: string,
): Promise<void> {
  throw new Error("not written yet");
}

export async function sendDueMessages(
  _deps: Pick<Deps, "db" | "clock" | "codes" | "miniProgram">,
  _input: { bookingNo: string },
): Promise<void> {
  throw new Error("not written yet");
}

export async function sweepMessages(
  _deps: Pick<Deps, "db" | "clock" | "codes" | "miniProgram">,
): Promise<number> {
  throw new Error("not written yet");
}
