import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import swaggerUiFolder from "swagger-ui-dist/absolute-path.js";
import { pagePolicy } from "../security-headers";
import { openApiDocument } from "./document";

/** The few files of Swagger UI that a page needs; its own index.html shows a foreign shop. */
const files = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>looklook API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
// The validator's badge would ask its makers.
const start = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null, docExpansion: "none" });\n`;

/** `/openapi.json` and the page that shows it at `/docs`, everything from here. */
export function openApiPages(): Hono {
  const app = new Hono();
  // Made when somebody first asks: it walks every schema.
  let document: string | undefined;
  app.get("/openapi.json", (c) => {
    document ??= JSON.stringify(openApiDocument());
    return c.body(document, 200, { "content-type": "application/json; charset=utf-8" });
  });
  app.get("/docs", (c) => c.html(html, 200, { "content-security-policy": pagePolicy }));
  app.get("/docs/", (c) => c.redirect("/docs"));
  app.get("/docs/start.js", (c) => c.body(start, 200, { "content-type": "text/javascript; charset=utf-8" }));
  for (const file of files)
    app.get(
      `/docs/${file}`,
      serveStatic({
        root: swaggerUiFolder(),
        path: file,
        onFound: (_, c) => c.header("cache-control", "max-age=86400"),
      }),
    );
  return app;
}
