import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { HonoAdapter } from "@bull-board/hono";
import { serveStatic } from "@hono/node-server/serve-static";
import { AppError, authenticateConsole, type Deps, isUnavailable } from "@looklook/core";
import { Hono } from "hono";
import { consoleTokenOf, requireSameOrigin } from "./console-caller";
import { pagePolicy } from "./security-headers";

export const queuesPath = "/ops/queues";

type BullQueues = ConstructorParameters<typeof BullMQAdapter>[0][];

/** bull-board, for operators with a console session; it acts only on what our own pages ask. */
export function opsQueues(parts: {
  deps: Pick<Deps, "db" | "clock">;
  bullQueues(): Promise<BullQueues>;
  consoleOrigin: string;
}): Hono {
  const app = new Hono();
  app.use(`${queuesPath}/*`, async (c, next) => {
    if (c.req.path === `${queuesPath}/`) return c.redirect(queuesPath);
    try {
      const token = consoleTokenOf(c.req.header("cookie"));
      const identity = token === null ? null : await authenticateConsole(parts.deps, token);
      if (!identity) return c.text("请先登录 · Sign in first", 401);
      if (!identity.isOperator) return c.text("没有权限 · For operators only", 403);
      if (c.req.method !== "GET" && c.req.method !== "HEAD")
        requireSameOrigin(
          { secFetchSite: c.req.header("sec-fetch-site"), origin: c.req.header("origin") },
          parts.consoleOrigin,
        );
    } catch (error) {
      if (error instanceof AppError) return c.text("没有权限 · Not from here", 403);
      if (isUnavailable(error)) return c.text("Unavailable", 503, { "retry-after": "2" });
      throw error;
    }
    await next();
    c.header("content-security-policy", pagePolicy);
    c.header("cache-control", "no-store");
    return undefined;
  });

  // The queues' connections open when somebody first looks.
  let board: Promise<Hono> | undefined;
  app.all(`${queuesPath}/*`, async (c) => {
    board ??= openBoard(parts.bullQueues);
    const page = await board.catch((error: unknown) => {
      board = undefined;
      throw error;
    });
    return page.fetch(c.req.raw, c.env);
  });
  return app;
}

async function openBoard(bullQueues: () => Promise<BullQueues>): Promise<Hono> {
  const serverAdapter = new HonoAdapter(serveStatic);
  serverAdapter.setBasePath(queuesPath);
  createBullBoard({
    queues: (await bullQueues()).map((queue) => new BullMQAdapter(queue)),
    serverAdapter,
    options: { uiConfig: { boardTitle: "looklook" } },
  });
  return new Hono().route(queuesPath, serverAdapter.registerPlugin());
}
