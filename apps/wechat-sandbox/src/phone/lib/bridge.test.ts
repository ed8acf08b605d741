import { expect, test, vi } from "vitest";
import { BridgeError, createBridge, type Token } from "./bridge";

const token: Token = { accessToken: "abc", accessExpire: 2, refreshAfter: 1 };

function bridgeThatAnswers(status: number, body: string, headers: Record<string, string> = {}) {
  const send = vi.fn<typeof fetch>(async () => new Response(body, { status, headers }));
  const lost = vi.fn();
  const bridge = createBridge({ get: () => token, lost }, "en", send);
  const sent = () => {
    const [url, init] = send.mock.calls[0] ?? [];
    return { url, headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) };
  };
  return { bridge, sent, lost };
}

const ok = (data: unknown) => JSON.stringify({ code: 200, msg: "OK", data });

test("calls carry the token, JSON, and what the guest reads", async () => {
  const { bridge, sent } = bridgeThatAnswers(200, ok({ list: null }));
  expect(await bridge.latest()).toEqual([]);
  expect(sent().url).toBe("/bridge/travel/v1/homestay/guessList");
  expect(sent().headers.get("authorization")).toBe("Bearer abc");
  expect(sent().headers.get("content-type")).toContain("application/json");
  expect(sent().body).toEqual({ language: "en" });
});

test.each([
  [{ homestayId: 3 }, true, "add", { homestayId: 3, homestayBusinessId: 0 }],
  [
    { homestayId: undefined, homestayBusinessId: 2 },
    false,
    "remove",
    { homestayId: 0, homestayBusinessId: 2 },
  ],
])("saving %o sends both ids, for the bridge wants every field", async (target, isOn, verb, body) => {
  const { bridge, sent } = bridgeThatAnswers(200, ok({}));
  await bridge.setFavourite(target, isOn);
  expect(sent().url).toBe(`/bridge/travel/v1/favourite/${verb}`);
  expect(sent().body).toEqual(body);
});

test("an order that is not the guest's own is null, not a refusal", async () => {
  const { bridge } = bridgeThatAnswers(200, ok(null));
  expect(await bridge.order("HSO1")).toBeNull();
});

test("a refusal keeps the bridge's code and words", async () => {
  const { bridge, lost } = bridgeThatAnswers(400, JSON.stringify({ code: 101310, msg: "所选日期已被订完" }));
  await expect(bridge.order("HSO1")).rejects.toMatchObject({
    status: 400,
    code: 101310,
    message: "所选日期已被订完",
  });
  expect(lost).not.toHaveBeenCalled();
});

test("an empty 401 ends the login", async () => {
  const { bridge, lost } = bridgeThatAnswers(401, "");
  await expect(bridge.me()).rejects.toBeInstanceOf(BridgeError);
  expect(lost).toHaveBeenCalledOnce();
});

test("how long to wait is told, also where the body is none", async () => {
  const { bridge } = bridgeThatAnswers(429, "", { "retry-after": "7" });
  await expect(bridge.latest()).rejects.toMatchObject({ status: 429, code: 0, retryAfterSeconds: 7 });
});

test("no network is a refusal like any other", async () => {
  const bridge = createBridge({ get: () => null, lost: () => {} }, "zh", () =>
    Promise.reject(new TypeError("no")),
  );
  await expect(bridge.latest()).rejects.toMatchObject({ status: 0 });
});
