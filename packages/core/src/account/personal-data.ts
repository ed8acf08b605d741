import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from "node:crypto";
import type { Random } from "../shared/deps";

/** Guards what identifies a person: sealed for keeping, a blind index for finding. */
export interface PersonalData {
  /** AES-256-GCM under a key of this row's own; `place` = table, column and row id is authenticated with it. */
  seal(text: string, place: { table: string; column: string; id: number }): string;
  /** @throws Error when the text was sealed for another place or changed */
  open(sealed: string, place: { table: string; column: string; id: number }): string;
  /** HMAC-SHA256: equal for equal texts, says nothing else. */
  blindIndex(text: string): Buffer;
}

type Place = Parameters<PersonalData["seal"]>[1];

/**
 * `keys`: 32 bytes each, the current one first; older ones still open what they sealed. `indexKey` cannot be rotated
 * without writing every index anew.
 */
export function createPersonalData(config: {
  keys: readonly { id: string; key: Buffer }[];
  indexKey: Buffer;
  random: Random;
}): PersonalData {
  const current = config.keys[0];
  if (!current) throw new Error("personal data needs a key");
  return {
    seal(text, place) {
      const salt = config.random.bytes(16);
      const iv = config.random.bytes(12);
      const cipher = createCipheriv("aes-256-gcm", rowKey(current.key, salt, place), iv);
      cipher.setAAD(placeBytes(place));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return [current.id, ...[salt, iv, body].map((part) => part.toString("base64url"))].join(".");
    },
    open(sealed, place) {
      const [keyId, ...parts] = sealed.split(".");
      const [salt, iv, body] = parts.map((part) => Buffer.from(part, "base64url"));
      const key = config.keys.find(({ id }) => id === keyId);
      if (!key || !salt || !iv || !body || body.length < 16)
        throw new Error(`cannot open under key ${keyId}`);
      const decipher = createDecipheriv("aes-256-gcm", rowKey(key.key, salt, place), iv);
      decipher.setAAD(placeBytes(place));
      decipher.setAuthTag(body.subarray(-16));
      return Buffer.concat([decipher.update(body.subarray(0, -16)), decipher.final()]).toString("utf8");
    },
    blindIndex: (text) => createHmac("sha256", config.indexKey).update(text).digest(),
  };
}

/** One key for each sealed value, so that no key seals enough for its nonces to repeat. */
function rowKey(key: Buffer, salt: Buffer, place: Place): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, placeBytes(place), 32));
}

function placeBytes({ table, column, id }: Place): Buffer {
  return Buffer.from(`${table}.${column}.${id}`);
}
