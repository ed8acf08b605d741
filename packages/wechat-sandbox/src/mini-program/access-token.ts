import { LETTERS_AND_DIGITS, randomText } from "../random";
import { beijingTime } from "../virtual-clock";
import type { World } from "../world";
import { ApiError } from "./api-error";

const LIFE_MS = 7200_000;
/** A token is replaced this long before it ends; both are good in between. */
const REFRESH_BEFORE_MS = 5 * 60_000;
const FORCED_PER_DAY_MAX = 20;
const FORCED_APART_MS = 30_000;

/**
 * 获取稳定版接口调用凭据. Normal mode gives the same token until five minutes before its end; force_refresh
 * gives a new one and ends the others at once.
 * @throws ApiError 45009 on the 21st forced refresh of a Beijing day, 45011 within 30 s of the last
 */
export function stableToken(world: World, isForced: boolean): { access_token: string; expires_in: number } {
  const now = world.clock.now();
  const { state } = world;
  state.tokens = state.tokens.filter((token) => now.getTime() - token.expiresAt.getTime() < LIFE_MS);
  if (isForced) {
    const day = beijingTime(now).slice(0, 10);
    state.forcedRefreshes = state.forcedRefreshes.filter((at) => beijingTime(at).startsWith(day));
    if (state.forcedRefreshes.length >= FORCED_PER_DAY_MAX) {
      throw new ApiError(45009, "reach max api daily quota limit");
    }
    const last = state.forcedRefreshes.at(-1);
    if (last && now.getTime() - last.getTime() < FORCED_APART_MS) {
      throw new ApiError(45011, "api minute-quota reach limit, must slower retry next minute");
    }
    state.forcedRefreshes.push(now);
    for (const token of state.tokens) token.isRevoked = true;
  }
  const newest = state.tokens.at(-1);
  if (newest && !newest.isRevoked) {
    const leftMs = newest.expiresAt.getTime() - now.getTime();
    if (leftMs > REFRESH_BEFORE_MS) {
      return { access_token: newest.value, expires_in: Math.floor(leftMs / 1000) };
    }
  }
  const value = randomText(world.random, `${LETTERS_AND_DIGITS}_-`, 136);
  state.tokens.push({ value, expiresAt: new Date(now.getTime() + LIFE_MS), isRevoked: false });
  world.changed();
  return { access_token: value, expires_in: LIFE_MS / 1000 };
}

/** @throws ApiError 41001 missing, 40001 unknown or no longer the latest, 42001 past its end */
export function checkToken(world: World, value: string | undefined): void {
  if (!value) throw new ApiError(41001, "access_token missing");
  const token = world.state.tokens.find((known) => known.value === value);
  if (!token || token.isRevoked) {
    throw new ApiError(40001, "invalid credential, access_token is invalid or not latest");
  }
  if (token.expiresAt <= world.clock.now()) throw new ApiError(42001, "access_token expired");
}
