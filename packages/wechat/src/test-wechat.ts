import { randomBytes } from "node:crypto";
import {
  createSandbox,
  generateKeys,
  merchantSide,
  type SandboxKeys,
  seededRandom,
  virtualClock,
} from "@looklook/wechat-sandbox";
import { createMiniProgram, type MiniProgramConfig } from "./mini-program";
import { createWechatPay, type WechatPayConfig } from "./wechat-pay";

const begin = "2026-05-04T10:00:00+08:00";
export const templates = {
  paid: "QIJPmfxaNqYzSjOlXGk1T6Xfw94JwbSPuOd3u_hi3WE",
  stay_info: "kmm-maRr6v_9eMxEPpj-5clJ2YW_EFpd8-ngyYk63e4",
};

let sharedKeys: Promise<SandboxKeys> | null = null;
/** One set for a test file; making them takes half a second. */
export function sandboxKeys(): Promise<SandboxKeys> {
  sharedKeys ??= generateKeys({ now: new Date(begin) });
  return sharedKeys;
}

/** What WeChat posted to us. */
interface Callback {
  headers: Record<string, string>;
  body: Buffer;
}

/** WeChat in this process, and our two clients of it. Callbacks are kept, and answered with success. */
export async function wechatAt(
  options: { pay?: Partial<WechatPayConfig>; miniProgram?: Partial<MiniProgramConfig> } = {},
) {
  const clock = virtualClock(begin);
  const keys = await sandboxKeys();
  const side = merchantSide(keys);
  const callbacks: Callback[] = [];
  const requests: Request[] = [];
  const sandbox = createSandbox({
    clock,
    keys,
    random: seededRandom("wechat"),
    async deliver(request) {
      callbacks.push({
        headers: Object.fromEntries(request.headers),
        body: Buffer.from(await request.arrayBuffer()),
      });
      return { status: 200, body: "SUCCESS" };
    },
  });
  const wire = {
    clock,
    fetch(request: Request) {
      requests.push(request.clone());
      return sandbox.handle(request);
    },
  };
  const payConfig: WechatPayConfig = {
    appId: side.appid,
    mchId: side.mchid,
    apiV3Key: side.apiV3Key,
    merchantPrivateKeyPem: side.merchantPrivateKeyPem,
    merchantCertificatePem: side.merchantCertificatePem,
    publicKey: { id: side.wechatPayPublicKeyId, pem: side.wechatPayPublicKeyPem },
    notifyUrl: "https://looklook.example/notify",
    baseUrl: "https://api.mch.weixin.qq.com",
    breaker: null,
    ...options.pay,
  };
  const miniProgramConfig: MiniProgramConfig = {
    appId: side.appid,
    secret: side.secret,
    baseUrl: "https://api.weixin.qq.com",
    templates,
    miniProgramState: "developer",
    breaker: null,
    ...options.miniProgram,
  };
  const pay = createWechatPay(payConfig, { ...wire, random: { bytes: randomBytes } });
  const miniProgram = createMiniProgram(miniProgramConfig, wire);

  let count = 0;
  /** An order of one guest's, as a pre-pay makes it. */
  function order(openid: string) {
    return {
      paymentNo: `PMT2026050410000000000${String(++count).padStart(4, "0")}`,
      description: "湖景大床房",
      attach: "HSO2026050410000000000001",
      amountFen: 60_000,
      openid,
      timeExpireAt: new Date(clock.now().getTime() + 30 * 60_000),
      profitSharing: false,
    };
  }
  /** Paid by phone; the newest callback is the one about it. */
  async function paidCallback(): Promise<Callback & { paymentNo: string }> {
    const { openid } = sandbox.phone.user();
    const wanted = order(openid);
    const { prepayId } = await pay.prepay(wanted);
    const paid = sandbox.phone.pay(openid, pay.payParams(prepayId));
    if (!paid.ok) throw new Error(paid.errMsg);
    await sandbox.tick();
    const callback = callbacks.at(-1);
    if (!callback) throw new Error("WeChat called");
    return { ...callback, paymentNo: wanted.paymentNo };
  }

  return {
    clock,
    keys,
    sandbox,
    pay,
    miniProgram,
    payConfig,
    miniProgramConfig,
    callbacks,
    requests,
    order,
    paidCallback,
  };
}
