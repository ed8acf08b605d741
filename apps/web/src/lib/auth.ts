import type { ConsoleIdentity } from "@looklook/contracts";
import { limits } from "@looklook/contracts";
import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { env, isHttps } from "@/env";
import { apiFor, sessionCookieName } from "./api-server";
import { packRefusal, refusalOf } from "./errors";
import { links } from "./links";

declare module "next-auth" {
  interface Session {
    /** null when the API could not be asked just now; somebody who is not signed in has no session at all. */
    identity: ConsoleIdentity | null;
  }
  interface User {
    /** The opaque session token. It lives in the cookie and in no session object. */
    token: string;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    token?: string;
    identity?: ConsoleIdentity | null;
  }
}

/**
 * next-auth over the API's revocable sessions: the cookie is the API's opaque token, `decode` asks the API whom it
 * belongs to, so a revoked session ends with the next request. Made once, when the environment can be read.
 */
export function authOptions(): NextAuthOptions {
  options ??= build();
  return options;
}

let options: NextAuthOptions | undefined;

function build(): NextAuthOptions {
  return {
    secret: env().NEXTAUTH_SECRET,
    pages: { signIn: links.signIn(), error: links.signIn(), signOut: links.signIn() },
    session: { strategy: "jwt", maxAge: limits.consoleSession.absoluteMs / 1_000 },
    useSecureCookies: isHttps(),
    cookies: {
      sessionToken: {
        name: sessionCookieName(),
        options: { httpOnly: true, sameSite: "lax", path: "/", secure: isHttps() },
      },
    },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        async authorize(credentials, request) {
          const headers: Record<string, string | undefined> = request.headers ?? {};
          try {
            const { token, user } = await apiFor(null, forwarded(headers)).account.signIn.mutate({
              email: (credentials?.email ?? "").trim(),
              password: credentials?.password ?? "",
              userAgent: (headers["user-agent"] ?? "").slice(0, 256),
            });
            return { id: String(user.id), name: user.name, email: user.email, token };
          } catch (error) {
            throw new Error(packRefusal(refusalOf(error)));
          }
        },
      }),
    ],
    jwt: {
      encode: async ({ token }) => token?.token ?? "",
      async decode({ token }) {
        if (!token) return null;
        try {
          return { token, identity: await apiFor(token).account.identity.query() };
        } catch (error) {
          if (refusalOf(error).code === "NOT_SIGNED_IN") return null;
          // The API is away: nobody is signed out for that, the page says so instead.
          return { token, identity: null };
        }
      },
    },
    callbacks: {
      jwt: ({ token, user }) => (user ? { ...token, token: user.token } : token),
      session: ({ session, token }) => ({ expires: session.expires, identity: token.identity ?? null }),
    },
    events: {
      async signOut({ token }) {
        if (token?.token) await apiFor(token.token).account.signOut.mutate();
      },
    },
    logger: {
      error(code, metadata) {
        // Each revoked or expired cookie ends here: that is what revoking is for, not a failure.
        if (code === "JWT_SESSION_ERROR") return;
        console.error(code, metadata);
      },
      warn() {},
      debug() {},
    },
  };
}

function forwarded(headers: Record<string, string | undefined>): Record<string, string> {
  const address = headers["x-forwarded-for"];
  return address ? { "x-forwarded-for": address } : {};
}
