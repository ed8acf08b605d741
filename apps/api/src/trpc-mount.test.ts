import { consoleSessionCookie } from "@looklook/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consoleOrigin, goodPassword, type TestApi, testApi } from "./test-api";

let api: TestApi;
let signedIn: Record<string, string>;
let merchant: { merchantId: number; slug: string };
beforeAll(async () => {
  api = await testApi({ seed: "trpc edge" });
  merchant = await api.given.merchant();
  signedIn = await api.consoleHeaders(merchant);
});
afterAll(() => api.close());

const errorOf = (text: string) => (JSON.parse(text) as { error: { json: ErrorShape } }).error.json;
interface ErrorShape {
  message: string;
  data: { code: string; httpStatus: number; facts: object; fields: object | null };
}

describe("a request that carries the console's cookie", () => {
  const ask = (headers: Record<string, string>, method: "GET" | "POST" = "GET") =>
    api.trpc(method === "GET" ? "account.identity" : "account.signOut", undefined, { method, headers });

  test.each([
    ["our own pages", { "sec-fetch-site": "same-origin" }, 200],
    ["our own origin, from a browser too old to say more", { origin: consoleOrigin }, 200],
    ["a sister domain", { "sec-fetch-site": "same-site" }, 403],
    ["another site", { "sec-fetch-site": "cross-site" }, 403],
    ["another site that claims our origin", { "sec-fetch-site": "cross-site", origin: consoleOrigin }, 403],
    ["typed into the address line", { "sec-fetch-site": "none" }, 403],
    ["another origin", { origin: "http://evil.test" }, 403],
    ["nowhere", {}, 403],
  ])("from %s", async (_, from, status) => {
    const answer = await ask({ cookie: signedIn.cookie ?? "", ...from });
    expect(answer.status).toBe(status);
    if (status === 403)
      expect(errorOf(answer.text).data).toMatchObject({ code: "FORBIDDEN", httpStatus: 403 });
  });

  test("is refused as a mutation, too, and nothing happens", async () => {
    const answer = await ask({ cookie: signedIn.cookie ?? "", "sec-fetch-site": "cross-site" }, "POST");
    expect(answer.status).toBe(403);
    expect((await ask(signedIn)).status).toBe(200);
  });

  test("is known by the prefixed name of an https console as well", async () => {
    const token = (signedIn.cookie ?? "").split("=")[1];
    const answer = await ask({ ...signedIn, cookie: `a=b; ${consoleSessionCookie.https}=${token}` });
    expect(answer.status).toBe(200);
  });

  test("is nobody's when it was signed out", async () => {
    const leaving = await api.consoleHeaders();
    expect((await ask(leaving, "POST")).status).toBe(200);
    const answer = await ask(leaving);
    expect([answer.status, errorOf(answer.text).data.code]).toEqual([401, "NOT_SIGNED_IN"]);
  });
});

