import { createHash } from "node:crypto";

/** Where the sandbox gets its randomness: ids, codes, nonces. */
export interface SandboxRandom {
  bytes(length: number): Buffer;
}

/** An endless stream of bytes that depends on `seed` alone (SHA-256 in counter mode). */
export function seededRandom(seed: string): SandboxRandom {
  let block = 0;
  let pool = Buffer.alloc(0);
  return {
    bytes(length) {
      while (pool.length < length) {
        const next = createHash("sha256").update(`${seed}\n${block++}`).digest();
        pool = Buffer.concat([pool, next]);
      }
      const taken = pool.subarray(0, length);
      pool = pool.subarray(length);
      return Buffer.from(taken);
    },
  };
}

/** `length` characters of `alphabet`, which must have 256 or fewer; bytes that would favour some are thrown away. */
export function randomText(random: SandboxRandom, alphabet: string, length: number): string {
  const fair = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    const [byte = 0] = random.bytes(1);
    if (byte < fair) text += alphabet[byte % alphabet.length];
  }
  return text;
}

export const DIGITS = "0123456789";
export const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A version 4 UUID. */
export function randomUuid(random: SandboxRandom): string {
  const bytes = random.bytes(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
