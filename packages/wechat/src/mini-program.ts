import { createDecipheriv } from "node:crypto";
import { type Clock, GatewayError, type MiniProgram } from "@looklook/core/gateway";
import { z } from "zod";
import { type BreakerConfig, createOutagePolicy } from "./outages";
import { createTransport, type Fetch } from "./transport";
import { beijingTime } from "./wire-formats";

export interface MiniProgramConfig {
  appId: string;
  secret: string;
  baseUrl: string;
  /** Template ids by message. */
  templates: { paid: string; stay_info: string };
  /** Which build of the mini-program a message opens. */
  miniProgramState: "formal" | "trial" | "developer";
  /** For one exchange; 5000 when absent. */
  timeoutMs?: number;
  /** When to give WeChat up for a while; 20 outages in a row and 5 s when absent, null for never. */
  breaker?: BreakerConfig | null;
}

/** The token is wrong or over: with a fresh one the same call may go through. */
const tokenErrors = new Set([40001, 40014, 42001]);
/** A token is asked for again this long before its end; WeChat keeps old and new valid in between. */
const tokenSpareMs = 5 * 60_000;
/** WeChat allows 20 forced refreshes a day, at least 30 s apart. */
const forceEveryMs = 30_000;

const Answer = z.looseObject({ errcode: z.int().default(0) });
const Token = z.object({ access_token: z.string().min(1), expires_in: z.int().positive() });
const Session = z.object({ openid: z.string().min(1).max(64), session_key: z.string().min(1) });
const PhoneInfo = z.object({
  purePhoneNumber: z.string(),
  watermark: z.object({ appid: z.string(), timestamp: z.int() }),
});

/**
 * The mini-program server API, as far as we need it. Codes are single use and messages have no key for repeats, so
 * nothing here is sent twice by itself, except after a refused access token, when WeChat has done nothing yet.
 * Errors carry WeChat's errcode and the path; no code, token, openid, session key or number.
 */
