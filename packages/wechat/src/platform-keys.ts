import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Clock } from "@looklook/core/gateway";
import { z } from "zod";
import { aeadOpen } from "./aead";
import type { WireAnswer } from "./transport";
import { signatureRefusal } from "./verify";

const Certificates = z.object({
  data: z.array(
    z.object({
      serial_no: z.string(),
      encrypt_certificate: z.object({
        nonce: z.string(),
        associated_data: z.string().optional(),
        ciphertext: z.string(),
      }),
    }),
  ),
});

/** An unknown serial can be anybody's invention, so it makes us ask WeChat this often and no oftener. */
const refreshEveryMs = { afterSuccess: 5 * 60_000, afterFailure: 15_000 };

export interface PlatformKeys {
  /** The key that `Wechatpay-Serial` names, or null when nobody knows it or its certificate is not valid now. */
  of(serial: string): Promise<KeyObject | null>;
}

/**
 * WeChat's keys by serial: its public key (`PUB_KEY_ID_…`) from configuration and its platform certificates, which it
 * hands out encrypted. Both count side by side, because callbacks are mixed for days during a switch.
 * @param options.download reads `/v3/certificates`. Its answer is signed with a key that it may be the first to bring,
 *   so it is decrypted first: only WeChat and we have the APIv3 key
 */
export function createPlatformKeys(options: {
  clock: Clock;
  apiV3Key: Buffer;
  publicKey: { id: string; pem: string } | null;
  download(): Promise<WireAnswer>;
}): PlatformKeys {
  const { clock, apiV3Key, publicKey } = options;
  const publicKeyObject = publicKey ? createPublicKey(publicKey.pem) : null;
  let certificates = new Map<string, { key: KeyObject; fromMs: number; toMs: number }>();
  let nextRefreshMs = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | null = null;

  function known(serial: string): KeyObject | null {
    if (publicKey && serial === publicKey.id) return publicKeyObject;
    const certificate = certificates.get(serial.toUpperCase());
    const nowMs = clock.now().getTime();
    if (!certificate || nowMs < certificate.fromMs || nowMs > certificate.toMs) return null;
    return certificate.key;
  }

  function keep(body: Buffer): void {
    const { data } = Certificates.parse(JSON.parse(body.toString("utf8")));
    const fresh: typeof certificates = new Map();
    for (const { serial_no, encrypt_certificate } of data) {
      const certificate = new X509Certificate(aeadOpen(encrypt_certificate, apiV3Key));
      if (certificate.serialNumber !== serial_no.toUpperCase()) continue;
      fresh.set(certificate.serialNumber, {
        key: certificate.publicKey,
        fromMs: Date.parse(certificate.validFrom),
        toMs: Date.parse(certificate.validTo),
      });
    }
    certificates = fresh;
  }

  async function refresh(): Promise<void> {
    const before = certificates;
    try {
      const { status, header, body } = await options.download();
      if (status !== 200) throw new Error(`the certificates were refused: ${status}`);
      keep(body);
      const refusal = await signatureRefusal(header, body, { clock, keyOf: known });
      if (refusal) throw new Error(`the certificates' signature: ${refusal}`);
      nextRefreshMs = clock.now().getTime() + refreshEveryMs.afterSuccess;
    } catch {
      certificates = before;
      nextRefreshMs = clock.now().getTime() + refreshEveryMs.afterFailure;
    } finally {
      refreshing = null;
    }
  }

  return {
    async of(serial) {
      const found = known(serial);
      // A public key is never downloaded: an id that is not ours stays unknown.
      if (found || serial.startsWith("PUB_KEY_ID_") || certificates.has(serial.toUpperCase())) return found;
      if (clock.now().getTime() < nextRefreshMs) return null;
      refreshing ??= refresh();
      await refreshing;
      return known(serial);
    },
  };
}
