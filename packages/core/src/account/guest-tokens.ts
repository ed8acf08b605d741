import type { GuestToken } from "@looklook/contracts";

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
