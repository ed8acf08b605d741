import { merchantSide } from "@looklook/wechat-sandbox";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { wechatAddressRefusal, wechatConfigOf, wechatEnvShape } from "./env";
import { sandboxKeys } from "./test-wechat";

const Env = z.object(wechatEnvShape);
const variables = async () => {
  const side = merchantSide(await sandboxKeys());
  return {
    WECHAT_APPID: side.appid,
    WECHAT_SECRET: side.secret,
    WECHAT_MCHID: side.mchid,
    WECHAT_API_V3_KEY: side.apiV3Key,
    WECHAT_MERCHANT_PRIVATE_KEY: side.merchantPrivateKeyPem,
    WECHAT_MERCHANT_CERT: side.merchantCertificatePem,
    WECHAT_PAY_PUBLIC_KEY_ID: side.wechatPayPublicKeyId,
    WECHAT_PAY_PUBLIC_KEY: side.wechatPayPublicKeyPem,
    WECHAT_NOTIFY_BASE_URL: "https://looklook.localhost",
  };
};
const own = {
  WECHAT_BASE_URL: "https://api.weixin.qq.com",
  WECHAT_PAY_BASE_URL: "https://api.mch.weixin.qq.com",
};
const production = { ...own, NODE_ENV: "production", WECHAT_SANDBOX: "0" } as const;

describe("addresses in production", () => {
  test.each([
    ["WeChat's own", {}, false],
    ["WeChat Pay's second one", { WECHAT_PAY_BASE_URL: "https://api2.mch.weixin.qq.com" }, false],
    ["a sandbox's", { WECHAT_PAY_BASE_URL: "http://127.0.0.1:4300" }, true],
    ["a sandbox's for the mini-program alone", { WECHAT_BASE_URL: "http://127.0.0.1:4300" }, true],
    ["without TLS", { WECHAT_PAY_BASE_URL: "http://api.mch.weixin.qq.com" }, true],
    ["one that only looks like it", { WECHAT_PAY_BASE_URL: "https://api.mch.weixin.qq.com.example" }, true],
    [
      "one with a user before the host",
      { WECHAT_PAY_BASE_URL: "https://api.mch.weixin.qq.com@evil.example" },
      true,
    ],
    ["one behind a path", { WECHAT_BASE_URL: "https://api.weixin.qq.com/proxy" }, true],
    ["another port", { WECHAT_BASE_URL: "https://api.weixin.qq.com:8443" }, true],
  ])("%s", (_, change, isRefused) => {
    const refusal = wechatAddressRefusal({ ...production, ...change });
    if (isRefused) expect(refusal).toContain(Object.keys(change)[0]);
    else expect(refusal).toBeNull();
  });

  test("may be a sandbox's when WECHAT_SANDBOX=1 says so, and anything in development", () => {
    const sandbox = {
      WECHAT_BASE_URL: "http://127.0.0.1:4300",
      WECHAT_PAY_BASE_URL: "http://127.0.0.1:4300",
    };
    expect(wechatAddressRefusal({ ...production, ...sandbox, WECHAT_SANDBOX: "1" })).toBeNull();
    expect(wechatAddressRefusal({ ...sandbox, NODE_ENV: "development", WECHAT_SANDBOX: "0" })).toBeNull();
  });
});

test("the clients' settings come out of the environment, WeChat's own addresses when none are named", async () => {
  const config = wechatConfigOf(Env.parse({ ...(await variables()), NODE_ENV: "production" }));
  expect(config).toMatchObject({
    isSandbox: false,
    pay: {
      baseUrl: "https://api.mch.weixin.qq.com",
      notifyUrl: "https://looklook.localhost/payment/v1/thirdPayment/thirdPaymentWxPayCallback",
    },
    miniProgram: { baseUrl: "https://api.weixin.qq.com", miniProgramState: "formal" },
  });
  const demo = wechatConfigOf(
    Env.parse({
      ...(await variables()),
      NODE_ENV: "production",
      WECHAT_SANDBOX: "1",
      WECHAT_PAY_BASE_URL: "http://127.0.0.1:4300",
    }),
  );
  expect(demo).toMatchObject({ isSandbox: true, miniProgram: { miniProgramState: "developer" } });
});

test("a merchant of certificates only has no public key, and half a pair is refused", async () => {
  const { WECHAT_PAY_PUBLIC_KEY: pem, WECHAT_PAY_PUBLIC_KEY_ID: _, ...rest } = await variables();
  expect(wechatConfigOf(Env.parse(rest)).pay.publicKey).toBeNull();
  expect(() => wechatConfigOf(Env.parse({ ...rest, WECHAT_PAY_PUBLIC_KEY: pem }))).toThrow(
    "WECHAT_PAY_PUBLIC_KEY_ID",
  );
});

test("nothing has a default secret: what is missing is named", async () => {
  const given = await variables();
  for (const name of Object.keys(given).filter((key) => !key.includes("PUBLIC_KEY"))) {
    const { [name as keyof typeof given]: _, ...rest } = given;
    expect(Env.safeParse(rest).error?.issues.map(({ path }) => path[0])).toEqual([name]);
  }
});
