import { GatewayError } from "@looklook/core/gateway";
import { Agent, fetch as undiciFetch } from "undici";

export type Fetch = (request: Request) => Promise<Response>;

interface WireRequest {
  method: "GET" | "POST";
  url: string;
  headers: Record<string, string>;
  /** Sent byte for byte; null for none. */
  body: string | null;
}

export interface WireAnswer {
  status: number;
  header(name: string): string | undefined;
  /** The bytes as they were received, before anybody parsed them. */
  body: Buffer;
}

export type Transport = (request: WireRequest) => Promise<WireAnswer>;

const defaultTimeoutMs = 5_000;

/**
 * HTTP with one time limit for the whole exchange.
 * Its errors name the path and nothing else: queries carry codes and tokens, bodies carry openids.
 * @throws GatewayError TIMEOUT | NETWORK, both of which say nothing about what WeChat has done
 */
export function createTransport(options: { timeoutMs?: number; fetch?: Fetch }): Transport {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    // WeChat closes idle connections early; a request on one that is just closing would be lost.
    keepAliveTimeout: 4_000,
  });
  return async ({ method, url, headers, body }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const init = { method, headers, body, signal, redirect: "error" as const };
    try {
      const response = options.fetch
        ? await options.fetch(new Request(url, init))
        : await undiciFetch(url, { ...init, dispatcher });
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: Buffer.from(await response.arrayBuffer()),
      };
    } catch {
      const code = signal.aborted ? "TIMEOUT" : "NETWORK";
      throw new GatewayError(code, `${method} ${new URL(url).pathname}: ${code}`);
    }
  };
}
