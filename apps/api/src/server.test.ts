import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createConsoleUser, signIn } from "@looklook/core";
import { buildInfra } from "@looklook/infra";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openApiDocument } from "./openapi/document";
import { consoleOrigin, type TestApi, testApi } from "./test-api";

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ seed: "server" });
});
afterAll(() => api.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(api.origin + path, { headers, redirect: "manual" });

describe("health", () => {
  test("readiness names what was asked, the size and who plays WeChat", async () => {
    await api.db.$queryRaw`SELECT 1`;
    const response = await get("/readyz");
    expect([response.status, await response.json()]).toEqual([
      200,
      { ready: true, size: "light", wechat: "sandbox", checks: { database: true } },
    ]);
    expect((await get("/healthz")).status).toBe(200);
  });
});

describe("the document", () => {
  test("is the committed one", () => {
    const committed = readFileSync(new URL("../../../docs/openapi.json", import.meta.url), "utf8");
    expect(`${JSON.stringify(openApiDocument(), null, 2)}\n`).toBe(committed);
  });

  test("tells every route of the bridge and every procedure that is not a stream", () => {
    const { openapi, paths } = openApiDocument();
    expect(openapi).toBe("3.1.0");
    const told = Object.keys(paths ?? {});
    expect(told.filter((path) => !path.startsWith("/trpc/"))).toHaveLength(17 + 13);
    expect(told).toContain("/trpc/booking.create");
    expect(told).not.toContain("/trpc/booking.live");
  });

  test("is served with a page that asks nobody else for anything", async () => {
    const page = await get("/docs");
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? "");
    expect(addresses.length).toBeGreaterThan(3);
    for (const address of [...addresses, "/openapi.json"]) {
      expect(address).toMatch(/^\/(docs\/|openapi)/);
      expect([address, (await get(address)).status]).toEqual([address, 200]);
    }
  });
});

describe("pictures", () => {
  test("are served with their type, and nothing beside them is", async () => {
    const picture = await get("/static/merchants/first.svg");
    // The demo's pictures are drawn by another room; whether or not this one exists, it is no page.
    expect([200, 404]).toContain(picture.status);
    for (const path of [
      "/static/../package.json",
      "/static/%2e%2e/package.json",
      "/static/..%2fpackage.json",
    ])
      expect((await get(path)).status).toBe(404);
  });
});

describe("bull-board", () => {
  let operator: Record<string, string>;
  beforeAll(async () => {
    operator = await api.consoleHeaders({ isOperator: true });
  });

  test("is for operators only", async () => {
    const owner = await api.consoleHeaders();
    expect((await get("/ops/queues")).status).toBe(401);
    expect((await get("/ops/queues", owner)).status).toBe(403);
    expect((await get("/ops/queues/api/queues", owner)).status).toBe(403);
    const page = await get("/ops/queues", { cookie: operator.cookie ?? "" });
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(await page.text()).toContain("/ops/queues/");
    expect((await get("/ops/queues/", operator)).headers.get("location")).toBe("/ops/queues");
    expect((await get("/ops/queues/api/queues", operator)).status).toBe(200);
  });

  test.each([
    ["another site", { "sec-fetch-site": "cross-site" }, 403],
    ["a sister domain", { "sec-fetch-site": "same-site" }, 403],
    ["nowhere", {}, 403],
    ["our own pages", { "sec-fetch-site": "same-origin" }, 404],
    ["our origin", { origin: consoleOrigin }, 404],
  ])("acts only on what our own pages ask: %s", async (_, from, status) => {
    const headers: Record<string, string> = { cookie: operator.cookie ?? "", ...from };
    const response = await fetch(`${api.origin}/ops/queues/api/queues/nothing/pause`, {
      method: "PUT",
      headers,
    });
    expect(response.status).toBe(status);
  });
});

