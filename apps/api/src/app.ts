import type { HttpBindings } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type Checks, readiness } from "./health";
import { bodyBytesMax } from "./http";
import { openApiPages } from "./openapi/page";
import { opsQueues } from "./ops-queues";
import { picturePolicy, securityHeaders } from "./security-headers";
import { type TrpcParts, trpcHandler } from "./trpc-mount";

export interface AppParts extends TrpcParts {
  checks: Checks;
  size: string;
  isSandbox: boolean;
  isStopping(): boolean;
  bullQueues: Parameters<typeof opsQueues>[0]["bullQueues"];
  /** The folder behind `/static`. */
  staticFolder: string;
}

/** Everything but the bridge: tRPC, the document, bull-board, health, pictures. */
export function createApp(parts: AppParts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(securityHeaders(parts.consoleOrigin.startsWith("https:")));

  app.get("/healthz", (c) => c.json({ ok: true }, 200, { "cache-control": "no-store" }));
  app.get("/readyz", readiness(parts.checks, parts));

  app.post("/trpc/*", bodyWithinBounds);
  app.all("/trpc/*", trpcHandler(parts));

  app.route("/", openApiPages());
  app.route("/", opsQueues(parts));

  app.get(
    "/static/*",
    serveStatic({
      root: parts.staticFolder,
      rewriteRequestPath: (path) => path.slice("/static".length),
      onFound: (_, c) => {
        c.header("cache-control", "public, max-age=86400");
        c.header("content-security-policy", picturePolicy);
        // The phone page and the console show them from their own origins.
        c.header("cross-origin-resource-policy", "cross-origin");
      },
    }),
  );

  app.notFound((c) => c.text("404 page not found\n", 404));
  app.onError((error, c) => {
    parts.onFault(error, c.req.path);
    return c.text("", 500);
  });
  return app;
}

const tooLarge = { error: "the body is above 1 MiB" };
const countedBody = bodyLimit({ maxSize: bodyBytesMax, onError: (c) => c.json(tooLarge, 413) });

/**
 * Refuses a body above the bound. Where its length is declared that is enough, for Node reads no more than that; even
 * to look at a body costs a second, complete request object, so only a body without a length is counted as it comes.
 */
const bodyWithinBounds: MiddlewareHandler = async (c, next) => {
  const declared = c.req.header("content-length");
  if (declared === undefined || c.req.header("transfer-encoding") !== undefined) return countedBody(c, next);
  if (Number(declared) > bodyBytesMax) return c.json(tooLarge, 413);
  await next();
};
