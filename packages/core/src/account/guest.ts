import type { Tx, User } from "@looklook/db";
import type { Deps } from "../shared";

/** Two ways in which one number may be written are one number: WeChat sends it bare, people type spaces and +86. */
export function normalMobile(text: string): string {
  return text.replace(/[\s-]/g, "").replace(/^(\+|00)86/, "");
}

/** What a new guest is called until they say otherwise (legacy system: wxMiniAuthLogic.go). */
export function firstNickname(mobile: string): string {
  return `LookLook${mobile.slice(7)}`;
}

/**
 * The second from which on a token is good when everything issued before `now` is to be refused. Tokens carry whole
 * seconds, so one issued earlier in this same second could not be told apart: the line is drawn at the next one.
 */
export function nextSecond(now: Date): Date {
  return new Date((Math.floor(now.getTime() / 1_000) + 1) * 1_000);
}

/** A token for this guest, never dated before the line that `tokensNotBefore` draws. */
export function issueToken(
  { guestTokens, clock }: Pick<Deps, "guestTokens" | "clock">,
  user: { id: bigint | number; tokensNotBefore: Date | null },
) {
  const now = clock.now();
  const line = user.tokensNotBefore;
  return guestTokens.issue(Number(user.id), line && line > now ? line : now);
}

/** The columns that hold a guest's number: sealed for its owner, an index for finding, four digits for the desk. */
export function mobileColumns({ personalData }: Pick<Deps, "personalData">, id: bigint, mobile: string) {
  return {
    mobileHmac: Uint8Array.from(personalData.blindIndex(mobile)),
    mobileSealed: personalData.seal(mobile, { table: "user", column: "mobile_sealed", id: Number(id) }),
    mobileLast4: mobile.slice(-4),
  };
}

/** Adds a guest; the row's id is drawn first, because the number is sealed for exactly that row. */
export async function insertGuest(
  tx: Tx,
  deps: Pick<Deps, "personalData" | "clock">,
  guest: { mobile: string; nickname: string } & Partial<Pick<User, "passwordHash" | "mobileProvenAt">>,
): Promise<User> {
  const [drawn] = await tx.$queryRaw<
    { id: bigint }[]
  >`SELECT nextval(pg_get_serial_sequence('"user"', 'id')) AS id`;
  if (!drawn) throw new Error("the user sequence gave no id");
  const now = deps.clock.now();
  return tx.user.create({
    data: {
      id: drawn.id,
      ...mobileColumns(deps, drawn.id, guest.mobile),
      nickname: guest.nickname,
      passwordHash: guest.passwordHash ?? null,
      mobileProvenAt: guest.mobileProvenAt ?? null,
      createdAt: now,
      updatedAt: now,
    },
  });
}
