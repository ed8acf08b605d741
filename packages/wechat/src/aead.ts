import { createDecipheriv } from "node:crypto";

/** AEAD_AES_256_GCM as WeChat writes it. */
export interface Sealed {
  /** base64 of ciphertext followed by the 16-byte tag. */
  ciphertext: string;
  nonce: string;
  associated_data?: string;
}

const tagLength = 16;

/**
 * Decrypts and authenticates: one changed bit anywhere, the associated data included, and nothing comes out.
 * (wechatpay-node-v3's `decipher_gcm` never checks the tag.)
 * @throws Error when it was not sealed under this key with these data
 */
export function aeadOpen(sealed: Sealed, key: Buffer): string {
  const bytes = Buffer.from(sealed.ciphertext, "base64");
  if (bytes.length < tagLength) throw new Error("ciphertext is shorter than its tag");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(sealed.nonce), {
    authTagLength: tagLength,
  });
  decipher.setAuthTag(bytes.subarray(-tagLength));
  decipher.setAAD(Buffer.from(sealed.associated_data ?? ""));
  return Buffer.concat([decipher.update(bytes.subarray(0, -tagLength)), decipher.final()]).toString("utf8");
}
