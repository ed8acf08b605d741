import { type Context, Hono } from "hono";
import { toBuffer } from "qrcode";
import { z } from "zod";
import { DIGITS, randomText } from "../random";
import type { PhoneCode } from "../state";
import { personOf, type World } from "../world";
import { checkToken, stableToken } from "./access-token";
import { ApiError } from "./api-error";
import { ShippingParams, uploadShipping } from "./shipping";
import { fitsField } from "./subscribe-fields";

/** js_code and the phone number's code live this long. */
const CODE_LIFE_MS = 5 * 60_000;
const LOGINS_A_MINUTE_MAX = 100;

/** Uses up a code. @throws ApiError 40029 unknown or too old, 40163 used before */
function useCode(world: World, codes: Map<string, PhoneCode>, value: string): PhoneCode {
  const now = world.clock.now();
  const code = codes.get(value);
  if (!code || now.getTime() - code.madeAt.getTime() > CODE_LIFE_MS)
    throw new ApiError(40029, "invalid code");
  if (code.usedAt) throw new ApiError(40163, "code been used");
  code.usedAt = now;
  world.changed();
  return code;
}

/** The decrypted phone-number payload, as both ways of asking give it. */
export function phoneInfo(world: World, openid: string, at: Date) {
  const { phoneNumber } = personOf(world, openid);
  return {
    phoneNumber,
    purePhoneNumber: phoneNumber,
    countryCode: "86",
    watermark: { timestamp: Math.floor(at.getTime() / 1000), appid: world.keys.appid },
  };
}

async function parseBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.infer<Schema>> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError(47001, "data format error");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ApiError(40097, `invalid args: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`);
}

const TokenParams = z.looseObject({
  grant_type: z.string(),
  appid: z.string(),
  secret: z.string(),
  force_refresh: z.boolean().optional(),
});

const MessageParams = z.looseObject({
  touser: z.string(),
  template_id: z.string(),
  page: z.string().optional(),
  miniprogram_state: z.enum(["developer", "trial", "formal"]).optional(),
  lang: z.enum(["zh_CN", "en_US", "zh_HK", "zh_TW"]).optional(),
  data: z.record(z.string(), z.object({ value: z.union([z.string(), z.number()]) })),
});

const CodeParams = z.looseObject({
  scene: z.string(),
  page: z.string().optional(),
  check_path: z.boolean().optional(),
  env_version: z.enum(["release", "trial", "develop"]).optional(),
  width: z.int().min(280).max(1280).optional(),
});

/** A page is written without leading slash and without parameters. */
const PAGE = /^[^/?][^?]*$/;

