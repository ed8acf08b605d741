import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import fc from "fast-check";
import { CompactSign, decodeProtectedHeader } from "jose";
import { describe, expect, test } from "vitest";
import { type CheckInCodeKeys, createCheckInCodes } from "./check-in-codes";

const random = { bytes: (length: number) => randomBytes(length) };
const pem = () =>
  generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const keys = (name: string): CheckInCodeKeys => ({
  peppers: [{ id: `pepper-${name}`, key: randomBytes(32) }],
  sealKeys: [{ id: `seal-${name}`, key: randomBytes(32) }],
  signingKeys: [{ id: `sign-${name}`, key: pem() }],
});
const old = keys("2024");
const current = keys("2025");
const codes = createCheckInCodes({ ...current, random });
/** After a rotation: new keys first, the old ones still known. */
const rotated = createCheckInCodes({
  peppers: [...current.peppers, ...old.peppers],
  sealKeys: [...current.sealKeys, ...old.sealKeys],
  signingKeys: [...current.signingKeys, ...old.signingKeys],
  random,
});
const before = createCheckInCodes({ ...old, random });

const facts = {
  bookingNo: "HSO2025040112000012345678",
  code: "K7QM4T9X",
  merchantId: 3,
  checkInDate: "2025-05-01",
  checkOutDate: "2025-05-03",
};

describe("a code", () => {
  test("is eight characters that nobody confuses, each as likely as any other", () => {
    const counts = new Map<string, number>();
    for (let made = 0; made < 4_000; made += 1)
      for (const character of codes.create()) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect([...counts.keys()].sort().join("")).toBe("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    // 1,000 each; six standard deviations are 187.
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(187);
  });

  const written: [string, string | null, string][] = [
    ["K7QM4T9X", "K7QM4T9X", "as printed"],
    ["k7qm 4t9x", "K7QM4T9X", "grouped, in lower case"],
    [" K7QM-4T9X\t", "K7QM4T9X", "with a dash and what a scanner appends"],
    ["OoIiLl00", "00111100", "look-alikes"],
    ["K7QM4T9", null, "too short"],
    ["K7QM4T9XX", null, "too long"],
    ["K7QM4T9U", null, "U is in no code"],
    ["K7QM4T9é", null, "no such letter"],
    ["ＫK7QM4T9", null, "full-width letters are not ours"],
    ["", null, "nothing"],
  ];
  test.each(written)("%j is read as %j: %s", (text, code) => {
    expect(codes.normalise(text)).toBe(code);
  });

  test("comes back from every way of writing it", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(" ", "-", ""), fc.boolean(), (_run, gap, lower) => {
        const code = codes.create();
        const text = [code.slice(0, 4), code.slice(4)].join(gap).replaceAll("0", "O").replaceAll("1", "l");
        expect(codes.normalise(lower ? text.toLowerCase() : text)).toBe(code);
      }),
    );
  });
});

describe("keeping a code", () => {
  test("the index says nothing without its pepper and is the same each time", () => {
    const { hmac, keyId } = codes.hmac("K7QM4T9X");
    expect(keyId).toBe("pepper-2025");
    expect(hmac).toHaveLength(32);
    expect(codes.hmac("K7QM4T9X").hmac).toEqual(hmac);
    expect(before.hmac("K7QM4T9X").hmac).not.toEqual(hmac);
  });

  test("a code kept under the last pepper is found after a rotation", () => {
    expect(rotated.hmacs("K7QM4T9X")).toEqual([codes.hmac("K7QM4T9X").hmac, before.hmac("K7QM4T9X").hmac]);
  });

  test("a sealed code opens for its own booking only, also after a rotation", () => {
    const sealed = before.seal("K7QM4T9X", facts.bookingNo);
    expect(sealed).not.toContain("K7QM4T9X");
    expect(before.seal("K7QM4T9X", facts.bookingNo)).not.toBe(sealed);
    expect(rotated.open(sealed, facts.bookingNo)).toBe("K7QM4T9X");
    expect(() => rotated.open(sealed, "HSO2025040112000087654321")).toThrow();
    expect(() => codes.open(sealed, facts.bookingNo)).toThrow(/unknown key/);
  });

  test("a sealed code that was changed does not open", () => {
    const [id, iv, body] = codes.seal("K7QM4T9X", facts.bookingNo).split(".");
    const bytes = Buffer.from(body ?? "", "base64url");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => codes.open([id, iv, changed.toString("base64url")].join("."), facts.bookingNo)).toThrow();
    }
    expect(() =>
      codes.open([id, iv, bytes.subarray(0, 4).toString("base64url")].join("."), facts.bookingNo),
    ).toThrow();
  });
});

describe("a QR text", () => {
  test("carries booking, code, merchant and days, and names its key", async () => {
    const text = await codes.sign(facts);
    expect(text.length).toBeLessThan(400);
    expect(decodeProtectedHeader(text)).toEqual({ alg: "EdDSA", kid: "sign-2025", typ: "looklook-check-in" });
    expect(await codes.verify(text)).toEqual({ bookingNo: facts.bookingNo, code: "K7QM4T9X", merchantId: 3 });
  });

  test("is still ours after a rotation", async () => {
    expect(await rotated.verify(await before.sign(facts))).toMatchObject({ code: "K7QM4T9X" });
    expect(await codes.verify(await before.sign(facts))).toBeNull();
  });

  test.each([
    ["a web address", async () => "https://example.com/a.b.c"],
    ["three dots and nothing", async () => "a.b.c"],
    ["nothing", async () => ""],
    [
      "a changed payload",
      async () => {
        const [head, , signature] = (await codes.sign(facts)).split(".");
        const payload = Buffer.from(JSON.stringify({ b: "x", c: "00000000", m: 1, i: "", o: "" }));
        return [head, payload.toString("base64url"), signature].join(".");
      },
    ],
    [
      "no signature at all",
      async () => {
        const [, payload] = (await codes.sign(facts)).split(".");
        const head = Buffer.from(JSON.stringify({ alg: "none", kid: "sign-2025", typ: "looklook-check-in" }));
        return [head.toString("base64url"), payload, ""].join(".");
      },
    ],
    [
      "our key's name over a stranger's key",
      async () =>
        createCheckInCodes({
          ...current,
          signingKeys: [{ id: "sign-2025", key: pem() }],
          random,
        }).sign(facts),
    ],
    [
      "a signed text of ours of another kind",
      async () => {
        const key = current.signingKeys[0]?.key ?? "";
        return new CompactSign(Buffer.from("{}"))
          .setProtectedHeader({ alg: "EdDSA", kid: "sign-2025", typ: "something-else" })
          .sign(createPrivateKey(key));
      },
    ],
  ])("%s means nothing", async (_what, text) => {
    expect(await codes.verify(await text())).toBeNull();
  });
});

describe("keys", () => {
  test.each([
    ["no pepper", { ...current, peppers: [] }],
    ["a short pepper", { ...current, peppers: [{ id: "p", key: randomBytes(16) }] }],
    ["a short seal key", { ...current, sealKeys: [{ id: "s", key: randomBytes(31) }] }],
    [
      "a signing key of another kind",
      {
        ...current,
        signingKeys: [
          {
            id: "e",
            key: generateKeyPairSync("ec", { namedCurve: "P-256" })
              .privateKey.export({ type: "pkcs8", format: "pem" })
              .toString(),
          },
        ],
      },
    ],
  ])("%s stops the process", (_what, wrong) => {
    expect(() => createCheckInCodes({ ...wrong, random })).toThrow();
  });
});
