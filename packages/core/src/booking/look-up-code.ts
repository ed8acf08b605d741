import type { LookUpCodeInput, LookUpCodeOutput } from "@looklook/contracts";
import type { z } from "zod";
import type { Deps } from "../shared";
import { type ByDesk, lastCheckIn } from "./desk-actor";
import { deskColumns, toDeskBooking } from "./desk-booking";
import { findByCode } from "./typed-code";

/**
 * Whose code this is, before anybody accepts it, and when and by whom it was used. Changes nothing.
 * @throws AppError CHECK_IN_CODE_UNKNOWN, also for another merchant's code, so nothing leaks
 * @throws AppError CHECK_IN_LOCKED with { retryAfterMs }
 */
export async function lookUpCode(
  deps: Pick<Deps, "db" | "clock" | "limiter" | "codes">,
  { code, merchantId, actor }: z.infer<typeof LookUpCodeInput> & ByDesk,
): Promise<z.infer<typeof LookUpCodeOutput>> {
  const id = await findByCode(deps, code, { merchantId, consoleUserId: actor.consoleUserId });
  const row = await deps.db.booking.findUniqueOrThrow({ where: { id }, select: deskColumns });
  const booking = toDeskBooking(row, deps.clock);
  const used = booking.checkedInAt ? await lastCheckIn(deps.db, booking.id) : null;
  return { booking, usedAt: used?.at ?? null, usedBy: used?.by ?? null };
}