describe("the wire", () => {
  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "a mutation as %j is refused",
    async (type) => {
      const response = await fetch(`${api.origin}/trpc/account.login`, {
        method: "POST",
        headers: type ? { "content-type": type } : {},
        body: new TextEncoder().encode('{"json":{"mobile":"1","password":"x"}}'),
      });
      expect(response.status).toBe(415);
    },
  );

  test("bad input names its fields, and unknown keys are refused", async () => {
    const { status, text } = await api.trpc("account.register", {
      mobile: "1",
      password: "x",
      isAdmin: true,
    });
    expect(status).toBe(400);
    expect(errorOf(text)).toMatchObject({
      message: "INVALID_INPUT",
      data: {
        code: "INVALID_INPUT",
        httpStatus: 400,
        fields: {
          mobile: expect.any(Array),
          password: expect.any(Array),
          "": [expect.stringContaining("isAdmin")],
        },
      },
    });
  });

  test("a refusal has its own status, code and facts, and no stack", async () => {
    const { status, text } = await api.trpc("listing.get", { id: 424242 }, { method: "GET" });
    expect(status).toBe(404);
    expect(errorOf(text)).toEqual({
      message: "LISTING_NOT_FOUND",
      code: -32004,
      data: { code: "LISTING_NOT_FOUND", httpStatus: 404, path: "listing.get", facts: {}, fields: null },
    });
  });

  test("a fault of ours says nothing of itself", async () => {
    const { findMany } = api.deps.db.review;
    Object.defineProperty(api.deps.db.review, "findMany", {
      configurable: true,
      value: () => Promise.reject(new Error("secret detail")),
    });
    const { status, text } = await api.trpc("review.find", {}, { method: "GET" });
    Object.defineProperty(api.deps.db.review, "findMany", { configurable: true, value: findMany });
    expect([status, errorOf(text).message]).toEqual([500, "INTERNAL"]);
    expect(text).not.toMatch(/secret|stack|\.ts/);
  });

  test("a database that is away is 503 with Retry-After", async () => {
    const { findMany } = api.deps.db.review;
    Object.defineProperty(api.deps.db.review, "findMany", {
      configurable: true,
      value: () => Promise.reject(Object.assign(new Error("connect"), { code: "ECONNREFUSED" })),
    });
    const { status, headers, text } = await api.trpc("review.find", {}, { method: "GET" });
    Object.defineProperty(api.deps.db.review, "findMany", { configurable: true, value: findMany });
    expect([status, headers.get("retry-after"), errorOf(text).message]).toEqual([503, "2", "UNAVAILABLE"]);
  });

  test("calls go in batches, up to a bound", async () => {
    const batch = (count: number) => {
      const names = Array.from({ length: count }, () => "listing.latest").join();
      return fetch(`${api.origin}/trpc/${names}?batch=1&input=${encodeURIComponent("{}")}`);
    };
    expect(await (await batch(3)).json()).toHaveLength(3);
    expect((await batch(21)).status).toBe(400);
  });

  test("a body above 1 MiB is 413", async () => {
    const { status } = await api.trpc("account.login", { mobile: "x".repeat(1_100_000), password: "" });
    expect(status).toBe(413);
  });

  test("no answer lets another site read it, and each is told not to be guessed at", async () => {
    const response = await fetch(`${api.origin}/trpc/listing.latest`, {
      headers: { origin: "http://evil.test" },
    });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
      "cache-control": "no-store",
    });
  });
});

describe("the log", () => {
  test("tells of every change by booking number, and nothing else of what was sent", async () => {
    const booking = await api.given.pendingBooking({ checkInDate: "2026-07-01" });
    const token = await api.tokenOf(booking.userId);
    const headers = { authorization: `Bearer ${token}` };
    api.notes.length = 0;
    const unknown = `HSO${"9".repeat(22)}`;
    await api.trpc("booking.cancelUnpaid", { bookingNo: booking.bookingNo }, { headers });
    await api.trpc("booking.cancelUnpaid", { bookingNo: unknown }, { headers });
    await api.trpc("account.login", { mobile: "13000000000", password: "canary-secret" });
    await api.trpc("listing.latest", undefined, { method: "GET" });
    expect(api.notes).toEqual([
      { procedure: "booking.cancelUnpaid", bookingNo: booking.bookingNo },
      { procedure: "booking.cancelUnpaid", bookingNo: unknown, errorCode: "BOOKING_NOT_FOUND" },
      { procedure: "account.login", bookingNo: undefined, errorCode: "USER_NOT_FOUND" },
    ]);
  });
});

