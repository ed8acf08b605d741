import type { Tx } from "@looklook/db";
import type { Deps } from "../shared";

export async function recordFulfilment(
  _tx: Tx,
  _deps: Pick<Deps, "clock" | "random" | "traceparent">,
  _booking: { id: bigint | number; bookingNo: string },
): Promise<void> {
  throw new Error("not written yet");
}

export async function uploadFulfilment(
  _deps: Pick<Deps, "db" | "clock" | "miniProgram">,
  _input: { bookingNo: string },
): Promise<void> {
  throw new Error("not written yet");
}

export async function sweepFulfilments(_deps: Pick<Deps, "db" | "clock" | "miniProgram">): Promise<number> {
  throw new Error("not written yet");
}
