import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Broadcast } from "@looklook/contracts";
import type { Deps } from "@looklook/core";
import { appRouter, createContext } from "@looklook/trpc";
import { type AppParts, createApp } from "./app";
import { bridgeHandler, cleanPath, isBridgePath } from "./bridge/handler";
import { createHotReads } from "./bridge/hot-reads";
import { routes } from "./bridge/routes";
import { queuesPath } from "./ops-queues";
import { wechatNotifyHandler } from "./wechat-notify";

/** How long requests that are being answered may still take once we are asked to stop. */
const drainMs = 8_000;

export interface ServerParts extends Omit<AppParts, "contextOf" | "isStopping" | "onFault" | "deps"> {
  deps: Deps;
  broadcast: Broadcast;
  callbackPath: string;
  log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Told of every answered request. `route` is one of a closed list, never a path of somebody's making. */
  onRequest?(request: { method: string; route: string; status: number; durationMs: number }): void;
}

export interface ApiServer {
  server: Server;
  /** Takes no more requests, finishes those under way, ends live streams. */
  close(): Promise<void>;
}

/** The whole HTTP surface over ready-made parts: main wires it to the world, tests to their own. */
export function createApiServer(parts: ServerParts): ApiServer {
  const { deps, broadcast, log } = parts;
  const hotReads = createHotReads(broadcast, deps.random);
  const shared = { ...deps, broadcast, log };
  const contextOf: AppParts["contextOf"] = (credentials) => createContext(shared, credentials);
  const onFault = (error: unknown, path: string) =>
    log.error({ err: error instanceof Error ? (error.cause ?? error) : error, path }, "request failed");
  let isStopping = false;
  const streams = new Set<ServerResponse>();

  const app = createApp({ ...parts, contextOf, onFault, isStopping: () => isStopping });
  const toApp = getRequestListener(app.fetch);
  const toBridge = bridgeHandler({ ...parts, hotReads, contextOf, onFault });
  const toNotify = wechatNotifyHandler({
    deps,
    onFault,
    onTaken: (fields) => log.info(fields, "a notification was taken"),
    onRefused: (reason) => log.info({ reason }, "a notification was refused"),
  });

  function dispatch(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? "/";
    if (!isBridgePath(url)) {
      if (request.headers.accept?.includes("text/event-stream")) {
        streams.add(response);
        response.once("close", () => streams.delete(response));
      }
      void toApp(request, response);
      return;
    }
    if (request.method === "POST" && cleanPath(url) === parts.callbackPath) {
      void toNotify(request, response);
      return;
    }
    toBridge(request, response);
  }

  const server = createServer((request, response) => {
    const { onRequest } = parts;
    if (isStopping) response.setHeader("connection", "close");
    if (onRequest) {
      const startedAt = performance.now();
      response.once("close", () =>
        onRequest({
          method: request.method ?? "",
          route: routeOf(request.url ?? "/"),
          status: response.statusCode,
          durationMs: performance.now() - startedAt,
        }),
      );
    }
    dispatch(request, response);
  });
  // Longer than the 60 s for which usual load balancers keep theirs, or they would send into a closing connection.
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 66_000;
  server.requestTimeout = 30_000;

  return {
    server,
    async close() {
      isStopping = true;
      hotReads.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Live streams never end by themselves; a browser that loses one connects again, to whoever takes over.
      for (const stream of streams) stream.destroy();
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      const end = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearInterval(idle);
      clearTimeout(end);
    },
  };
}

const appRoutes = ["/healthz", "/readyz", "/openapi.json", "/docs", queuesPath, "/static"];

/** The route that a URL means, for measuring. */
function routeOf(url: string): string {
  const path = cleanPath(url);
  if (routes.has(path)) return path;
  if (path.startsWith("/trpc/")) {
    const name = path.slice("/trpc/".length);
    if (name.includes(",")) return "/trpc/(batch)";
    return name in appRouter._def.procedures ? path : "/trpc/(unknown)";
  }
  return appRoutes.find((route) => path === route || path.startsWith(`${route}/`)) ?? "(unknown)";
}
