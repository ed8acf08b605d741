import { createCipheriv, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { templates, wechatAt } from "./test-wechat";

const code = (wanted: string) => expect.objectContaining({ name: "GatewayError", code: wanted });

describe("a login", () => {
  test("gives the openid for a code, once", async () => {
    const { miniProgram, sandbox } = await wechatAt();
    const { openid } = sandbox.phone.user();
    const jsCode = sandbox.phone.login(openid);
    expect(await miniProgram.openidOf(jsCode)).toEqual({ openid, sessionKey: expect.any(String) });
    await expect(miniProgram.openidOf(jsCode)).rejects.toEqual(code("40163"));
    await expect(miniProgram.openidOf("invented")).rejects.toEqual(code("40029"));
  });

  test("of somebody WeChat calls risky is refused, and a lost answer is not asked for twice", async () => {
    const { miniProgram, sandbox, requests } = await wechatAt();
    const { openid } = sandbox.phone.user({ isRisky: true });
    await expect(miniProgram.openidOf(sandbox.phone.login(openid))).rejects.toEqual(code("40226"));
    sandbox.faults.wire({ kind: "lost-answer" });
    const before = requests.length;
    await expect(miniProgram.openidOf("any")).rejects.toEqual(code("NETWORK"));
    expect(requests).toHaveLength(before + 1);
  });
});

describe("a phone number", () => {
  test("comes with the button's code, its app and its time", async () => {
    const { miniProgram, sandbox, clock, payConfig } = await wechatAt();
    const { openid } = sandbox.phone.user({ phoneNumber: "13800001111" });
    const phoneCode = sandbox.phone.phoneNumberCode(openid);
    const known = { mobile: "13800001111", appId: payConfig.appId, at: clock.now() };
    expect(await miniProgram.phoneNumberOf(phoneCode)).toEqual(known);
    await expect(miniProgram.phoneNumberOf(phoneCode)).rejects.toEqual(code("40163"));
  });

  test("comes out of encryptedData under its own session only", async () => {
    const { miniProgram, sandbox, clock, payConfig } = await wechatAt();
    const { openid } = sandbox.phone.user({ phoneNumber: "13800001111" });
    const { sessionKey } = await miniProgram.openidOf(sandbox.phone.login(openid));
    const { encryptedData, iv } = sandbox.phone.encryptedPhone(openid) ?? { encryptedData: "", iv: "" };
    expect(miniProgram.decryptPhoneNumber(sessionKey, encryptedData, iv)).toEqual({
      mobile: "13800001111",
      appId: payConfig.appId,
      at: clock.now(),
    });
    const other = randomBytes(16).toString("base64");
    expect(() => miniProgram.decryptPhoneNumber(other, encryptedData, iv)).toThrow(code("UNDECIPHERABLE"));
    for (const nonsense of ["", "x", "AAAA"]) {
      expect(() => miniProgram.decryptPhoneNumber(sessionKey, nonsense, iv)).toThrow(code("UNDECIPHERABLE"));
      expect(() => miniProgram.decryptPhoneNumber(sessionKey, encryptedData, nonsense)).toThrow(
        code("UNDECIPHERABLE"),
      );
    }
  });

  test("is not read out of anything else that decrypts", async () => {
    const { miniProgram } = await wechatAt();
    const [key, iv] = [randomBytes(16), randomBytes(16)];
    const cipher = createCipheriv("aes-128-cbc", key, iv);
    const data = Buffer.concat([cipher.update('{"nickName":"x"}'), cipher.final()]).toString("base64");
    expect(() => miniProgram.decryptPhoneNumber(key.toString("base64"), data, iv.toString("base64"))).toThrow(
      code("UNDECIPHERABLE"),
    );
  });
});

describe("the access token", () => {
  const tokens = (requests: Request[]) => requests.filter(({ url }) => url.endsWith("/cgi-bin/stable_token"));
  const phoneOf = async (world: Awaited<ReturnType<typeof wechatAt>>) => {
    const { openid } = world.sandbox.phone.user();
    return world.miniProgram.phoneNumberOf(world.sandbox.phone.phoneNumberCode(openid));
  };

  test("is fetched once for many calls, side by side and later, and again before it ends", async () => {
    const world = await wechatAt();
    await Promise.all([phoneOf(world), phoneOf(world), phoneOf(world)]);
    await phoneOf(world);
    expect(tokens(world.requests)).toHaveLength(1);
    world.clock.advance(7_200_000 - 299_000);
    await phoneOf(world);
    expect(tokens(world.requests)).toHaveLength(2);
  });

  test("that was revoked is replaced, and the call goes through", async () => {
    const world = await wechatAt();
    await phoneOf(world);
    world.sandbox.faults.revokeToken();
    await phoneOf(world);
    expect(tokens(world.requests)).toHaveLength(2);
  });

  test.each([40001, 42001])(
    "is refreshed once on %i, by force when WeChat insists on the same, not in a loop",
    async (errcode) => {
      const world = await wechatAt();
      await phoneOf(world);
      world.sandbox.faults.wire(
        { kind: "errcode", errcode },
        { match: { path: "/wxa/business" }, times: null },
      );
      await expect(phoneOf(world)).rejects.toEqual(code(String(errcode)));
      const bodies: { force_refresh?: boolean }[] = await Promise.all(
        tokens(world.requests).map(async (request) => Object(await request.json())),
      );
      expect(bodies.map(({ force_refresh }) => force_refresh)).toEqual([false, false, true]);
      await expect(phoneOf(world)).rejects.toEqual(code(String(errcode)));
      // Forced at most every 30 s: WeChat allows 20 a day.
      expect(tokens(world.requests)).toHaveLength(4);
    },
  );

  test("is asked for once more when WeChat hangs up", async () => {
    const world = await wechatAt();
    world.sandbox.faults.wire({ kind: "reset" }, { match: { path: "/cgi-bin/stable_token" } });
    await phoneOf(world);
    expect(tokens(world.requests)).toHaveLength(2);
  });
});

test("a subscribe message arrives with its fields, once for each grant", async () => {
  const { miniProgram, sandbox, requests } = await wechatAt();
  const { openid } = sandbox.phone.user();
  sandbox.phone.grant(openid, [templates.stay_info]);
  const fields = {
    date2: "2026-05-20",
    date3: "2026-05-22",
    character_string4: "ABCD1234",
    thing1: "请保管",
  };
  const message = { openid, template: "stay_info", fields } as const;
  expect(await miniProgram.sendSubscribeMessage(message)).toBe(0);
  expect(await miniProgram.sendSubscribeMessage(message)).toBe(43101);
  expect(await miniProgram.sendSubscribeMessage({ ...message, fields: { ...fields, date2: "soon" } })).toBe(
    47003,
  );
  expect(sandbox.phone.messages(openid)).toMatchObject([
    { templateId: templates.stay_info, page: null, data: fields },
  ]);
  const sent = await requests.find(({ url }) => url.includes("/subscribe/send"))?.json();
  expect(sent).toMatchObject({ miniprogram_state: "developer", lang: "zh_CN" });
});

test("a delivery is told for a payment, and refused for an unknown one", async () => {
  const { miniProgram, sandbox, paidCallback, clock } = await wechatAt();
  await paidCallback();
  const [{ openid = "", transactionId = "" } = {}] = sandbox.books.payments();
  const upload = { transactionId, openid, itemDescription: "湖景大床房", at: clock.now() };
  expect(await miniProgram.uploadShipping(upload)).toBe(0);
  expect(sandbox.books.payments()[0]?.shipping).toMatchObject({ itemDesc: "湖景大床房", uploads: 1 });
  expect(await miniProgram.uploadShipping({ ...upload, transactionId: "4200000000" })).toBe(10060001);
});

test("no error of ours says a code, the secret or a token", async () => {
  const { miniProgram, sandbox, miniProgramConfig } = await wechatAt();
  const errors: unknown[] = [];
  for (const fault of [
    { kind: "reset" },
    { kind: "errcode", errcode: 40029 },
    { kind: "half-closed" },
  ] as const) {
    sandbox.faults.wire(fault, { times: 4 });
    await miniProgram.openidOf("secret-js-code").catch((error: unknown) => errors.push(error));
    await miniProgram.phoneNumberOf("secret-phone-code").catch((error: unknown) => errors.push(error));
    sandbox.faults.clear();
  }
  expect(errors).toHaveLength(6);
  const said = errors
    .map((error) => (error instanceof Error ? `${error.message} ${JSON.stringify(error)}` : ""))
    .join();
  expect(said).not.toMatch(/secret-js-code|secret-phone-code|access_token/);
  expect(said).not.toContain(miniProgramConfig.secret);
});