describe("roles", () => {
  const lookUp = (headers: Record<string, string>) =>
    api.trpc("booking.lookUpCode", { code: "AAAAAAAA" }, { headers });

  test("finance reads bookings and opens no doors; the desk does both", async () => {
    const finance = await api.consoleHeaders({ ...merchant, role: "finance" });
    const desk = await api.consoleHeaders({ ...merchant, role: "front_desk" });
    const today = (headers: Record<string, string>) =>
      api.trpc("booking.today", undefined, { method: "GET", headers });
    expect([(await today(finance)).status, (await today(desk)).status]).toEqual([200, 200]);
    expect([(await lookUp(finance)).status, errorOf((await lookUp(desk)).text).data.code]).toEqual([
      403,
      "CHECK_IN_CODE_UNKNOWN",
    ]);
  });

  test("only operators see the platform's side", async () => {
    const operator = await api.consoleHeaders({ isOperator: true });
    const ask = (headers: Record<string, string>) =>
      api.trpc("operations.cases", {}, { method: "GET", headers });
    expect([(await ask(signedIn)).status, (await ask(operator)).status]).toEqual([403, 200]);
  });

  test("a guest's token opens no console, a console's cookie no guest's account", async () => {
    const { userId } = await api.given.guest();
    const guest = { authorization: `Bearer ${await api.tokenOf(userId)}` };
    expect((await api.trpc("account.identity", undefined, { method: "GET", headers: guest })).status).toBe(
      401,
    );
    expect((await api.trpc("account.me", undefined, { method: "GET", headers: signedIn })).status).toBe(401);
  });

  test("signing in hands out a token that works, and only this once", async () => {
    const email = "direct@example.com";
    const { createConsoleUser } = await import("@looklook/core");
    await createConsoleUser(api.deps, { email, password: goodPassword, name: "直接" });
    const { text } = await api.trpc("account.signIn", { email, password: goodPassword });
    const { token } = (JSON.parse(text) as { result: { data: { json: { token: string } } } }).result.data
      .json;
    const headers = { cookie: `${consoleSessionCookie.http}=${token}`, "sec-fetch-site": "same-origin" };
    const identity = await api.trpc("account.identity", undefined, { method: "GET", headers });
    expect(identity.text).toContain(email);
    expect(identity.text).not.toContain(token);
  });
});

describe("the live stream", () => {
  /** Reads lines of an event stream until `count` of them carry data. */
  async function listen(headers: Record<string, string>, count: number, act: () => Promise<void>, last = "") {
    const stop = new AbortController();
    const input = last ? `&lastEventId=${last}` : "";
    const response = await fetch(`${api.origin}/trpc/booking.live?x=1${input}`, {
      headers: { ...headers, accept: "text/event-stream" },
      signal: stop.signal,
    });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body?.getReader();
    let text = "";
    let acted = false;
    while (reader && (text.match(/"eventId"/g)?.length ?? 0) < count && !text.includes("serialized-error")) {
      const { value, done } = await reader.read();
      if (done) break;
      text += new TextDecoder().decode(value);
      if (!acted && text.includes("event: connected")) {
        acted = true;
        await act();
      }
    }
    stop.abort();
    return { text, lines: text.split("\n").filter((line) => line.includes('"eventId"')) };
  }
  const tell = (merchantId: number, eventId: string) =>
    api.broadcast.publish({
      eventId,
      type: "booking.confirmed",
      merchantId,
      listingId: 1,
      bookingNo: "HSO1",
    });

  test("tells this merchant's changes and nobody else's", async () => {
    const { lines } = await listen(signedIn, 1, async () => {
      await tell(merchant.merchantId + 1, "somebody-elses");
      await tell(merchant.merchantId, "ours");
    });
    expect(lines.join()).toContain('"ours"');
    expect(lines.join()).not.toContain("somebody-elses");
  });

  test("tells a browser that was away to read everything again", async () => {
    const { lines } = await listen(signedIn, 1, async () => {}, "ours");
    expect(lines.join()).toContain('"resync"');
  });

  test("is open to nobody else", async () => {
    const stranger = await api.consoleHeaders();
    // The stream's own way of refusing: its status is sent before the procedure is asked.
    const asStranger = await listen({ ...stranger, "x-merchant": merchant.slug }, 1, async () => {});
    expect([asStranger.lines, asStranger.text]).toEqual([[], expect.stringContaining("MERCHANT_NOT_FOUND")]);
    const asNobody = await listen({ "x-merchant": merchant.slug }, 1, async () => {});
    expect([asNobody.lines, asNobody.text]).toEqual([[], expect.stringContaining("NOT_SIGNED_IN")]);
  });
});