/** The mini-program server API: login, phone numbers, tokens, subscribe messages, codes, shipping. */
export function createMiniProgramApi(world: World): Hono {
  const app = new Hono();
  const { state, keys } = world;
  const now = () => world.clock.now();

  function checkApp(appid: string | undefined, secret: string | undefined) {
    if (appid !== keys.appid) throw new ApiError(40013, "invalid appid");
    if (secret !== keys.secret) throw new ApiError(40125, "invalid appsecret");
  }

  app.get("/sns/jscode2session", (c) => {
    const query = c.req.query();
    checkApp(query.appid, query.secret);
    if (query.grant_type !== "authorization_code") throw new ApiError(40002, "invalid grant_type");
    if (!query.js_code) throw new ApiError(41008, "missing code");
    const { openid } = useCode(world, state.loginCodes, query.js_code);
    const person = personOf(world, openid);
    if (person.isRisky) throw new ApiError(40226, "code blocked");
    const recent = (state.logins.get(openid) ?? []).filter((at) => now().getTime() - at.getTime() < 60_000);
    if (recent.length >= LOGINS_A_MINUTE_MAX) {
      throw new ApiError(45011, "api minute-quota reach limit, must slower retry next minute");
    }
    state.logins.set(openid, [...recent, now()]);
    const sessionKey = state.sessionKeys.get(openid);
    world.changed();
    // This endpoint says text/plain, whatever it holds; a client that trusts the header reads no JSON here.
    return c.text(JSON.stringify({ session_key: sessionKey, openid, unionid: person.unionid }));
  });

  app.post("/cgi-bin/stable_token", async (c) => {
    const params = await parseBody(c, TokenParams);
    if (params.grant_type !== "client_credential") throw new ApiError(40002, "invalid grant_type");
    checkApp(params.appid, params.secret);
    return c.json(stableToken(world, params.force_refresh ?? false));
  });

  app.post("/wxa/business/getuserphonenumber", async (c) => {
    checkToken(world, c.req.query("access_token"));
    const { code } = await parseBody(c, z.looseObject({ code: z.string() }));
    const { openid, madeAt } = useCode(world, state.phoneCodes, code);
    return c.json({ errcode: 0, errmsg: "ok", phone_info: phoneInfo(world, openid, madeAt) });
  });

  app.post("/cgi-bin/message/subscribe/send", async (c) => {
    checkToken(world, c.req.query("access_token"));
    const params = await parseBody(c, MessageParams);
    if (!state.users.has(params.touser)) throw new ApiError(40003, "invalid openid");
    const template = world.templates.find(({ id }) => id === params.template_id);
    if (!template) throw new ApiError(40037, "invalid template_id");
    if (params.page !== undefined && !/^[^/]/.test(params.page)) throw new ApiError(41030, "invalid page");
    const data: Record<string, string> = {};
    for (const key of template.fields) {
      const value = params.data[key]?.value;
      if (value === undefined || value === "") {
        throw new ApiError(47003, `argument invalid! data.${key}.value is empty`);
      }
      if (!fitsField(key, String(value))) {
        throw new ApiError(47003, `argument invalid! data.${key}.value invalid`);
      }
      data[key] = String(value);
    }
    const grants = state.grants.get(params.touser);
    const left = grants?.get(template.id) ?? 0;
    if (left === 0) throw new ApiError(43101, "user refuse to accept the msg");
    grants?.set(template.id, left - 1);
    const msgid = randomText(world.random, "123456789", 1) + randomText(world.random, DIGITS, 18);
    state.messages.push({
      msgid,
      openid: params.touser,
      templateId: template.id,
      title: template.title,
      page: params.page ?? null,
      data,
      receivedAt: now(),
    });
    world.changed();
    return c.json({ errcode: 0, errmsg: "ok", msgid });
  });

  app.post("/wxa/getwxacodeunlimit", async (c) => {
    checkToken(world, c.req.query("access_token"));
    const params = await parseBody(c, CodeParams);
    if (!/^[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}$/.test(params.scene))
      throw new ApiError(40129, "invalid scene");
    const page = params.page ?? "";
    const isKnown = (params.check_path ?? true) === false || (world.pages?.includes(page) ?? true);
    if (page !== "" && (!PAGE.test(page) || !isKnown)) throw new ApiError(41030, "invalid page");
    const text = `weapp://${keys.appid}/${page}?scene=${encodeURIComponent(params.scene)}`;
    const png = await toBuffer(text, { type: "png", width: params.width ?? 430, errorCorrectionLevel: "M" });
    return c.body(new Uint8Array(png), 200, { "Content-Type": "image/png" });
  });

  app.post("/wxa/sec/order/upload_shipping_info", async (c) => {
    checkToken(world, c.req.query("access_token"));
    uploadShipping(world, await parseBody(c, ShippingParams));
    return c.json({ errcode: 0, errmsg: "ok" });
  });

  app.post("/wxa/sec/order/is_trade_managed", async (c) => {
    checkToken(world, c.req.query("access_token"));
    const { appid } = await parseBody(c, z.looseObject({ appid: z.string() }));
    if (appid !== keys.appid) throw new ApiError(40013, "invalid appid");
    return c.json({ errcode: 0, errmsg: "ok", is_trade_managed: true });
  });

  app.notFound((c) => c.text("", 404));
  app.onError((error, c) => {
    if (!(error instanceof ApiError)) throw error;
    const rid = world.random
      .bytes(12)
      .toString("hex")
      .replace(/^(.{8})(.{8})(.{8})$/, "$1-$2-$3");
    return c.json({ errcode: error.errcode, errmsg: `${error.errmsg}, rid: ${rid}` });
  });
  return app;
}
