import {
  BookingNo,
  type ConsoleIdentity,
  type MembershipRole,
  membershipRoles,
  type RateLimitName,
} from "@looklook/contracts";
import { type Actor, AppError, requireMembership, takePoint } from "@looklook/core";
import { initTRPC, TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import superjson from "superjson";
import type { Context } from "./context";
import { refusalOf, trpcCodeOf } from "./errors";

/** Facts about a procedure that others read: the OpenAPI document, the tenant-isolation matrix. */
export type Meta = {
  /** Who may call it, by their role at the merchant of `x-merchant`. */
  roles?: readonly MembershipRole[];
  openapi?: { method: "POST"; path: `/${string}`; summary: string; tags: string[]; protect: boolean };
};

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    isDev: false,
    errorFormatter({ shape, error }) {
      const { code, facts, fields } = refusalOf(error);
      // tRPC's own refusals (unknown path, wrong method, body too large) keep their status.
      const isTrpcs = code === "INVALID_INPUT" && error.code !== "INTERNAL_SERVER_ERROR";
      const trpcCode = isTrpcs ? error.code : trpcCodeOf[code];
      return {
        message: code,
        code: TRPC_ERROR_CODES_BY_KEY[trpcCode],
        data: {
          code,
          httpStatus: getHTTPStatusCodeFromError(new TRPCError({ code: trpcCode })),
          path: shape.data.path,
          facts,
          fields,
        },
      };
    },
    // A proxy closes what is silent; a browser that hears nothing for three heartbeats connects again.
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 45_000 } },
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** `/trpc/<path>` in the OpenAPI document. */
export function describe(path: string, summary: string): Meta {
  return {
    openapi: {
      method: "POST",
      path: `/trpc/${path}`,
      summary,
      tags: [path.split(".")[0] ?? path],
      protect: true,
    },
  };
}

/**
 * Notes every change that was asked for, with the booking it is about and how it came out: by a booking's number an
 * operator finds what was done with it. No other input is noted; it holds people's data.
 */
const procedure = t.procedure.use(async ({ ctx, type, path, getRawInput, next }) => {
  const result = await next();
  if (type !== "mutation") return result;
  const asked = bookingNoIn(await getRawInput());
  const fields = { procedure: path, bookingNo: asked ?? (result.ok ? bookingNoIn(result.data) : undefined) };
  if (result.ok) ctx.log.info(fields, "done");
  else ctx.log.info({ ...fields, errorCode: refusalOf(result.error).code }, "refused");
  return result;
});

/** The booking number that an input or an answer names, if it is one. */
function bookingNoIn(value: unknown): string | undefined {
  const { bookingNo } = (typeof value === "object" && value !== null ? value : {}) as { bookingNo?: unknown };
  return BookingNo.safeParse(bookingNo).data;
}

/** Anybody. */
export const publicProcedure = procedure;

/** Counts a call against a row of the rate limits, for each guest, or for each address where nobody is signed in. */
export const limited = (name: RateLimitName) =>
  t.middleware(async ({ ctx, next }) => {
    const { userId = null } = ctx as { userId?: number | null };
    await takePoint(ctx, name, userId === null ? ctx.ip : `user:${userId}`);
    return next();
  });

/** Anybody; `ctx.userId` where a good token was sent, null where none was. */
export const maybeGuestProcedure = procedure.use(async ({ ctx, next }) =>
  next({ ctx: { userId: (await ctx.maybeGuest())?.userId ?? null } }),
);

/** A guest with a bearer token. */
export const guestProcedure = procedure.use(async ({ ctx, next }) => {
  const { userId, jti } = await ctx.guest();
  return next({ ctx: { userId, jti } });
});

/** Somebody signed in to the console, whatever they belong to. */
export const consoleProcedure = procedure.use(async ({ ctx, next }) => {
  const identity = await signedIn(ctx);
  return next({ ctx: { identity } });
});

/** A platform operator. */
export const operatorProcedure = consoleProcedure.use(({ ctx, next }) => {
  if (!ctx.identity.isOperator) throw new AppError("FORBIDDEN");
  return next({ ctx: { actor: actorOf(ctx.identity, "operator") } });
});

/**
 * Somebody who belongs to the merchant that `x-merchant` names, in one of `roles`. Another merchant's slug answers as
 * one that does not exist.
 */
export function merchantProcedure(roles: readonly MembershipRole[] = membershipRoles) {
  return consoleProcedure.meta({ roles }).use(async ({ ctx, next }) => {
    const { merchant, role } = await requireMembership(ctx, ctx.identity.id, ctx.merchantSlug ?? "");
    if (!roles.includes(role)) throw new AppError("FORBIDDEN");
    return next({ ctx: { merchant, role, actor: actorOf(ctx.identity, "console_user") } });
  });
}

async function signedIn(ctx: Context): Promise<ConsoleIdentity> {
  const identity = await ctx.console();
  if (!identity) throw new AppError("NOT_SIGNED_IN");
  return identity;
}

function actorOf<K extends "console_user" | "operator">(identity: ConsoleIdentity, kind: K) {
  return { kind, consoleUserId: identity.id, name: identity.name } satisfies Actor;
}
