import type { IncomingMessage, ServerResponse } from "node:http";
import { posix } from "node:path";
import { IdempotencyKey } from "@looklook/contracts";
import { AppError, type Deps } from "@looklook/core";
import { type Context, type Credentials, createCaller, refusalOf } from "@looklook/trpc";
import { BodyTooLarge, callerAddress, collectBody, sendText, unzip } from "../http";
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
 * Speaks the legacy wire (docs/bridge.md): POST, JSON only with a length and its content type, the envelope, 400 for
 * refusals, 401 with nothing. It stands in front of Hono and answers a read that is there as bytes without a promise,
 * so that it costs little more than reading the request.
 */
export function bridgeHandler(parts: BridgeParts) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const url = request.url ?? "/";
    let path = url;
    let route = routes.get(url);
    if (!route) {
      path = cleanPath(url);
      route = routes.get(path);
    }
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
    const known = route;
    // Chunked bodies have no length and are not parsed, as in the legacy system, but they are read to their end.
    collectBody(request, (tooLarge, raw) => {
      if (tooLarge) sendTooLarge(response);
      else answer(parts, known, path, request, response, raw);
    });
  };
}

function answer(
  parts: BridgeParts,
  route: Route,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  raw: Buffer,
): void {
  const isForEverybody = route.auth === "none" || !request.headers.authorization;
  if (!route.cache || !isForEverybody) {
    void answerAfresh(parts, route, path, request, response, raw);
    return;
  }
  try {
    const input = readFields(route.fields, bodyOf(request, raw));
    const tags = route.cache.tags(input);
    let key = path;
    for (const name in input) key += `\n${input[name]}`;
    const bytes = parts.hotReads.peek(key, tags);
    if (bytes) {
      sendJson(response, 200, bytes, null);
      return;
    }
    parts.hotReads
      .get(key, tags, () => makeCached(parts, route, request, input))
      .then(
        (made) => sendJson(response, 200, made, null),
        (error: unknown) => sendFailure(parts, route, path, response, error),
      );
  } catch (error) {
    sendFailure(parts, route, path, response, error);
  }
}

async function answerAfresh(
  parts: BridgeParts,
  route: Route,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  raw: Buffer,
): Promise<void> {
  try {
    const context = await contextFor(parts, route, request);
    const input = readFields(route.fields, bodyOf(request, raw));
    const extras = { idempotencyKey: idempotencyKeyOf(request) };
    const data = await route.call(createCaller(context), input, extras);
    sendJson(response, 200, envelope(data), null);
  } catch (error) {
    sendFailure(parts, route, path, response, error);
  }
}

async function makeCached(parts: BridgeParts, route: Route, request: IncomingMessage, input: object) {
  try {
    const caller = createCaller(contextOf(parts, request, null));
    const data = await route.call(caller, input as never, { idempotencyKey: null });
    return { body: envelope(data), isFound: true };
  } catch (error) {
    const notFound = route.cache?.notFound;
    if (notFound && refusalOf(error).code === notFound.code)
      return { body: envelope(notFound.data), isFound: false };
    throw error;
  }
}

/**
 * Who asks, checked before anything else is looked at, as in the legacy system. On routes where it looks at no token,
 * an old one that the client still sends must not be in the way.
 * @throws AppError NOT_SIGNED_IN where a token is required
 */
async function contextFor(parts: BridgeParts, route: Route, request: IncomingMessage): Promise<Context> {
  if (route.auth === "none") return contextOf(parts, request, null);
  const context = contextOf(parts, request, request.headers.authorization ?? null);
  if (route.auth === "required") {
    await context.guest();
    return context;
  }
  try {
    await context.maybeGuest();
    return context;
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_SIGNED_IN") return contextOf(parts, request, null);
    throw error;
  }
}

function contextOf(parts: BridgeParts, request: IncomingMessage, authorization: string | null): Context {
  return parts.contextOf({
    authorization,
    consoleToken: null,
    merchantSlug: null,
    ip: callerAddress(
      request.socket.remoteAddress,
      request.headers["x-forwarded-for"] as string | undefined,
      parts.trustedProxies,
    ),
  });
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

function sendFailure(
  parts: BridgeParts,
  route: Route,
  path: string,
  response: ServerResponse,
  error: unknown,
): void {
  if (error instanceof BodyTooLarge) sendTooLarge(response);
  else if (error instanceof FieldError) sendRefusal(response, badParameter(error.message));
  else sendRefusal(response, bridgeAnswer(refusalFor(parts, path, error), route.words, legacyFieldNames));
}

function sendTooLarge(response: ServerResponse): void {
  response.writeHead(413, { "content-length": 0, connection: "close" }).end();
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
