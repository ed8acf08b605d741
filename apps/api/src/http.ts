import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";

/** The legacy gateway's bound, and ours everywhere. */
export const bodyBytesMax = 1_024 * 1_024;

export class BodyTooLarge extends Error {}
class BodyUnreadable extends Error {}

/**
 * Collects the whole body and hands it over once; a client that goes away before its end is never heard of again.
 * `done` gets BodyTooLarge above `bodyBytesMax`, before the body is read where its length is declared.
 */
export function collectBody(
  request: IncomingMessage,
  done: (error: BodyTooLarge | null, body: Buffer) => void,
): void {
  if (Number(request.headers["content-length"] ?? 0) > bodyBytesMax) {
    done(new BodyTooLarge(), nothing);
    return;
  }
  let first: Buffer = nothing;
  let rest: Buffer[] | undefined;
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    const before = length;
    length += chunk.length;
    if (before > bodyBytesMax) return;
    if (length > bodyBytesMax) done(new BodyTooLarge(), nothing);
    else if (before === 0) first = chunk;
    else {
      rest ??= [];
      rest.push(chunk);
    }
  });
  request.on("end", () => {
    if (length <= bodyBytesMax) done(null, rest ? Buffer.concat([first, ...rest]) : first);
  });
  // Without a listener a client that breaks off would end the process.
  request.on("error", () => {});
}
const nothing: Buffer = Buffer.alloc(0);

/** Undoes `Content-Encoding: gzip`. @throws BodyUnreadable | BodyTooLarge */
export function unzip(request: IncomingMessage, body: Buffer): Buffer {
  if (request.headers["content-encoding"] !== "gzip" || body.length === 0) return body;
  try {
    return gunzipSync(body, { maxOutputLength: bodyBytesMax });
  } catch (error) {
    throw (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE"
      ? new BodyTooLarge()
      : new BodyUnreadable();
  }
}

/**
 * The caller's address. Each trusted proxy adds one entry at the right of X-Forwarded-For; whatever stands further
 * left was written by the caller and proves nothing.
 */
export function callerAddress(
  remoteAddress: string | undefined,
  forwardedFor: string | undefined,
  trustedProxies: number,
): string {
  const chain = [...(forwardedFor ?? "").split(",").map((part) => part.trim()), remoteAddress ?? ""].filter(
    Boolean,
  );
  return chain.at(-1 - Math.min(trustedProxies, chain.length - 1)) ?? "";
}

export function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  });
  response.end(text);
}
