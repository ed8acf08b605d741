import { createCipheriv, createSign, createVerify } from "node:crypto";

/** SHA256-RSA (PKCS#1 v1.5), base64: every signature of Pay v3. */
export function rsaSign(text: string, privateKeyPem: string): string {
  return createSign("RSA-SHA256").update(text).sign(privateKeyPem, "base64");
}

/** Whether `signature` (base64) over `text` was made with the key that belongs to `publicKeyPem`. */
export function rsaVerify(text: string, signature: string, publicKeyPem: string): boolean {
  return createVerify("RSA-SHA256").update(text).verify(publicKeyPem, signature, "base64");
}

/** What a merchant signs for a request. @param pathAndQuery as it stands on the wire */
export function requestText(
  method: string,
  pathAndQuery: string,
  timestamp: string,
  nonce: string,
  body: string,
): string {
  return `${method}\n${pathAndQuery}\n${timestamp}\n${nonce}\n${body}\n`;
}

/** What WeChat signs for an answer or a callback; `body` is "" for 204. */
export function answerText(timestamp: string, nonce: string, body: string): string {
  return `${timestamp}\n${nonce}\n${body}\n`;
}

/** What a merchant signs for `wx.requestPayment`. @param packageText `prepay_id=…` */
export function paySignText(appid: string, timeStamp: string, nonceStr: string, packageText: string): string {
  return `${appid}\n${timeStamp}\n${nonceStr}\n${packageText}\n`;
}

/**
 * AEAD_AES_256_GCM as WeChat writes it: base64 of ciphertext followed by the 16-byte tag.
 * @param key 32 bytes @param nonce 12 bytes
 */
export function aeadEncrypt(
  plaintext: string | Buffer,
  key: string | Buffer,
  nonce: string | Buffer,
  associatedData: string | Buffer,
): string {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(associatedData));
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]).toString("base64");
}
