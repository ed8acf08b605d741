import { createHash } from "node:crypto";
import {
  type ConsoleIdentity,
  type ConsoleSessionRow,
  limits,
  type RevokeSessionInput,
  type SignInInput,
  type SignInOutput,
} from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, idOf, takePoint } from "../shared";

/** Sessions are touched at most this often, so that reading does not write. */
const touchEveryMs = 60_000;

/** What the cookie's opaque token is stored and found by. */
function tokenHash(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash("sha256").update(token).digest());
}

/**
 * Opens a console session; `token` is handed out this once.
 * @throws AppError SIGN_IN_FAILED for an unknown or disabled person as for a wrong password | RATE_LIMITED
 */
export async function signIn(
  deps: Pick<Deps, "db" | "clock" | "random" | "limiter" | "passwords">,
  input: z.infer<typeof SignInInput> & { ip: string },
): Promise<z.infer<typeof SignInOutput>> {
  const email = input.email.toLowerCase();
  await takePoint(deps, "console-sign-in", `${input.ip}:${email}`);
  const user = await deps.db.consoleUser.findUnique({
    where: { email },
    select: { id: true, name: true, email: true, passwordHash: true, disabledAt: true },
  });
  const matches = await deps.passwords.verify(user?.passwordHash ?? null, input.password);
  if (!user || !matches || user.disabledAt) throw new AppError("SIGN_IN_FAILED");

  const now = deps.clock.now();
  const token = deps.random.bytes(32).toString("base64url");
  const expiresAt = new Date(now.getTime() + limits.consoleSession.absoluteMs);
  await deps.db.$transaction(async (tx) => {
    const { id } = await tx.consoleSession.create({
      data: {
        tokenHash: tokenHash(token),
        consoleUserId: user.id,
        userAgent: input.userAgent,
        createdAt: now,
        lastSeenAt: now,
        expiresAt,
      },
      select: { id: true },
    });
    await tx.audit.create({
      data: {
        at: now,
        consoleUserId: user.id,
        action: "console.signed-in",
        subject: `console_session:${id}`,
        detail: {},
      },
      select: { id: true },
    });
  });
  return { token, expiresAt, user: { id: idOf(user.id), name: user.name, email: user.email } };
}

/**
 * Who a session cookie stands for, with what they belong to; null once it was revoked, sat idle or reached its end.
 * `isPassive`: a page that only listens does not keep its session awake.
 */
export async function authenticateConsole(
  { db, clock }: Pick<Deps, "db" | "clock">,
  token: string,
  { isPassive = false }: { isPassive?: boolean } = {},
): Promise<ConsoleIdentity | null> {
  const now = clock.now();
  const session = await db.consoleSession.findUnique({
    where: { tokenHash: tokenHash(token) },
    select: {
      id: true,
      lastSeenAt: true,
      expiresAt: true,
      revokedAt: true,
      consoleUser: {
        select: {
          id: true,
          name: true,
          email: true,
          isOperator: true,
          disabledAt: true,
          memberships: {
            select: { role: true, merchant: { select: { id: true, slug: true, name: true, nameEn: true } } },
            orderBy: { merchantId: "asc" },
          },
        },
      },
    },
  });
  if (!session || session.consoleUser.disabledAt || !isAlive(session, now)) return null;
  if (!isPassive && now.getTime() - session.lastSeenAt.getTime() >= touchEveryMs)
    await db.consoleSession.updateMany({
      where: { id: session.id, lastSeenAt: { lt: now } },
      data: { lastSeenAt: now },
    });
  const { id, name, email, isOperator, memberships } = session.consoleUser;
  return {
    id: idOf(id),
    name,
    email,
    isOperator,
    sessionId: idOf(session.id),
    memberships: memberships.map(({ role, merchant }) => ({
      merchantId: idOf(merchant.id),
      slug: merchant.slug,
      name: merchant.name,
      nameEn: merchant.nameEn,
      role,
    })),
  };
}

/** Ends one session; ending it twice is no error. */
export async function signOut(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: { sessionId: number },
): Promise<{ ok: true }> {
  await db.consoleSession.updateMany({
    where: { id: input.sessionId, revokedAt: null },
    data: { revokedAt: clock.now() },
  });
  return { ok: true };
}

/** A person's own sessions that still open doors, newest first. */
export async function findConsoleSessions(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: { consoleUserId: number; sessionId: number },
): Promise<{ sessions: z.infer<typeof ConsoleSessionRow>[] }> {
  const now = clock.now();
  const rows = await db.consoleSession.findMany({
    where: {
      consoleUserId: input.consoleUserId,
      revokedAt: null,
      expiresAt: { gt: now },
      lastSeenAt: { gt: new Date(now.getTime() - limits.consoleSession.idleMs) },
    },
    select: { id: true, userAgent: true, createdAt: true, lastSeenAt: true },
    orderBy: { id: "desc" },
    take: limits.pageSizeMax,
  });
  return {
    sessions: rows.map((row) => ({
      ...row,
      id: idOf(row.id),
      isCurrent: idOf(row.id) === input.sessionId,
    })),
  };
}

/** Ends one of a person's own sessions. @throws AppError NOT_FOUND, also for somebody else's */
export async function revokeConsoleSession(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: z.infer<typeof RevokeSessionInput> & { consoleUserId: number },
): Promise<{ ok: true }> {
  const { count } = await db.consoleSession.updateMany({
    where: { id: input.sessionId, consoleUserId: input.consoleUserId, revokedAt: null },
    data: { revokedAt: clock.now() },
  });
  if (count === 0) throw new AppError("NOT_FOUND");
  return { ok: true };
}

function isAlive(session: { lastSeenAt: Date; expiresAt: Date; revokedAt: Date | null }, now: Date): boolean {
  return (
    session.revokedAt === null &&
    session.expiresAt > now &&
    now.getTime() - session.lastSeenAt.getTime() < limits.consoleSession.idleMs
  );
}
