import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { merchantSide, readKeys, writeKeys } from "./keys";
import { testKeys } from "./test-merchant";

const dirs: string[] = [];
async function newDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "sandbox-keys-"));
  dirs.push(dir);
  return dir;
}
afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true });
});

test("certificates are real, self-signed, valid for five years, and bear the serial they are known by", async () => {
  const keys = await testKeys();
  for (const entry of [keys.merchant, ...keys.platformCertificates]) {
    const certificate = new X509Certificate(entry.certificatePem);
    expect(certificate.serialNumber).toBe(entry.serial);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.export({ type: "spki", format: "pem" })).toBe(entry.publicKeyPem);
    expect(new Date(certificate.validFrom)).toEqual(new Date("2026-04-30T00:00:00Z"));
    expect(new Date(certificate.validTo).getFullYear()).toBe(2031);
  }
  expect(new Set([keys.merchant, ...keys.platformCertificates].map(({ serial }) => serial)).size).toBe(3);
});

test("keys survive the disk, readable by their owner only", async () => {
  const keys = await testKeys();
  const dir = join(await newDir(), "deeper");
  const path = await writeKeys(dir, keys);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readKeys(dir)).toEqual(keys);
});

test("a missing or foreign file is named", async () => {
  const dir = await newDir();
  await expect(readKeys(dir)).rejects.toThrow(/wechat-sandbox-keys\.json: ENOENT/);
  await writeFile(join(dir, "wechat-sandbox-keys.json"), "{}");
  await expect(readKeys(dir)).rejects.toThrow("delete it");
});

test("the merchant gets nothing that WeChat keeps to itself", async () => {
  const keys = await testKeys();
  const given = JSON.stringify(merchantSide(keys));
  for (const { privateKeyPem } of [keys.wechatPayPublicKey, ...keys.platformCertificates]) {
    expect(given).not.toContain(JSON.stringify(privateKeyPem).slice(1, -1));
  }
  expect(given).toContain(keys.wechatPayPublicKey.id);
});
