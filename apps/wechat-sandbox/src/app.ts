import { join } from "node:path";
import type { HttpBindings } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { ConnectionFault, type Sandbox, type SandboxKeys } from "@looklook/wechat-sandbox";
import { Hono } from "hono";
import { proxy } from "hono/proxy";
import { secureHeaders } from "hono/secure-headers";
import { createControl } from "./control";

export interface AppOptions {
  sandbox: Sandbox;
  keys: Pick<SandboxKeys, "appid" | "mchid">;
  /** Resolves when what has changed so far will survive a crash. */
  save(): Promise<void>;
  bridgeUrl: string;
  /** The built phone page: `index.html` is served at `/`, everything at `/phone/*`. */
  phoneDir: string;
}

/** WeChat's paths, the control API at `/sandbox`, the phone page, and the page's way to the bridge. */
export function createApp({ sandbox, keys, save, bridgeUrl, phoneDir }: AppOptions) {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.get("/healthz", (c) => c.json({ status: "ok" }));

  // Another site's page, open in the same browser, must not pay here.
  for (const path of ["/sandbox/*", "/bridge/*"]) {
    app.use(path, async (c, next) => {
      const site = c.req.header("sec-fetch-site") ?? "none";
      if (site !== "same-origin" && site !== "none") return c.json({ error: "cross-site request" }, 403);
      return next();
    });
  }

  app.use("/sandbox/*", async (_, next) => {
    await next();
    await save();
  });
  app.route("/sandbox", createControl(sandbox, keys));

  app.all("/bridge/*", async (c) => {
    const { pathname, search } = new URL(c.req.url);
    const target = new URL(pathname.slice("/bridge".length) + search, bridgeUrl);
    try {
      return await proxy(target, {
        raw: c.req.raw,
        headers: { ...c.req.header(), cookie: undefined, host: target.host },
      });
    } catch {
      return c.json({ error: `the bridge at ${bridgeUrl} does not answer` }, 502);
    }
  });

  const page = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:", "blob:"],
      frameAncestors: ["'self'"],
    },
  });
  app.get("/", page, serveStatic({ path: join(phoneDir, "index.html") }), (c) =>
    c.text("The phone page is not built: npm run build -w @looklook/wechat-sandbox-app", 503),
  );
  app.get(
    "/phone/*",
    page,
    serveStatic({ root: phoneDir, rewriteRequestPath: (path) => path.slice("/phone".length) }),
    (c) => c.notFound(),
  );

  for (const path of ["/v3/*", "/sns/*", "/cgi-bin/*", "/wxa/*"]) {
    app.all(path, async (c) => {
      try {
        const response = await sandbox.handle(c.req.raw);
        await save();
        return response;
      } catch (error) {
        if (!(error instanceof ConnectionFault)) throw error;
        await save();
        c.env.incoming.socket.resetAndDestroy();
        return RESPONSE_ALREADY_SENT;
      }
    });
  }
  return app;
}
