import { type GuestToken, limits } from "@looklook/contracts";
import { AppError, type Deps } from "../shared";
import { issueToken, nextSecond } from "./guest";

/** A fresh token; the one it was asked with stays good until it ends. @throws AppError NOT_SIGNED_IN */
export async function refreshGuestToken(
  deps: Pick<Deps, "db" | "clock" | "guestTokens">,
  input: { userId: number },
): Promise<GuestToken> {
  const user = await deps.db.user.findUnique({
    where: { id: input.userId },
    select: { id: true, tokensNotBefore: true },
  });
  if (!user) throw new AppError("NOT_SIGNED_IN");
  return issueToken(deps, user);
}

/**
 * Ends this token. A legacy token has no id to end it by: all tokens of its guest issued so far end then, since that
 * is the only line that can be drawn.
 */
export async function logOutGuest(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: { userId: number; jti: string | null },
): Promise<{ ok: true }> {
  const now = clock.now();
  if (input.jti === null)
    await db.user.updateMany({
      where: { id: input.userId },
      data: { tokensNotBefore: nextSecond(now), updatedAt: now },
    });
  else {
    const expiresAt = new Date(now.getTime() + limits.guestTokenSeconds * 1_000);
    // Logging out twice is one log-out.
    await db.revokedToken.upsert({
      where: { jti: input.jti },
      create: { jti: input.jti, expiresAt },
      update: {},
    });
  }
  return { ok: true };
}
