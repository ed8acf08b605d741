import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { passOn } from "./api-server";

/** Plays the API: each test says how it answers. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => answer(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("API_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("NEXTAUTH_URL", "http://localhost:3000");
  vi.stubEnv("NEXTAUTH_SECRET", "0".repeat(43));
  vi.stubEnv("NODE_ENV", "test");
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const fromBrowser = (init: RequestInit = {}) => new Request("http://localhost:3000/api/trpc/x?input=1", init);

test("a live stream's lines arrive one by one, and a browser that leaves ends it at the API", async () => {
  const left = new Promise<void>((resolve) => {
    answer = (request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: first\n\n");
      request.once("close", resolve);
    };
  });
  const browser = new AbortController();
  const stream = await passOn(fromBrowser({ signal: browser.signal }), "/trpc/x");
  expect(stream.headers.get("cache-control")).toContain("no-transform");
  const line = await stream.body?.getReader().read();
  expect(new TextDecoder().decode(line?.value)).toBe("data: first\n\n");
  browser.abort();
  await left;
});

test("of the browser's request only what the API needs goes along", async () => {
  let seen: IncomingMessage["headers"] = {};
  let path: string | undefined;
  answer = (request, response) => {
    seen = request.headers;
    path = request.url;
    response.end("{}");
  };
  await passOn(
    fromBrowser({
      headers: {
        cookie: "theme=dark; looklook.session-token=abc; next-auth.csrf-token=secret",
        authorization: "Bearer guest",
        "sec-fetch-site": "same-origin",
        "x-merchant": "chosen-by-the-browser",
      },
    }),
    "/trpc/booking.today",
    { toApi: { "x-merchant": "of-the-address" } },
  );
  expect(path).toBe("/trpc/booking.today?input=1");
  expect(seen).toMatchObject({
    cookie: "looklook.session-token=abc",
    "sec-fetch-site": "same-origin",
    "x-merchant": "of-the-address",
  });
  expect(seen.authorization).toBeUndefined();
});

test("of the API's answer no cookie comes back, and nothing is kept by caches", async () => {
  answer = (_request, response) => {
    response.writeHead(429, { "set-cookie": "a=b", "retry-after": "7", "content-type": "application/json" });
    response.end("{}");
  };
  const refused = await passOn(fromBrowser(), "/trpc/x");
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("7");
  expect(refused.headers.get("cache-control")).toBe("no-store");
  expect(refused.headers.has("set-cookie")).toBe(false);
});

test("an API that is away is 503 with a time to come back", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  answer = (request) => request.socket.destroy();
  const away = await passOn(fromBrowser(), "/trpc/x");
  expect(away.status).toBe(503);
  expect(away.headers.get("retry-after")).toBe("2");
});
