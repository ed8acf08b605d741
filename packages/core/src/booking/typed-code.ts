import type { Tx } from "@looklook/db";
import { AppError, checkPoint, type Deps, takePoint } from "../shared";

/** The person at the desk, for whom wrong codes are counted, and whose house it is. */
interface Desk {
  merchantId: number;
  consoleUserId: number;
}

/**
 * The row id of the booking that a typed or scanned code stands for, at this merchant.
 * Wrong codes are counted for the person and, against many hands, for the house.
 * @throws AppError CHECK_IN_LOCKED with { retryAfterMs }
 * @throws AppError CHECK_IN_CODE_UNKNOWN, also for another merchant's code, so nothing leaks
 */
export async function findByCode(
  { db, limiter, codes }: { db: Tx } & Pick<Deps, "limiter" | "codes">,
  typed: string,
  { merchantId, consoleUserId }: Desk,
): Promise<bigint> {
  const counted = [
    ["check-in-wrong-code", String(consoleUserId)],
    ["check-in-wrong-code-merchant", String(merchantId)],
  ] as const;
  for (const [name, subject] of counted) await checkPoint({ limiter }, name, subject).catch(asLocked);
  const code = await codeIn(codes, typed, merchantId);
  const row = code
    ? await db.booking.findFirst({
        where: { merchantId, codeHmac: { in: codes.hmacs(code).map((hmac) => new Uint8Array(hmac)) } },
        select: { id: true },
      })
    : null;
  if (row) return row.id;
  // The one that used up the last point still hears that its code is unknown; the next one finds the door locked.
  for (const [name, subject] of counted) await takePoint({ limiter }, name, subject).catch(asLocked);
  throw new AppError("CHECK_IN_CODE_UNKNOWN");
}

/** The code in what was typed, or scanned from a QR code of ours for this merchant; null when it is neither. */
async function codeIn(codes: Deps["codes"], typed: string, merchantId: number): Promise<string | null> {
  const code = codes.normalise(typed);
  if (code) return code;
  const facts = await codes.verify(typed.trim());
  return facts?.merchantId === merchantId ? facts.code : null;
}

function asLocked(error: unknown): never {
  if (error instanceof AppError && error.code === "RATE_LIMITED")
    throw new AppError("CHECK_IN_LOCKED", error.facts);
  throw error;
}
