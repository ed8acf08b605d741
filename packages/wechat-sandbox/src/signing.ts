import { answerText, rsaSign } from "./signatures";
import { newNonce, type World } from "./world";

export interface SigningKey {
  /** `PUB_KEY_ID_…` or a certificate's serial. */
  serial: string;
  privateKeyPem: string;
}

function certificateInUse(world: World) {
  const certificate = world.keys.platformCertificates[world.state.signing.certificate];
  if (!certificate) throw new Error("signing.certificate names no platform certificate");
  return certificate;
}

function publicKeyInUse(world: World): SigningKey {
  const { id, privateKeyPem } = world.keys.wechatPayPublicKey;
  return { serial: id, privateKeyPem };
}

/** The certificates that /v3/certificates lists: those in use so far. */
export function listedCertificates(world: World) {
  const { hasCertificates, certificate } = world.state.signing;
  return hasCertificates ? world.keys.platformCertificates.slice(0, certificate + 1) : [];
}

/** The key that a request asks for in `Wechatpay-Serial`; null when WeChat knows no such key. */
export function keyForAnswer(world: World, wanted: string | null): SigningKey | null {
  const { id } = world.keys.wechatPayPublicKey;
  if (wanted === null) {
    return world.state.signing.answers === "public-key" ? publicKeyInUse(world) : certificateInUse(world);
  }
  if (wanted === id) return publicKeyInUse(world);
  return listedCertificates(world).find(({ serial }) => serial === wanted) ?? null;
}

/** During a switch WeChat signs some callbacks with the one, some with the other. */
export function keyForCallback(world: World): SigningKey {
  const mode = world.state.signing.callbacks;
  if (mode === "mixed") {
    const [coin = 0] = world.random.bytes(1);
    return coin % 2 === 0 ? publicKeyInUse(world) : certificateInUse(world);
  }
  return mode === "public-key" ? publicKeyInUse(world) : certificateInUse(world);
}

/** The five Wechatpay-* headers over exactly these bytes. @param at the signature's time */
export function signatureHeaders(
  world: World,
  key: SigningKey,
  body: string,
  at: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const nonce = newNonce(world);
  return {
    "Wechatpay-Serial": key.serial,
    "Wechatpay-Timestamp": timestamp,
    "Wechatpay-Nonce": nonce,
    "Wechatpay-Signature": rsaSign(answerText(timestamp, nonce, body), key.privateKeyPem),
    "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
  };
}

/** A signature that is wrong on purpose; WeChat sends such ones to see whether anybody checks. */
export function signTestProbe(world: World): string {
  return `WECHATPAY/SIGNTEST/${world.random.bytes(192).toString("base64")}`;
}
