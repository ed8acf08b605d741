import { type GuestToken, limits, type WechatLoginInput } from "@looklook/contracts";
import { sqlStateOf, type Tx } from "@looklook/db";
import type { z } from "zod";
import { GatewayError } from "../payment";
import { AppError, checkPoint, type Deps, takePoint } from "../shared";
import { firstNickname, insertGuest, issueToken, mobileColumns, nextSecond, normalMobile } from "./guest";

type LogInDeps = Pick<
  Deps,
  "db" | "clock" | "random" | "limiter" | "personalData" | "guestTokens" | "miniProgram" | "pay"
>;
type Input = z.infer<typeof WechatLoginInput> & { userId: number | null; ip: string };

/**
 * A token for whoever holds this WeChat account. Its openid decides; a number that WeChat vouches for opens or claims
 * an account. With a token sent (`userId`) the openid is bound to that guest. A number is proven only here.
 * @throws AppError WECHAT_LOGIN_FAILED for whatever WeChat refuses, a number that is missing, foreign or stale
 * @throws AppError WECHAT_ALREADY_BOUND when openid, number and token belong to different people
 */
export async function logInWithWechat(deps: LogInDeps, input: Input): Promise<GuestToken> {
  // Only codes that WeChat refused count against an address: phones share addresses, and good codes come from WeChat.
  await checkPoint(deps, "wechat-login", `refused:${input.ip}`);
  const { openid, sessionKey } = await fromWechat(deps, input.ip, () =>
    deps.miniProgram.openidOf(input.code),
  );
  await takePoint(deps, "wechat-login", `openid:${openid}`);
  const known = await deps.db.userAuth.findUnique({
    where: { authType_authKey: { authType: "wechat_mini", authKey: openid } },
    select: { user: { select: { mobileProvenAt: true } } },
  });
  // Each phone code costs money at WeChat: it is spent only where a number is still to be proven.
  const mobile = known?.user.mobileProvenAt ? null : await mobileOf(deps, input, sessionKey);

  const settle = () => deps.db.$transaction((tx) => settleAccount(tx, deps, { ...input, openid, mobile }));
  const user = await settle().catch((error: unknown) => {
    // The same person tapped twice: the other one has made the account, so now it is found.
    if (sqlStateOf(error) === "23505") return settle();
    throw error;
  });
  return issueToken(deps, user);
}

async function fromWechat<T>(deps: LogInDeps, ip: string, ask: () => Promise<T> | T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    await takePoint(deps, "wechat-login", `refused:${ip}`);
    throw new AppError("WECHAT_LOGIN_FAILED");
  }
}

/** The number that WeChat vouches for, or null when none was sent. */
async function mobileOf(deps: LogInDeps, input: Input, sessionKey: string): Promise<string | null> {
  const { phoneCode, encryptedData, iv } = input;
  if (phoneCode === "" && encryptedData === "") return null;
  const { mobile, appId, at } = await fromWechat(deps, input.ip, () =>
    phoneCode === ""
      ? deps.miniProgram.decryptPhoneNumber(sessionKey, encryptedData, iv)
      : deps.miniProgram.phoneNumberOf(phoneCode),
  );
  // The watermark: data of another app, or of long ago, is somebody else's to send.
  const ageMs = Math.abs(deps.clock.now().getTime() - at.getTime());
  if (appId !== deps.pay.appId || ageMs > limits.wechatTimestampSkewMs)
    throw new AppError("WECHAT_LOGIN_FAILED");
  const normal = normalMobile(mobile);
  if (!/^\d{5,20}$/.test(normal)) throw new AppError("WECHAT_LOGIN_FAILED");
  return normal;
}

interface Account {
  id: bigint;
  tokensNotBefore: Date | null;
}

async function settleAccount(
  tx: Tx,
  deps: LogInDeps,
  input: { openid: string; mobile: string | null; userId: number | null },
): Promise<Account> {
  const auth = await tx.userAuth.findUnique({
    where: { authType_authKey: { authType: "wechat_mini", authKey: input.openid } },
    select: { userId: true },
  });
  if (auth && input.userId !== null && Number(auth.userId) !== input.userId)
    throw new AppError("WECHAT_ALREADY_BOUND");
  const userId = auth?.userId ?? (input.userId === null ? null : BigInt(input.userId));
  if (userId === null) return openByMobile(tx, deps, input);
  if (!auth) await bind(tx, deps, userId, input.openid);
  return proveMobile(tx, deps, userId, input.mobile);
}