describe("secrets", () => {
  test("no answer carries one, whatever is asked", async () => {
    const canary = "canary-7319-湖边-secret";
    const mobile = "13311112222";
    await createConsoleUser(api.deps, {
      email: "canary@example.com",
      password: canary,
      name: "x",
      isOperator: true,
    });
    const { token } = await signIn(api.deps, {
      email: "canary@example.com",
      password: canary,
      userAgent: "",
      ip: "127.0.0.1",
    });
    const merchant = await api.given.merchant();
    const { listingId } = await api.given.listing({ merchantId: merchant.merchantId });
    const guest = await api.given.guest({ mobile, nickname: "金丝雀", openid: "o-canary-openid" });
    const booking = await api.given.confirmedBooking({
      userId: guest.userId,
      listingId,
      checkInDate: "2026-05-04",
    });
    const desk = await api.consoleHeaders(merchant);
    const row = await api.db.user.findUniqueOrThrow({ where: { id: guest.userId } });
    const secrets = [
      canary,
      token,
      "o-canary-openid",
      row.mobileSealed ?? "",
      (await api.db.booking.findUniqueOrThrow({ where: { bookingNo: booking.bookingNo } })).codeSealed ?? "",
      "$argon2id",
    ];
    const answers: string[] = [];
    const ask = async (
      name: string,
      input: unknown,
      method: "GET" | "POST",
      headers: Record<string, string>,
    ) => answers.push((await api.trpc(name, input, { method, headers })).text);
    for (const name of [
      "booking.today",
      "booking.history",
      "booking.listingChoices",
      "account.sessions",
      "account.identity",
    ])
      await ask(name, undefined, "GET", desk);
    await ask("booking.find", {}, "GET", desk);
    await ask("booking.get", { bookingNo: booking.bookingNo }, "GET", desk);
    await ask("booking.lookUpCode", { code: booking.checkInCode }, "POST", desk);
    await ask("account.signIn", { email: "canary@example.com", password: `${canary}x` }, "POST", {});
    for (const path of ["/openapi.json", "/readyz", "/docs"]) answers.push(await (await get(path)).text());
    const told = answers.join("\n");
    for (const secret of secrets) expect(told).not.toContain(secret);
    // The desk sees four digits and no code.
    expect(told).not.toContain(mobile);
    expect(told).toContain("2222");
    expect(told).not.toContain(booking.checkInCode);
    expect(JSON.stringify(api.faults)).not.toContain(canary);
  });
});

describe("stopping", () => {
  test("what is under way is finished, streams end, and nothing new is taken", async () => {
    const leaving = await testApi({ seed: "stopping" });
    const merchant = await leaving.given.merchant();
    const headers = await leaving.consoleHeaders(merchant);
    const stream = await fetch(`${leaving.origin}/trpc/booking.live`, {
      headers: { ...headers, accept: "text/event-stream" },
    });
    expect(stream.status).toBe(200);
    // A request whose body is still on its way when we are asked to stop.
    const body = '{"page":1,"pageSize":5}';
    const slow = new Promise<string>((resolve, reject) => {
      const sent = request(
        `${leaving.origin}/travel/v1/homestay/homestayList`,
        {
          method: "POST",
          headers: { "content-type": "application/json", "content-length": String(body.length) },
        },
        (response) => {
          let text = "";
          response.on("data", (chunk) => {
            text += String(chunk);
          });
          response.on("end", () => resolve(text));
        },
      );
      sent.on("error", reject);
      sent.write(body.slice(0, 5));
      setTimeout(() => sent.end(body.slice(5)), 500);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const begun = performance.now();
    const closed = leaving.close();
    expect(await slow).toContain('"code":200');
    await closed;
    expect(performance.now() - begun).toBeLessThan(8_000);
    await expect(stream.text()).rejects.toThrow();
    await expect(fetch(`${leaving.origin}/healthz`)).rejects.toThrow();
  });
});

describe("bull-board over real queues", () => {
  test("shows every queue", async () => {
    const logger = { info() {}, warn() {}, error() {} };
    const infra = buildInfra({ databaseUrl: api.url, logger, clientId: "test", prefix: "board" });
    const { opsQueues } = await import("./ops-queues");
    const app = opsQueues({ deps: api.deps, bullQueues: () => infra.bullQueues(), consoleOrigin });
    const operator = await api.consoleHeaders({ isOperator: true });
    const response = await app.request("/ops/queues/api/queues", { headers: operator });
    const { queues } = (await response.json()) as { queues: { name: string }[] };
    expect(queues.length).toBeGreaterThanOrEqual(4);
    await infra.close();
  });
});
