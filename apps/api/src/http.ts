import type { IncomingMessage, ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";

/** The legacy gateway's bound, and ours everywhere. */
export const bodyBytesMax = 1_024 * 1_024;

export class BodyTooLarge extends Error {}
export class BodyUnreadable extends Error {}

/**
 * The whole body.
 * @throws BodyTooLarge above `bodyBytesMax`, before it is read where its length is declared
 * @throws BodyUnreadable when the client went away or its gzip is broken
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"] ?? 0) > bodyBytesMax) {
      reject(new BodyTooLarge());
      return;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > bodyBytesMax) reject(new BodyTooLarge());
      else chunks.push(chunk);
    });
    request.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on("error", () => reject(new BodyUnreadable()));
    request.on("close", () => reject(new BodyUnreadable()));
  });
}

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
