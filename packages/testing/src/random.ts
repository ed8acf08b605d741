import { createCipheriv, createHash } from "node:crypto";
import type { Random } from "@looklook/core";

/** Bytes that look random and are the same for the same seed: AES-256 in counter mode over nothing. */
export function seededRandom(seed: string): Random {
  const key = createHash("sha256").update(seed).digest();
  const stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  return { bytes: (length) => stream.update(Buffer.alloc(length)) };
}