export function createMiniProgram(
  config: MiniProgramConfig,
  deps: { clock: Clock; fetch?: Fetch },
): MiniProgram {
  const { clock } = deps;
  const transport = createTransport({ timeoutMs: config.timeoutMs, fetch: deps.fetch });
  const policy = createOutagePolicy(config.breaker);
  const base = config.baseUrl.replace(/\/$/, "");

  let token: { value: string; untilMs: number } | null = null;
  let refreshing: Promise<string> | null = null;
  let lastForcedMs = Number.NEGATIVE_INFINITY;

  async function call(
    method: "GET" | "POST",
    path: string,
    query: Record<string, string>,
    body: unknown,
  ): Promise<z.infer<typeof Answer>> {
    const search = new URLSearchParams(query).toString();
    const answer = await transport({
      method,
      url: `${base}${path}${search ? `?${search}` : ""}`,
      headers: {
        Accept: "application/json",
        "User-Agent": "looklook",
        ...(body === null ? {} : { "Content-Type": "application/json" }),
      },
      body: body === null ? null : JSON.stringify(body),
    });
    if (answer.status !== 200)
      throw new GatewayError(`HTTP_${answer.status}`, `${method} ${path}: ${answer.status}`, answer.status);
    // code2session says text/plain, whatever it holds.
    const parsed = Answer.safeParse(jsonOf(answer.body));
    if (!parsed.success) throw malformed(path);
    return parsed.data;
  }

  /** @throws GatewayError with WeChat's errcode when there is one */
  async function ask<Schema extends z.ZodType>(
    schema: Schema,
    path: string,
    answer: Promise<z.infer<typeof Answer>>,
  ): Promise<z.infer<Schema>> {
    const got = await answer;
    if (got.errcode !== 0) throw refused(path, got.errcode);
    const parsed = schema.safeParse(got);
    if (!parsed.success) throw malformed(path);
    return parsed.data;
  }

  async function fetchToken(force: boolean): Promise<string> {
    const path = "/cgi-bin/stable_token";
    const body = {
      grant_type: "client_credential",
      appid: config.appId,
      secret: config.secret,
      force_refresh: force,
    };
    if (force) lastForcedMs = clock.now().getTime();
    const got = await ask(
      Token,
      path,
      force
        ? policy.once(() => call("POST", path, {}, body))
        : policy.repeatable(() => call("POST", path, {}, body)),
    );
    token = {
      value: got.access_token,
      untilMs: clock.now().getTime() + got.expires_in * 1000 - tokenSpareMs,
    };
    return token.value;
  }

  /** One request for all who wait. */
  function refresh(force: boolean): Promise<string> {
    refreshing ??= fetchToken(force).finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function accessToken(): Promise<string> {
    if (token && clock.now().getTime() < token.untilMs) return token.value;
    return refresh(false);
  }

  /** A token that is not `rejected`: the one that another process has made since, else a new one by force. */
  async function otherToken(rejected: string): Promise<string> {
    if (token && token.value !== rejected) return token.value;
    token = null;
    const current = await refresh(false);
    if (current !== rejected || clock.now().getTime() - lastForcedMs < forceEveryMs) return current;
    return refresh(true);
  }

  /** A call with our token, once more with another one when WeChat did not accept it. */
  async function callWithToken(path: string, body: unknown): Promise<z.infer<typeof Answer>> {
    const first = await accessToken();
    const post = (value: string) => policy.once(() => call("POST", path, { access_token: value }, body));
    const answer = await post(first);
    if (!tokenErrors.has(answer.errcode)) return answer;
    return post(await otherToken(first));
  }

  return {
    async openidOf(code) {
      const path = "/sns/jscode2session";
      const { openid, session_key: sessionKey } = await ask(
        Session,
        path,
        policy.once(() =>
          call(
            "GET",
            path,
            { appid: config.appId, secret: config.secret, js_code: code, grant_type: "authorization_code" },
            null,
          ),
        ),
      );
      return { openid, sessionKey };
    },

    async phoneNumberOf(phoneCode) {
      const path = "/wxa/business/getuserphonenumber";
      const got = await ask(
        z.object({ phone_info: PhoneInfo }),
        path,
        callWithToken(path, { code: phoneCode }),
      );
      return phoneOf(got.phone_info);
    },

    decryptPhoneNumber(sessionKey, encryptedData, iv) {
      try {
        const decipher = createDecipheriv(
          "aes-128-cbc",
          Buffer.from(sessionKey, "base64"),
          Buffer.from(iv, "base64"),
        );
        const plain = Buffer.concat([
          decipher.update(Buffer.from(encryptedData, "base64")),
          decipher.final(),
        ]);
        return phoneOf(PhoneInfo.parse(JSON.parse(plain.toString("utf8"))));
      } catch {
        throw new GatewayError("UNDECIPHERABLE", "the phone number does not decrypt under this session");
      }
    },

    async sendSubscribeMessage({ openid, template, fields }) {
      const { errcode } = await callWithToken("/cgi-bin/message/subscribe/send", {
        touser: openid,
        template_id: config.templates[template],
        miniprogram_state: config.miniProgramState,
        lang: "zh_CN",
        data: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }])),
      });
      return errcode;
    },

    async uploadShipping({ transactionId, openid, itemDescription, at }) {
      const { errcode } = await callWithToken("/wxa/sec/order/upload_shipping_info", {
        // 2: by WeChat's own transaction number.
        order_key: { order_number_type: 2, transaction_id: transactionId },
        // 4: the guest comes for it; 1: all at once, and then exactly one entry is wanted.
        logistics_type: 4,
        delivery_mode: 1,
        shipping_list: [{ item_desc: itemDescription.slice(0, 120) || "homestay" }],
        upload_time: beijingTime(at),
        payer: { openid },
      });
      return errcode;
    },
  };
}

function phoneOf(info: z.infer<typeof PhoneInfo>) {
  const { appid, timestamp } = info.watermark;
  return { mobile: info.purePhoneNumber, appId: appid, at: new Date(timestamp * 1000) };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function refused(path: string, errcode: number): GatewayError {
  return new GatewayError(String(errcode), `${path}: ${errcode}`, 200);
}

function malformed(path: string): GatewayError {
  return new GatewayError("MALFORMED", `${path}: the answer is not what WeChat documents`);
}
