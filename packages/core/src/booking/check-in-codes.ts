import { createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey } from "node:crypto";
import { limits } from "@looklook/contracts";
import { CompactSign, compactVerify, errors } from "jose";
import { z } from "zod";
import type { Random } from "../shared";

/** Makes, finds, shows and signs check-in codes. Keys live outside the database; their ids stand beside what they made. */
export interface CheckInCodes {
  /** Eight characters of Crockford base32, from the CSPRNG that was handed in. */
  create(): string;
  /** A code as it is kept: upper case, look-alikes mended, spaces and dashes dropped; null when the text is no code. */
  normalise(text: string): string | null;
  /** HMAC-SHA256 under the current pepper. */
  hmac(code: string): { hmac: Buffer; keyId: string };
  /** The same under every pepper still in use, current first: how a typed code is looked up. */
  hmacs(code: string): Buffer[];
  /** AES-256-GCM, bound to the booking's number. */
  seal(code: string, bookingNo: string): string;
  /** @throws Error when it was sealed for another booking, changed, or under a key that is gone */
  open(sealed: string, bookingNo: string): string;
  /** A compact JWS (Ed25519) for the QR code: bookingNo, code, merchant, dates, kid; no name, no phone. */
  sign(facts: CodeFacts): Promise<string>;
  /** The facts of a QR text of ours, or null. */
  verify(text: string): Promise<{ bookingNo: string; code: string; merchantId: number } | null>;
}

interface CodeFacts {
  bookingNo: string;
  code: string;
  merchantId: number;
  checkInDate: string;
  checkOutDate: string;
}

/** A key and the name under which what it made can be told later; at most 16 characters. */
interface NamedKey<K> {
  id: string;
  key: K;
}

export interface CheckInCodeKeys {
  /** HMAC peppers and AES keys of 32 bytes, Ed25519 private keys in PEM; in each list the first is the current one. */
  peppers: readonly NamedKey<Buffer>[];
  sealKeys: readonly NamedKey<Buffer>[];
  signingKeys: readonly NamedKey<string>[];
}

/** Crockford's base32: no I, L, O or U. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const qrType = "looklook-check-in";
const QrFacts = z.object({ b: z.string(), c: z.string(), m: z.int(), i: z.string(), o: z.string() });

/** @throws Error when a list of keys is empty or a key has the wrong length or kind */
export function createCheckInCodes({
  peppers,
  sealKeys,
  signingKeys,
  random,
}: CheckInCodeKeys & { random: Random }): CheckInCodes {
  const pepper = currentOf(peppers, "pepper");
  const sealKey = currentOf(sealKeys, "seal key");
  for (const { id, key } of [...peppers, ...sealKeys])
    if (key.length !== 32) throw new Error(`check-in key ${id} has ${key.length} bytes, not 32`);
  const signers = signingKeys.map(({ id, key }) => {
    const privateKey = createPrivateKey(key);
    if (privateKey.asymmetricKeyType !== "ed25519")
      throw new Error(`check-in signing key ${id} is not Ed25519`);
    return { id, key: { privateKey, publicKey: createPublicKey(privateKey) } };
  });
  const signer = currentOf(signers, "signing key");
  const hmacUnder = ({ key }: NamedKey<Buffer>, code: string) =>
    createHmac("sha256", key).update(code).digest();

  return {
    create() {
      // 32 divides 256, so every character is as likely.
      return Array.from(random.bytes(limits.checkInCode.length), (byte) => alphabet[byte % 32]).join("");
    },
    normalise(text) {
      const code = text.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
      const isCode =
        code.length === limits.checkInCode.length && [...code].every((c) => alphabet.includes(c));
      return isCode ? code : null;
    },
    hmac: (code) => ({ hmac: hmacUnder(pepper, code), keyId: pepper.id }),
    hmacs: (code) => peppers.map((one) => hmacUnder(one, code)),
    seal(code, bookingNo) {
      const iv = random.bytes(12);
      const cipher = createCipheriv("aes-256-gcm", sealKey.key, iv).setAAD(placeOf(bookingNo));
      const sealed = Buffer.concat([cipher.update(code, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return [sealKey.id, iv.toString("base64url"), sealed.toString("base64url")].join(".");
    },
    open(text, bookingNo) {
      const [id, iv, sealed] = text.split(".");
      const found = sealKeys.find((one) => one.id === id);
      if (!found || !iv || !sealed)
        throw new Error(`check-in code of ${bookingNo} is sealed under an unknown key`);
      const bytes = Buffer.from(sealed, "base64url");
      const decipher = createDecipheriv("aes-256-gcm", found.key, Buffer.from(iv, "base64url"), {
        authTagLength: 16,
      })
        .setAAD(placeOf(bookingNo))
        .setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8");
    },
    sign({ bookingNo, code, merchantId, checkInDate, checkOutDate }) {
      const facts: z.infer<typeof QrFacts> = {
        b: bookingNo,
        c: code,
        m: merchantId,
        i: checkInDate,
        o: checkOutDate,
      };
      return new CompactSign(Buffer.from(JSON.stringify(facts)))
        .setProtectedHeader({ alg: "EdDSA", kid: signer.id, typ: qrType })
        .sign(signer.key.privateKey);
    },
    async verify(text) {
      try {
        const { payload } = await compactVerify(
          text,
          ({ kid, typ }) => {
            const found = signers.find(({ id }) => id === kid);
            if (!found || typ !== qrType) throw new errors.JWSInvalid("not a check-in code of ours");
            return found.key.publicKey;
          },
          { algorithms: ["EdDSA"] },
        );
        const { b, c, m } = QrFacts.parse(JSON.parse(Buffer.from(payload).toString("utf8")));
        return { bookingNo: b, code: c, merchantId: m };
      } catch (error) {
        // Whatever was scanned: only a text that we signed means anything.
        if (error instanceof errors.JOSEError) return null;
        throw error;
      }
    },
  };
}

function currentOf<K>(keys: readonly NamedKey<K>[], what: string): NamedKey<K> {
  const [current] = keys;
  if (!current) throw new Error(`there is no check-in ${what}`);
  return current;
}

/** What a sealed code is authenticated with: it opens in its own row and nowhere else. */
function placeOf(bookingNo: string): Buffer {
  return Buffer.from(`booking.code_sealed:${bookingNo}`);
}
