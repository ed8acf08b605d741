import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateKeys, merchantSide, readKeys, writeKeys } from "@looklook/wechat-sandbox";

/** Variables by name, as the apps read them. */
export type Variables = Record<string, string>;

const secret = () => randomBytes(32).toString("base64url");
const key = () => randomBytes(32).toString("base64");
/** Key ids stand beside what a key made, so that a new key can be added without losing the old one's work. */
const ring = (value: string) => JSON.stringify({ k1: value });

function makeSecrets(): Variables {
  const qr = generateKeyPairSync("ed25519");
  return {
    JWT_ACCESS_SECRET: secret(),
    NEXTAUTH_SECRET: secret(),
    CHECK_IN_CODE_PEPPERS: ring(key()),
    CHECK_IN_CODE_KEYS: ring(key()),
    CHECK_IN_QR_KEYS: ring(qr.privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    PII_KEYS: ring(key()),
    PII_INDEX_KEY: key(),
  };
}

/** The secrets of an embedded or demo system: made once, then read from `secrets.json`. */
export function localSecrets(dataDir: string): Variables {
  const file = join(dataDir, "secrets.json");
  const known: Variables = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const secrets = makeSecrets();
  // A secret that a newer version needs is added; those in use never change.
  const all = { ...secrets, ...known };
  if (Object.keys(secrets).some((name) => !(name in known))) writePrivate(file, all);
  return all;
}

/** Writes JSON that only its owner may read, whole or not at all. */
export function writePrivate(file: string, content: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Where the sandbox reads its side of the keys. */
export const wechatKeysDir = (dataDir: string) => join(dataDir, "wechat");

/** What a merchant has from WeChat, here from the sandbox: made once (a second or two), then read. */
export async function wechatSecrets(dataDir: string): Promise<Variables> {
  const dir = wechatKeysDir(dataDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  let keys = existsSync(join(dir, "wechat-sandbox-keys.json")) ? await readKeys(dir) : null;
  if (!keys) {
    keys = await generateKeys({ now: new Date() });
    await writeKeys(dir, keys);
  }
  const ours = merchantSide(keys);
  return {
    WECHAT_APPID: ours.appid,
    WECHAT_SECRET: ours.secret,
    WECHAT_MCHID: ours.mchid,
    WECHAT_API_V3_KEY: ours.apiV3Key,
    WECHAT_MERCHANT_PRIVATE_KEY: ours.merchantPrivateKeyPem,
    WECHAT_MERCHANT_CERT: ours.merchantCertificatePem,
    WECHAT_PAY_PUBLIC_KEY_ID: ours.wechatPayPublicKeyId,
    WECHAT_PAY_PUBLIC_KEY: ours.wechatPayPublicKeyPem,
  };
}
