import type { IncomingMessage, ServerResponse } from "node:http";
import { posix } from "node:path";
import { IdempotencyKey } from "@looklook/contracts";
import { AppError, type Deps } from "@looklook/core";
import { type Context, type Credentials, createCaller, refusalOf } from "@looklook/trpc";
import { BodyTooLarge, callerAddress, readBody, sendText, unzip } from "../http";
import { type BridgeAnswer, badParameter, bridgeAnswer } from "./errors";
import { FieldError, readFields } from "./fields";
import { goJson } from "./go-json";
import type { HotReads } from "./hot-reads";
import { legacyFieldNames, type Route, routes } from "./routes";

export interface BridgeParts {
  deps: Deps;
  hotReads: HotReads;
  contextOf(credentials: Credentials): Context;
  trustedProxies: number;
  /** Something that is our fault; the client learns nothing of it. */
  onFault(error: unknown, path: string): void;
}

const prefixes = ["/usercenter/", "/travel/", "/order/", "/payment/"];

/** Whether a request is the mini-program's; all others are Hono's. */
export function isBridgePath(url: string): boolean {
  return prefixes.some((prefix) => url.startsWith(prefix)) || isBridgePathUnclean(url);
}

function isBridgePathUnclean(url: string): boolean {
  if (!url.startsWith("//") && !url.startsWith("/.")) return false;
  return prefixes.some((prefix) => cleanPath(url).startsWith(prefix));
}

/** Go's path.Clean on the path of a URL: no doubled slashes, no dots, no slash at the end. */
export function cleanPath(url: string): string {
  const path = posix.normalize(url.split("?", 1)[0] ?? "/");
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/**
 * Speaks the legacy wire (the bridge's document in docs/): POST, JSON only with a length and its content type, the
 * envelope, 400 for refusals, 401 with nothing. It stands in front of Hono so that a read that is served from bytes
 * costs little more than reading the request.
 */
export function bridgeHandler(parts: BridgeParts) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? "/";
    const route = routes.get(url) ?? routes.get(cleanPath(url));
    if (!route) {
      request.resume();
      sendText(response, 404, "404 page not found\n");
      return;
    }
    if (request.method !== "POST") {
      request.resume();
      response.writeHead(405, { allow: "POST", "content-length": 0 }).end();
      return;
    }
    try {
      // Chunked bodies have no length and are not parsed, as in the legacy system, but they are read to their end.
      const raw = await readBody(request);
      await answer(parts, route, cleanPath(url), request, response, raw);
    } catch (error) {
      if (error instanceof BodyTooLarge) {
        response.writeHead(413, { "content-length": 0, connection: "close" }).end();
        return;
      }
      if (!response.headersSent) response.writeHead(400, { "content-length": 0 }).end();
    }
  };
}

async function answer(
  parts: BridgeParts,
  route: Route,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  raw: Buffer,
): Promise<void> {
  try {
    const context = route.auth === "none" ? null : contextOf(parts, request);
    if (route.auth === "required") await (context as Context).guest();
    const input = readFields(route.fields, bodyOf(request, raw));
    const isAnonymous = route.auth === "none" || !request.headers.authorization;
    if (route.cache && isAnonymous) {
      const tags = route.cache.tags(input);
      const key = `${path}\n${JSON.stringify(input)}`;
      const bytes =
        parts.hotReads.peek(key, tags) ??
        (await parts.hotReads.get(key, tags, () => makeCached(parts, route, request, input)));
      sendJson(response, 200, bytes, null);
      return;
    }
    const caller = createCaller(await withoutBadToken(parts, route, request, context));
    const data = await route.call(caller, input, { idempotencyKey: idempotencyKeyOf(request) });
    sendJson(response, 200, envelope(data), null);
  } catch (error) {
    if (error instanceof BodyTooLarge) throw error;
    const refused =
      error instanceof FieldError
        ? badParameter(error.message)
        : bridgeAnswer(refusalFor(parts, path, error), route.words, legacyFieldNames);
    sendRefusal(response, refused);
  }
}

