import { AppError, type Deps } from "../shared";

/**
 * Who a bearer token stands for.
 * @throws AppError NOT_SIGNED_IN for a token that is not ours, has expired, was logged out, was issued before the
 *   guest's `tokens_not_before` (the only way to revoke a legacy token, which carries no `jti`), or names nobody
 */
export async function authenticateGuest(
  { db, clock, guestTokens }: Pick<Deps, "db" | "clock" | "guestTokens">,
  token: string,
): Promise<{ userId: number; jti: string | null }> {
  const claims = token === "" ? null : await guestTokens.read(token, clock.now());
  if (!claims) throw new AppError("NOT_SIGNED_IN");
  const [user] = await db.$queryRaw<{ tokensNotBefore: Date | null; isRevoked: boolean }[]>`
    SELECT u.tokens_not_before AS "tokensNotBefore",
           EXISTS (SELECT 1 FROM revoked_token r WHERE r.jti = ${claims.jti}) AS "isRevoked"
    FROM "user" u WHERE u.id = ${claims.userId}::bigint`;
  if (!user || user.isRevoked) throw new AppError("NOT_SIGNED_IN");
  if (user.tokensNotBefore && claims.issuedAt < user.tokensNotBefore) throw new AppError("NOT_SIGNED_IN");
  return { userId: claims.userId, jti: claims.jti };
}
