import type { MiddlewareHandler } from "hono";

/** Pages of ours that show something: the document's and bull-board's. Nothing comes from outside. */
export const pagePolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/** Everything else is data: should a browser be made to show it, it can do nothing. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
/** Drawn pictures carry their own styles. */
export const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** `isHttps`: browsers are told to stay with https where our public address is. */
export function securityHeaders(isHttps: boolean): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    headers.set("x-content-type-options", "nosniff");
    headers.set("referrer-policy", "no-referrer");
    headers.set("x-frame-options", "DENY");
    if (!headers.has("content-security-policy")) headers.set("content-security-policy", dataPolicy);
    if (!headers.has("cross-origin-resource-policy"))
      headers.set("cross-origin-resource-policy", "same-origin");
    if (isHttps) headers.set("strict-transport-security", "max-age=31536000");
  };
}
