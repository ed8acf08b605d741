import { generateKeyPair, randomBytes, randomInt } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import forge from "node-forge";
import { z } from "zod";

const Certificate = z.object({
  /** Upper-case hex, as in `Wechatpay-Serial` and `serial_no`. */
  serial: z.string().regex(/^[0-9A-F]{40}$/),
  certificatePem: z.string(),
  publicKeyPem: z.string(),
  /** PKCS#8. */
  privateKeyPem: z.string(),
  effectiveAt: z.iso.datetime(),
  expireAt: z.iso.datetime(),
});
type Certificate = z.infer<typeof Certificate>;

const SandboxKeys = z.object({
  version: z.literal(1),
  appid: z.string().regex(/^wx[0-9a-f]{16}$/),
  /** The mini-program's AppSecret. */
  secret: z.string().length(32),
  mchid: z.string().regex(/^\d{10}$/),
  /** 32 bytes of ASCII. */
  apiV3Key: z.string().length(32),
  merchant: Certificate,
  /** The one in use and the one after it. */
  platformCertificates: z.array(Certificate).length(2),
  wechatPayPublicKey: z.object({
    id: z.string().regex(/^PUB_KEY_ID_\d{34}$/),
    publicKeyPem: z.string(),
    privateKeyPem: z.string(),
  }),
});

/** Both sides' secrets, the JSON in `wechat-sandbox-keys.json`. Only `merchantSide` may leave the sandbox. */
export type SandboxKeys = z.infer<typeof SandboxKeys>;

/** What a merchant holds in real life: its account, its own key pair, and WeChat Pay's public key. */
export interface MerchantSide {
  appid: string;
  secret: string;
  mchid: string;
  apiV3Key: string;
  merchantSerial: string;
  merchantPrivateKeyPem: string;
  merchantCertificatePem: string;
  wechatPayPublicKeyId: string;
  wechatPayPublicKeyPem: string;
}

export function merchantSide(keys: SandboxKeys): MerchantSide {
  return {
    appid: keys.appid,
    secret: keys.secret,
    mchid: keys.mchid,
    apiV3Key: keys.apiV3Key,
    merchantSerial: keys.merchant.serial,
    merchantPrivateKeyPem: keys.merchant.privateKeyPem,
    merchantCertificatePem: keys.merchant.certificatePem,
    wechatPayPublicKeyId: keys.wechatPayPublicKey.id,
    wechatPayPublicKeyPem: keys.wechatPayPublicKey.publicKeyPem,
  };
}

const newRsaPair = promisify(generateKeyPair);
const pems = {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;

const FIVE_YEARS_MS = 5 * 365 * 86_400_000;

/** A self-signed certificate, valid for five years from the day before `now` (real ones live as long). */
async function newCertificate(commonName: string, now: Date): Promise<Certificate> {
  const { publicKey: publicKeyPem, privateKey: privateKeyPem } = await newRsaPair("rsa", pems);
  // The first hex digit 4–7 keeps the DER integer positive and 20 bytes long, so the text form is 40 digits.
  const serial = `${"4567"[randomInt(4)]}${randomBytes(20).toString("hex").slice(1)}`.toUpperCase();
  const effectiveAt = new Date(now.getTime() - 86_400_000);
  const expireAt = new Date(effectiveAt.getTime() + FIVE_YEARS_MS);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKeyPem);
  certificate.serialNumber = serial.toLowerCase();
  certificate.validity.notBefore = effectiveAt;
  certificate.validity.notAfter = expireAt;
  const name = [
    { shortName: "CN", value: commonName },
    { shortName: "O", value: "looklook sandbox" },
    { shortName: "C", value: "CN" },
  ];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(forge.pki.privateKeyFromPem(privateKeyPem), forge.md.sha256.create());
  return {
    serial,
    certificatePem: forge.pki.certificateToPem(certificate).replaceAll("\r", ""),
    publicKeyPem,
    privateKeyPem,
    effectiveAt: effectiveAt.toISOString(),
    expireAt: expireAt.toISOString(),
  };
}

/**
 * Fresh keys and account numbers for one merchant and its WeChat. Takes about a second.
 * Not repeatable from a seed: make them once, and hand the same ones to every run that should be alike.
 * @param options.now the certificates' validity begins a day before it
 */
export async function generateKeys(options: { now: Date }): Promise<SandboxKeys> {
  const mchid = `19${randomInt(1e8).toString().padStart(8, "0")}`;
  const [merchant, current, next, publicKey] = await Promise.all([
    newCertificate(mchid, options.now),
    newCertificate("Tenpay.com sandbox 1", options.now),
    newCertificate("Tenpay.com sandbox 2", options.now),
    newRsaPair("rsa", pems),
  ]);
  return {
    version: 1,
    appid: `wx${randomBytes(8).toString("hex")}`,
    secret: randomBytes(16).toString("hex"),
    mchid,
    apiV3Key: randomBytes(16).toString("hex"),
    merchant,
    platformCertificates: [current, next],
    wechatPayPublicKey: {
      id: `PUB_KEY_ID_01${mchid}${Array.from({ length: 22 }, () => randomInt(10)).join("")}`,
      publicKeyPem: publicKey.publicKey,
      privateKeyPem: publicKey.privateKey,
    },
  };
}

const FILE = "wechat-sandbox-keys.json";

/** Writes `wechat-sandbox-keys.json` into `dir` (made when missing), readable by its owner only. @returns its path */
export async function writeKeys(dir: string, keys: SandboxKeys): Promise<string> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, FILE);
  await writeFile(`${path}.new`, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
  return path;
}

/** @throws Error that names the file when it is missing or not what `writeKeys` wrote */
export async function readKeys(dir: string): Promise<SandboxKeys> {
  const path = join(dir, FILE);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot read the sandbox's keys at ${path}: ${error.code ?? error.message}`);
  });
  try {
    return SandboxKeys.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} does not hold the sandbox's keys; delete it and let it be written again`, {
      cause: error,
    });
  }
}