/** Nobody is known by this openid: the number finds or opens the account. */
async function openByMobile(
  tx: Tx,
  deps: LogInDeps,
  { openid, mobile }: { openid: string; mobile: string | null },
): Promise<Account> {
  if (mobile === null) throw new AppError("WECHAT_LOGIN_FAILED");
  const now = deps.clock.now();
  const holder = await lockHolder(tx, deps, mobile);
  if (holder && (holder.isProven || !holder.openid)) {
    if (holder.openid) throw new AppError("WECHAT_ALREADY_BOUND");
    await bind(tx, deps, holder.id, openid);
    // Whoever registered this number had proven nothing: what they know of the account ends here.
    return holder.isProven ? holder : claim(tx, deps, holder.id);
  }
  // A number that somebody else's WeChat account only claims goes to the person who has it.
  if (holder) await releaseMobile(tx, deps, holder.id);
  const user = await insertGuest(tx, deps, { mobile, nickname: firstNickname(mobile), mobileProvenAt: now });
  await bind(tx, deps, user.id, openid);
  return user;
}

/** Writes a number that WeChat vouches for into an account that has none proven. */
async function proveMobile(tx: Tx, deps: LogInDeps, userId: bigint, mobile: string | null): Promise<Account> {
  const [user] = await tx.$queryRaw<
    (Account & { mobileProvenAt: Date | null })[]
  >`SELECT id, tokens_not_before AS "tokensNotBefore", mobile_proven_at AS "mobileProvenAt" FROM "user" WHERE id = ${userId}::bigint FOR UPDATE`;
  if (!user) throw new AppError("NOT_SIGNED_IN");
  if (mobile === null || user.mobileProvenAt) return user;
  const holder = await lockHolder(tx, deps, mobile);
  if (holder && holder.id !== user.id) {
    if (holder.isProven) throw new AppError("WECHAT_ALREADY_BOUND");
    await releaseMobile(tx, deps, holder.id);
  }
  const now = deps.clock.now();
  return tx.user.update({
    where: { id: user.id },
    data: { ...mobileColumns(deps, user.id, mobile), mobileProvenAt: now, updatedAt: now },
    select: { id: true, tokensNotBefore: true },
  });
}

async function lockHolder(tx: Tx, deps: LogInDeps, mobile: string) {
  const hmac = Uint8Array.from(deps.personalData.blindIndex(mobile));
  const [holder] = await tx.$queryRaw<(Account & { isProven: boolean; openid: string | null })[]>`
    SELECT u.id, u.tokens_not_before AS "tokensNotBefore", u.mobile_proven_at IS NOT NULL AS "isProven",
           (SELECT a.auth_key FROM user_auth a WHERE a.user_id = u.id AND a.auth_type = 'wechat_mini') AS openid
    FROM "user" u WHERE u.mobile_hmac = ${hmac} FOR UPDATE`;
  return holder ?? null;
}

/** The person who has the number takes over an account that was only registered with it. */
function claim(tx: Tx, deps: LogInDeps, userId: bigint): Promise<Account> {
  const now = deps.clock.now();
  return tx.user.update({
    where: { id: userId },
    data: { passwordHash: null, tokensNotBefore: nextSecond(now), mobileProvenAt: now, updatedAt: now },
    select: { id: true, tokensNotBefore: true },
  });
}

/** Takes an unproven number from an account, with the password that went with it. */
async function releaseMobile(tx: Tx, deps: LogInDeps, userId: bigint): Promise<void> {
  const now = deps.clock.now();
  await tx.user.update({
    where: { id: userId },
    data: {
      mobileHmac: null,
      mobileSealed: null,
      mobileLast4: "",
      passwordHash: null,
      tokensNotBefore: nextSecond(now),
      updatedAt: now,
    },
    select: { id: true },
  });
}

async function bind(tx: Tx, deps: LogInDeps, userId: bigint, openid: string): Promise<void> {
  const other = await tx.userAuth.findUnique({
    where: { userId_authType: { userId, authType: "wechat_mini" } },
    select: { id: true },
  });
  if (other) throw new AppError("WECHAT_ALREADY_BOUND");
  await tx.userAuth.create({
    data: { userId, authType: "wechat_mini", authKey: openid, createdAt: deps.clock.now() },
    select: { id: true },
  });
}
