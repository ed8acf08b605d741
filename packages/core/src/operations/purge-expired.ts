import { limits } from "@looklook/contracts";
import type { Deps } from "../shared";

/** Ended sessions are kept this long, so that a person can still see where they had been signed in. */
const endedSessionsKeptMs = 30 * 24 * 3_600_000;

/** Removes what has ended by itself and answers how many rows went. Job `maintenance.purge`. */
export async function purgeExpired({ db, clock }: Pick<Deps, "db" | "clock">): Promise<number> {
  const now = clock.now();
  const outcomes = await db.$transaction([
    db.revokedToken.deleteMany({ where: { expiresAt: { lt: now } } }),
    db.idempotency.deleteMany({ where: { expiresAt: { lt: now } } }),
    db.consoleSession.deleteMany({
      where: {
        createdAt: { lt: new Date(now.getTime() - limits.consoleSession.absoluteMs - endedSessionsKeptMs) },
      },
    }),
  ]);
  return outcomes.reduce((sum, { count }) => sum + count, 0);
}
