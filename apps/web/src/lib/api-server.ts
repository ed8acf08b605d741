import { consoleSessionCookie } from "@looklook/contracts";
import type { AppRouter } from "@looklook/trpc";
import { createTRPCClient, httpLink } from "@trpc/client";
import superjson from "superjson";
import { env, isHttps } from "../env";

/** Browsers refuse the `__Host-` name on plain http. */
export function sessionCookieName(): string {
  return isHttps() ? consoleSessionCookie.https : consoleSessionCookie.http;
}

/**
 * The API as this server calls it, on behalf of a session or of nobody. A call with a session says `same-origin`
 * because the API takes the cookie only with it: the request comes from the console itself.
 * `forwarded` are headers of the browser's request that the API limits and records by.
 */
export function apiFor(token: string | null, forwarded: Record<string, string> = {}) {
  return createTRPCClient<AppRouter>({
    links: [
      httpLink({
        url: `${apiOrigin()}/trpc`,
        transformer: superjson,
        headers: {
          ...forwarded,
          ...(token === null
            ? {}
            : { cookie: `${sessionCookieName()}=${token}`, "sec-fetch-site": "same-origin" }),
        },
        fetch: (url, options) =>
          fetch(url, { ...options, cache: "no-store", signal: AbortSignal.timeout(10_000) }),
      }),
    ],
  });
}

function apiOrigin(): string {
  return env().API_URL.replace(/\/+$/, "");
}

const passedOn = [
  "accept",
  "content-type",
  "last-event-id",
  "origin",
  "sec-fetch-site",
  "traceparent",
  "trpc-accept",
  "user-agent",
  "x-forwarded-for",
  "x-merchant",
];
const passedBack = ["cache-control", "content-type", "location", "retry-after", "vary", "x-request-id"];

/**
 * Hands a browser's request on to the API and its answer back, streams included. The address is read at run time;
 * a browser that leaves ends the request at the API too. Of the cookies only the session's goes along.
 */
export async function passOn(
  request: Request,
  path: string,
  extra: { toApi?: Record<string, string>; toBrowser?: Record<string, string> } = {},
): Promise<Response> {
  const headers = new Headers({ "accept-encoding": "identity" });
  for (const name of passedOn) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  for (const [name, value] of Object.entries(extra.toApi ?? {})) headers.set(name, value);
  const token = readCookie(request.headers.get("cookie"), sessionCookieName());
  if (token !== null) headers.set("cookie", `${sessionCookieName()}=${token}`);
  const hasBody = request.method !== "GET" && request.method !== "HEAD";
  let answer: Response;
  try {
    answer = await fetch(`${apiOrigin()}${path}${new URL(request.url).search}`, {
      method: request.method,
      headers,
      body: hasBody ? await request.arrayBuffer() : null,
      redirect: "manual",
      cache: "no-store",
      signal: request.signal,
    });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    console.error(`The API does not answer: ${error instanceof Error ? error.message : error}`);
    return Response.json({ error: "UNAVAILABLE" }, { status: 503, headers: { "retry-after": "2" } });
  }
  const back = new Headers(extra.toBrowser);
  for (const name of passedBack) {
    const value = answer.headers.get(name);
    if (value !== null && !back.has(name)) back.set(name, value);
  }
  if (answer.headers.get("content-type")?.startsWith("text/event-stream")) {
    // `no-transform` keeps compression away, which would hold lines back until a block is full.
    back.set("cache-control", "no-cache, no-transform");
    back.set("x-accel-buffering", "no");
  } else if (!back.has("cache-control")) back.set("cache-control", "no-store");
  return new Response(answer.body, { status: answer.status, headers: back });
}

function readCookie(header: string | null, name: string): string | null {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}

/** The path of one tRPC call (or batch) at the API. */
export function trpcPath(segments: string[]): string {
  return `/trpc/${segments.map(encodeURIComponent).join("/")}`;
}
