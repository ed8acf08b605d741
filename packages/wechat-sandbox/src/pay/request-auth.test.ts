import { describe, expect, test } from "vitest";
import { testWorld } from "../test-merchant";

const QUERY = "/v3/pay/transactions/out-trade-no/PMT20260501?mchid=";

describe("a request that is not signed as WeChat wants it is refused", () => {
  const cases: {
    title: string;
    change: Parameters<Awaited<ReturnType<typeof testWorld>>["merchant"]["call"]>[3];
    status: number;
    code: string;
  }[] = [
    {
      title: "no Authorization",
      change: { headers: { Authorization: "" } },
      status: 401,
      code: "SIGN_ERROR",
    },
    {
      title: "another scheme",
      change: { headers: { Authorization: "Bearer x" } },
      status: 401,
      code: "SIGN_ERROR",
    },
    { title: "another merchant", change: { mchid: "1900000000" }, status: 401, code: "SIGN_ERROR" },
    {
      title: "another certificate",
      change: { serial: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1" },
      status: 401,
      code: "SIGN_ERROR",
    },
    { title: "a signature over other bytes", change: { signedBody: "{}" }, status: 401, code: "SIGN_ERROR" },
    {
      title: "a timestamp in milliseconds",
      change: { timestamp: "1777600800000" },
      status: 401,
      code: "SIGN_ERROR",
    },
    {
      title: "a timestamp five minutes old",
      change: { timestamp: String(Date.parse("2026-05-01T09:55:00+08:00") / 1000) },
      status: 401,
      code: "SIGN_ERROR",
    },
    {
      title: "a timestamp five minutes ahead",
      change: { timestamp: String(Date.parse("2026-05-01T10:05:00+08:00") / 1000) },
      status: 401,
      code: "SIGN_ERROR",
    },
    { title: "no User-Agent", change: { headers: { "User-Agent": "" } }, status: 400, code: "PARAM_ERROR" },
    { title: "no Accept", change: { headers: { Accept: "" } }, status: 400, code: "PARAM_ERROR" },
    {
      title: "an answer it could not read",
      change: { headers: { Accept: "text/html" } },
      status: 406,
      code: "PARAM_ERROR",
    },
    {
      title: "a key of WeChat's that does not exist",
      change: { headers: { "Wechatpay-Serial": "PUB_KEY_ID_0000000000000000000000000000000000" } },
      status: 400,
      code: "PARAM_ERROR",
    },
  ];
  test.each(cases)("$title", async ({ change, status, code }) => {
    const { merchant, keys } = await testWorld();
    const answer = await merchant.call("GET", `${QUERY}${keys.mchid}`, undefined, change);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(merchant.isGenuine(answer.headers, answer.text), "refusals are signed too").toBe(true);
  });

  test("a POST without a JSON content type", async () => {
    const { merchant } = await testWorld();
    const answer = await merchant.call("POST", "/v3/pay/transactions/jsapi", merchant.prepayBody(), {
      headers: { "Content-Type": "text/plain" },
    });
    expect(answer.status).toBe(415);
  });

  test("a body of more than 128 KiB", async () => {
    const { merchant } = await testWorld();
    const body = merchant.prepayBody({ attach: "x".repeat(140_000) });
    expect((await merchant.call("POST", "/v3/pay/transactions/jsapi", body)).status).toBe(413);
  });

  test("a body that is not JSON", async () => {
    const { merchant } = await testWorld();
    const answer = await merchant.call("POST", "/v3/pay/transactions/jsapi", "{");
    expect([answer.status, answer.json.code]).toEqual([400, "PARAM_ERROR"]);
  });
});

test("a timestamp just inside five minutes passes", async () => {
  const { merchant, keys } = await testWorld();
  const timestamp = String(Date.parse("2026-05-01T09:55:01+08:00") / 1000);
  const answer = await merchant.call("GET", `${QUERY}${keys.mchid}`, undefined, { timestamp });
  expect(answer.json.code).toBe("ORDER_NOT_EXIST");
});

test("an unknown path is a signed 404", async () => {
  const { merchant } = await testWorld();
  const answer = await merchant.call("GET", "/v3/nothing");
  expect(answer.status).toBe(404);
  expect(merchant.isGenuine(answer.headers, answer.text)).toBe(true);
});
