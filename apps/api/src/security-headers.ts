import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";

/** Pages of ours that show something: the document's and bull-board's. Nothing comes from outside. */
export const pagePolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/** Everything else is data: should a browser be made to show it, it can do nothing. */
const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";
/** Drawn pictures carry their own styles. */
export const picturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/**
 * On every answer, unless its route says otherwise. They are laid on Node's own response, where they cost nothing, and
 * whatever a route sets replaces them. `isHttps`: browsers are told to stay with https where our public address is.
 */
export function securityHeaders(isHttps: boolean): MiddlewareHandler<{ Bindings: HttpBindings }> {
  const headers = Object.entries({
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "content-security-policy": dataPolicy,
    "cross-origin-resource-policy": "same-origin",
    ...(isHttps && { "strict-transport-security": "max-age=31536000" }),
  });
  return (c, next) => {
    for (const [name, value] of headers) c.env.outgoing.setHeader(name, value);
    return next();
  };
}
