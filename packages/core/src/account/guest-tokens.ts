import { type GuestToken, limits } from "@looklook/contracts";
import { jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { Random } from "../shared/deps";

/** What a guest's bearer token says. `jti` is null in tokens of the legacy system. */
export interface GuestClaims {
  userId: number;
  jti: string | null;
  issuedAt: Date;
  expiresAt: Date;
}

/** Signs and reads guests' bearer tokens; revocation is the database's business (`authenticateGuest`). */
export interface GuestTokens {
  issue(userId: number, now: Date): Promise<GuestToken>;
  /** null for anything that is not a valid, unexpired HS256 token of ours. */
  read(token: string, now: Date): Promise<GuestClaims | null>;
}

const Claims = z.object({
  exp: z.int(),
  iat: z.int(),
  jwtUserId: z.int().positive(),
  jti: z.string().max(64).optional(),
});

/**
 * Tokens with the claims of the legacy system (exp, iat, jwtUserId) plus jti, so that the same secret lets the
 * mini-program's old tokens live on.
 */
export function createGuestTokens(config: { secret: string; random: Random }): GuestTokens {
  const secret = Buffer.from(config.secret, "utf8");
  return {
    async issue(userId, now) {
      const issuedAt = Math.floor(now.getTime() / 1_000);
      const accessExpire = issuedAt + limits.guestTokenSeconds;
      const accessToken = await new SignJWT({ jwtUserId: userId })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setIssuedAt(issuedAt)
        .setExpirationTime(accessExpire)
        .setJti(config.random.bytes(16).toString("base64url"))
        .sign(secret);
      return { accessToken, accessExpire, refreshAfter: issuedAt + limits.guestTokenSeconds / 2 };
    },
    async read(token, now) {
      try {
        const { payload } = await jwtVerify(token, secret, { algorithms: ["HS256"], currentDate: now });
        const claims = Claims.safeParse(payload);
        if (!claims.success) return null;
        const { exp, iat, jwtUserId, jti } = claims.data;
        return {
          userId: jwtUserId,
          jti: jti ?? null,
          issuedAt: new Date(iat * 1_000),
          expiresAt: new Date(exp * 1_000),
        };
      } catch {
        // Whatever is wrong with it, it is not a token of ours.
        return null;
      }
    },
  };
}
