import type { AddressInfo } from "node:net";
import type { Broadcast, BroadcastMessage, RateLimiter } from "@looklook/contracts";
import { consoleSessionCookie, type MembershipRole } from "@looklook/contracts";
import { createConsoleUser, type Deps, signIn } from "@looklook/core";
import { testWorld } from "@looklook/testing";
import { callbackPath, createMiniProgram, createWechatPay } from "@looklook/wechat";
import {
  createSandbox,
  generateKeys,
  merchantSide,
  seededRandom,
  virtualClock,
} from "@looklook/wechat-sandbox";
import { createApiServer } from "./server";

const begin = "2026-05-04T10:00:00+08:00";
export const consoleOrigin = "http://console.test";
/** Not on any list of common passwords. */
export const goodPassword = "湖边-canary-密码-7319";

/** Speaks to nobody but its own listeners, at once. */
export function localBroadcast(): Broadcast & { gap(): void } {
  const listeners = new Set<{ tell(message: BroadcastMessage): void; gap(): void }>();
  return {
    async publish(message) {
      for (const { tell } of listeners) tell(message);
    },
    subscribe(tell, gap = () => {}) {
      const listener = { tell, gap };
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    gap() {
      for (const { gap } of listeners) gap();
    },
    ready: async () => true,
    close: async () => {},
  };
}

/** The api on a port of its own, over a database of its own, with WeChat in the same process and one clock for both. */
export async function testApi({
  seed = "an api test",
  limiter,
  passwords,
}: {
  seed?: string;
  limiter?: RateLimiter;
  passwords?: Deps["passwords"];
} = {}) {
  const world = await testWorld({ seed, instant: begin });
  const clock = virtualClock(begin);
  const keys = await generateKeys({ now: clock.now() });
  const side = merchantSide(keys);
  const sandbox = createSandbox({
    clock,
    random: seededRandom(seed),
    keys,
    deliver: async (request) => {
      const response = await fetch(origin + new URL(request.url).pathname, {
        method: "POST",
        headers: request.headers,
        body: Buffer.from(await request.arrayBuffer()),
      });
      return { status: response.status, body: await response.text() };
    },
  });
  const wire = { clock, fetch: sandbox.handle };
  const shared = world.depsAt(begin);
  const deps: Deps = {
    ...shared,
    clock,
    limiter: limiter ?? shared.limiter,
    passwords: passwords ?? shared.passwords,
    pay: createWechatPay(
      {
        appId: side.appid,
        mchId: side.mchid,
        apiV3Key: side.apiV3Key,
        merchantPrivateKeyPem: side.merchantPrivateKeyPem,
        merchantCertificatePem: side.merchantCertificatePem,
        publicKey: { id: side.wechatPayPublicKeyId, pem: side.wechatPayPublicKeyPem },
        notifyUrl: `https://looklook.example${callbackPath}`,
        baseUrl: "https://api.mch.weixin.qq.com",
      },
      { ...wire, random: shared.random },
    ),
    miniProgram: createMiniProgram(
      {
        appId: side.appid,
        secret: side.secret,
        baseUrl: "https://api.weixin.qq.com",
        templates: { paid: "paid", stay_info: "stay-info" },
        miniProgramState: "developer",
      },
      wire,
    ),
  };
  const broadcast = localBroadcast();
  const faults: unknown[] = [];
  const notes: object[] = [];
  const api = createApiServer({
    deps,
    broadcast,
    callbackPath,
    consoleOrigin,
    trustedProxies: 0,
    checks: { database: async () => (await world.db.$queryRaw`SELECT 1`) !== null },
    size: "light",
    isSandbox: true,
    bullQueues: async () => [],
    staticFolder: new URL("../assets", import.meta.url).pathname,
    log: { info: (fields) => void notes.push(fields), error: (fields) => void faults.push(fields) },
  });
  await new Promise<void>((resolve) => api.server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`;

  /** As the mini-program asks: a POST with JSON, or whatever `headers` and `raw` say instead. */
  async function post(
    path: string,
    body: unknown,
    { token, headers = {}, raw }: { token?: string; headers?: Record<string, string>; raw?: string } = {},
  ) {
    const response = await fetch(origin + path, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token ? { authorization: token } : {}),
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    });
    const text = await response.text();
    return { status: response.status, text, headers: response.headers };
  }

  /** The `data` of an answer that is expected to be good. */
  async function data<T = Record<string, unknown>>(
    path: string,
    body: unknown,
    options?: Parameters<typeof post>[2],
  ): Promise<T> {
    const { status, text } = await post(path, body, options);
    if (status !== 200) throw new Error(`${path} answered ${status} ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  }

  /** A tRPC call over HTTP as superjson travels. */
  async function trpc(
    name: string,
    input: unknown,
    { method = "POST", headers = {} }: { method?: "GET" | "POST"; headers?: Record<string, string> } = {},
  ) {
    const wrapped = JSON.stringify({ json: input });
    const url =
      method === "GET"
        ? `${origin}/trpc/${name}?input=${encodeURIComponent(wrapped)}`
        : `${origin}/trpc/${name}`;
    const response = await fetch(url, {
      method,
      headers: { ...(method === "POST" ? { "content-type": "application/json" } : {}), ...headers },
      body: method === "POST" ? wrapped : undefined,
    });
    const text = await response.text();
    return { status: response.status, text, headers: response.headers };
  }

  /** A guest's token, as WeChat login gives it. */
  async function tokenOf(userId: number): Promise<string> {
    return (await deps.guestTokens.issue(userId, clock.now())).accessToken;
  }

  let consoleUsers = 0;
  /** Somebody signed in to the console, as the headers that their browser sends. */
  async function consoleHeaders(
    who: { slug?: string; merchantId?: number; role?: MembershipRole; isOperator?: boolean } = {},
  ): Promise<Record<string, string>> {
    consoleUsers += 1;
    const email = `person-${consoleUsers}@example.com`;
    await createConsoleUser(deps, {
      email,
      password: goodPassword,
      name: `员工${consoleUsers}`,
      isOperator: who.isOperator ?? false,
      memberships: who.merchantId ? [{ merchantId: who.merchantId, role: who.role ?? "owner" }] : [],
    });
    const { token } = await signIn(deps, {
      email,
      password: goodPassword,
      userAgent: "test",
      ip: "127.0.0.1",
    });
    return {
      cookie: `${consoleSessionCookie.http}=${token}`,
      "sec-fetch-site": "same-origin",
      ...(who.slug ? { "x-merchant": who.slug } : {}),
    };
  }

  return {
    ...world,
    deps,
    clock,
    sandbox,
    broadcast,
    /** What the log was told as an error, and as news. */
    faults,
    notes,
    origin,
    server: api.server,
    post,
    data,
    trpc,
    tokenOf,
    consoleHeaders,
    async close() {
      await api.close();
      await world.drop();
    },
  };
}
export type TestApi = Awaited<ReturnType<typeof testApi>>;
