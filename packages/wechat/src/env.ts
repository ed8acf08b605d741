import { z } from "zod";
import type { MiniProgramConfig } from "./mini-program";
import type { WechatPayConfig } from "./wechat-pay";

/** Where WeChat posts payments and refunds, below our own public origin (legacy system: thirdPayment.api). */
export const callbackPath = "/payment/v1/thirdPayment/thirdPaymentWxPayCallback";

const payOrigins = ["https://api.mch.weixin.qq.com", "https://api2.mch.weixin.qq.com"] as const;
const miniProgramOrigins = [
  "https://api.weixin.qq.com",
  "https://api2.weixin.qq.com",
  "https://sh.api.weixin.qq.com",
  "https://sz.api.weixin.qq.com",
] as const;

const pem = z.string().regex(/^-----BEGIN [A-Z ]+-----/, "not PEM text");

/** The variables that both api and worker read: spread it into the schema of `env.ts`. */
export const wechatEnvShape = {
  NODE_ENV: z.enum(["production", "development", "test"]).default("development"),
  WECHAT_APPID: z.string().min(1),
  WECHAT_SECRET: z.string().min(1),
  WECHAT_MCHID: z.string().min(1),
  /** 32 characters, set in the merchant platform. */
  WECHAT_API_V3_KEY: z.string().length(32),
  WECHAT_MERCHANT_PRIVATE_KEY: pem,
  WECHAT_MERCHANT_CERT: pem,
  /** Both absent: a merchant that still verifies by platform certificates only. */
  WECHAT_PAY_PUBLIC_KEY_ID: z.string().startsWith("PUB_KEY_ID_").optional(),
  WECHAT_PAY_PUBLIC_KEY: pem.optional(),
  /** Our public origin; WeChat wants https. */
  WECHAT_NOTIFY_BASE_URL: z.url({ protocol: /^https$/ }),
  WECHAT_BASE_URL: z.url().default(miniProgramOrigins[0]),
  WECHAT_PAY_BASE_URL: z.url().default(payOrigins[0]),
  WECHAT_SANDBOX: z.enum(["0", "1", ""]).default("0"),
  /** Ids of the two templates as the mini-program's owner picked them; the legacy mini-program's when absent. */
  WECHAT_TEMPLATE_PAID: z.string().min(1).default("QIJPmfxaNqYzSjOlXGk1T6Xfw94JwbSPuOd3u_hi3WE"),
  WECHAT_TEMPLATE_STAY_INFO: z.string().min(1).default("kmm-maRr6v_9eMxEPpj-5clJ2YW_EFpd8-ngyYk63e4"),
};
const WechatEnv = z.object(wechatEnvShape);
export type WechatEnv = z.infer<typeof WechatEnv>;

/**
 * Why these addresses may not be used, or null. In production only WeChat's own are, unless `WECHAT_SANDBOX=1` says
 * that this is a demonstration: a forgotten test address must not take real guests' bookings for paid.
 */
export function wechatAddressRefusal(
  env: Pick<WechatEnv, "NODE_ENV" | "WECHAT_BASE_URL" | "WECHAT_PAY_BASE_URL" | "WECHAT_SANDBOX">,
): string | null {
  if (env.NODE_ENV !== "production" || env.WECHAT_SANDBOX === "1") return null;
  const checked = [
    ["WECHAT_BASE_URL", env.WECHAT_BASE_URL, miniProgramOrigins],
    ["WECHAT_PAY_BASE_URL", env.WECHAT_PAY_BASE_URL, payOrigins],
  ] as const;
  for (const [name, value, origins] of checked) {
    const { origin, pathname } = new URL(value);
    if (pathname !== "/" || !(origins as readonly string[]).includes(origin))
      return `${name} is not an address of WeChat's; with NODE_ENV=production set WECHAT_SANDBOX=1 to use a sandbox.`;
  }
  return null;
}

/**
 * What the two clients are built from.
 * @throws Error that names the variable when the addresses are refused or half a key pair is given
 */
export function wechatConfigOf(env: WechatEnv): {
  pay: WechatPayConfig;
  miniProgram: MiniProgramConfig;
  isSandbox: boolean;
} {
  const refusal = wechatAddressRefusal(env);
  if (refusal) throw new Error(refusal);
  const { WECHAT_PAY_PUBLIC_KEY_ID: publicKeyId, WECHAT_PAY_PUBLIC_KEY: publicKeyPem } = env;
  if (!publicKeyId !== !publicKeyPem)
    throw new Error("WECHAT_PAY_PUBLIC_KEY_ID and WECHAT_PAY_PUBLIC_KEY are set together or not at all.");
  const isSandbox = env.WECHAT_SANDBOX === "1";
  return {
    isSandbox,
    pay: {
      appId: env.WECHAT_APPID,
      mchId: env.WECHAT_MCHID,
      apiV3Key: env.WECHAT_API_V3_KEY,
      merchantPrivateKeyPem: env.WECHAT_MERCHANT_PRIVATE_KEY,
      merchantCertificatePem: env.WECHAT_MERCHANT_CERT,
      publicKey: publicKeyId && publicKeyPem ? { id: publicKeyId, pem: publicKeyPem } : null,
      notifyUrl: new URL(callbackPath, env.WECHAT_NOTIFY_BASE_URL).toString(),
      baseUrl: env.WECHAT_PAY_BASE_URL,
    },
    miniProgram: {
      appId: env.WECHAT_APPID,
      secret: env.WECHAT_SECRET,
      baseUrl: env.WECHAT_BASE_URL,
      templates: { paid: env.WECHAT_TEMPLATE_PAID, stay_info: env.WECHAT_TEMPLATE_STAY_INFO },
      miniProgramState: env.NODE_ENV === "production" && !isSandbox ? "formal" : "developer",
    },
  };
}
