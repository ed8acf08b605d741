import type { HttpBindings } from "@hono/node-server";
import type { Deps } from "@looklook/core";
import { appRouter, type Context, type Credentials, refusalOf, retryAfterSeconds } from "@looklook/trpc";
import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { Context as HonoContext } from "hono";
import { consoleTokenOf, requireSameOrigin } from "./console-caller";
import { callerAddress } from "./http";

/** Calls in one batch; the console's busiest page makes four. */
const batchMax = 20;

export interface TrpcParts {
  deps: Deps;
  contextOf(credentials: Credentials): Context;
  consoleOrigin: string;
  trustedProxies: number;
  onFault(error: unknown, path: string): void;
}

/** tRPC at `/trpc`, over the fetch adapter. */
export function trpcHandler({ contextOf, consoleOrigin, trustedProxies, onFault }: TrpcParts) {
  function createContext(c: HonoContext<{ Bindings: HttpBindings }>): Context {
    // FormData and octet-streams are what a page of another site can send without asking.
    if (c.req.method === "POST" && !isJson(c.req.header("content-type")))
      throw new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE" });
    const consoleToken = consoleTokenOf(c.req.header("cookie"));
    if (consoleToken !== null)
      requireSameOrigin(
        { secFetchSite: c.req.header("sec-fetch-site"), origin: c.req.header("origin") },
        consoleOrigin,
      );
    return contextOf({
      authorization: c.req.header("authorization") ?? null,
      consoleToken,
      merchantSlug: c.req.header("x-merchant") ?? null,
      ip: callerAddress(c.env.incoming.socket.remoteAddress, c.req.header("x-forwarded-for"), trustedProxies),
      isPassive: c.req.header("accept")?.includes("text/event-stream") ?? false,
    });
  }

  return (c: HonoContext<{ Bindings: HttpBindings }>) => {
    c.env.outgoing.setHeader("cache-control", "no-store");
    return fetchRequestHandler({
      endpoint: "/trpc",
      req: c.req.raw,
      router: appRouter,
      maxBatchSize: batchMax,
      createContext: () => createContext(c),
      responseMeta({ errors }) {
        const headers: Record<string, string> = {};
        for (const error of errors) {
          const seconds = retryAfterSeconds(refusalOf(error));
          if (seconds !== null) headers["retry-after"] = String(seconds);
        }
        return { headers };
      },
      onError({ error, path }) {
        const { code } = refusalOf(error);
        if (code === "INTERNAL" || code === "UNAVAILABLE") onFault(error, path ?? "trpc");
      },
    });
  };
}

function isJson(contentType: string | undefined): boolean {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase() === "application/json";
}