async function makeCached(parts: BridgeParts, route: Route, request: IncomingMessage, input: object) {
  try {
    const caller = createCaller(contextOf(parts, request));
    const data = await route.call(caller, input as never, { idempotencyKey: null });
    return { body: envelope(data), isFound: true };
  } catch (error) {
    const notFound = route.cache?.notFound;
    if (notFound && refusalOf(error).code === notFound.code)
      return { body: envelope(notFound.data), isFound: false };
    throw error;
  }
}

function contextOf(parts: BridgeParts, request: IncomingMessage, authorization?: null): Context {
  return parts.contextOf({
    authorization: authorization === null ? null : (request.headers.authorization ?? null),
    consoleToken: null,
    merchantSlug: null,
    ip: callerAddress(
      request.socket.remoteAddress,
      request.headers["x-forwarded-for"] as string | undefined,
      parts.trustedProxies,
    ),
  });
}

/** On routes where the legacy system looks at no token, an old one that the client still sends must not be in the way. */
async function withoutBadToken(
  parts: BridgeParts,
  route: Route,
  request: IncomingMessage,
  context: Context | null,
): Promise<Context> {
  if (route.auth === "required" && context) return context;
  if (route.auth === "none" || !context) return contextOf(parts, request, null);
  try {
    await context.maybeGuest();
    return context;
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_SIGNED_IN") return contextOf(parts, request, null);
    throw error;
  }
}

/** The parsed body: empty unless it has a length and calls itself JSON. @throws FieldError for what is no JSON object */
function bodyOf(request: IncomingMessage, raw: Buffer): Record<string, unknown> {
  const length = Number(request.headers["content-length"] ?? 0);
  if (!(length > 0) || !request.headers["content-type"]?.includes("application/json")) return {};
  let body: unknown;
  try {
    body = JSON.parse(unzip(request, raw).toString("utf8"));
  } catch (error) {
    if (error instanceof BodyTooLarge) throw error;
    throw new FieldError("the body is not JSON");
  }
  if (body === null) return {};
  if (typeof body !== "object" || Array.isArray(body)) throw new FieldError("the body is not a JSON object");
  return body as Record<string, unknown>;
}

/** @throws FieldError for a key that is not one of ours to remember */
function idempotencyKeyOf(request: IncomingMessage): string | null {
  const sent = request.headers["idempotency-key"];
  if (sent === undefined) return null;
  const key = IdempotencyKey.safeParse(sent);
  if (!key.success) throw new FieldError('wrong value for field "Idempotency-Key"');
  return key.data;
}

function refusalFor(parts: BridgeParts, path: string, error: unknown) {
  const refusal = refusalOf(error);
  if (refusal.code === "INTERNAL" || refusal.code === "UNAVAILABLE") parts.onFault(error, path);
  return refusal;
}

function envelope(data: unknown): Buffer {
  return Buffer.from(`{"code":200,"msg":"OK","data":${goJson(data)}}`);
}

function sendRefusal(response: ServerResponse, { status, body, retryAfterSeconds }: BridgeAnswer): void {
  if (body === null) response.writeHead(status, { "content-length": 0 }).end();
  else sendJson(response, status, Buffer.from(goJson(body)), retryAfterSeconds);
}

function sendJson(
  response: ServerResponse,
  status: number,
  bytes: Buffer,
  retryAfterSeconds: number | null,
): void {
  const headers: (string | number)[] = [
    "content-type",
    "application/json; charset=utf-8",
    "content-length",
    bytes.length,
    "x-content-type-options",
    "nosniff",
    "cache-control",
    "no-store",
  ];
  if (retryAfterSeconds !== null) headers.push("retry-after", retryAfterSeconds);
  response.writeHead(status, headers as unknown as string[]).end(bytes);
}
