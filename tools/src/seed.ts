import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { createCheckInCodes, createPasswords, createPersonalData } from "@looklook/core";
import { openDatabase } from "@looklook/db";
import { commonEnv, EnvError, parseEnv } from "@looklook/runtime";
import { demoAccounts, seedDemo } from "@looklook/testing";
import { z } from "zod";
import { explain, PlainError } from "./plain-error";
import { type SignIn, signInsFile, writeArrivals } from "./start/demo-files";
import { writePrivate } from "./start/secrets";

/**
 * Fills an empty, migrated database with the demo: `npm run seed`, with DATABASE_URL and the secrets that
 * the processes will use. The sign-ins that it makes are printed, or written where LOOKLOOK_DATA_DIR says.
 */
async function main(): Promise<void> {
  const {
    DATABASE_URL,
    PII_KEYS,
    PII_INDEX_KEY,
    CHECK_IN_CODE_PEPPERS,
    CHECK_IN_CODE_KEYS,
    CHECK_IN_QR_KEYS,
  } = commonEnv;
  const secrets = { PII_KEYS, PII_INDEX_KEY, CHECK_IN_CODE_PEPPERS, CHECK_IN_CODE_KEYS, CHECK_IN_QR_KEYS };
  const env = parseEnv({ DATABASE_URL, ...secrets, LOOKLOOK_DATA_DIR: z.string().optional() }, process.env);
  const database = openDatabase({ url: env.DATABASE_URL, applicationName: "looklook-seed" });
  try {
    if ((await database.db.merchant.count()) > 0)
      throw new PlainError(
        "There are merchants in this database already: the demo goes into an empty one only.",
      );
    const random = { bytes: (length: number) => randomBytes(length) };
    const clock = { now: () => new Date() };
    const deps = {
      db: database.db,
      clock,
      random,
      passwords: createPasswords(),
      personalData: createPersonalData({ keys: env.PII_KEYS, indexKey: env.PII_INDEX_KEY, random }),
      codes: createCheckInCodes({
        peppers: env.CHECK_IN_CODE_PEPPERS,
        sealKeys: env.CHECK_IN_CODE_KEYS,
        signingKeys: env.CHECK_IN_QR_KEYS,
        random,
      }),
    };
    const signIns = makeSignIns(env.LOOKLOOK_DATA_DIR);
    const { arrivals, ...counts } = await seedDemo(deps, { signIns });
    console.log(
      Object.entries(counts)
        .map(([what, count]) => `${count} ${what}`)
        .join(", "),
    );
    if (env.LOOKLOOK_DATA_DIR) writeArrivals(env.LOOKLOOK_DATA_DIR, clock.now(), arrivals);
    else for (const { label, email, password } of signIns) console.log(`${label}   ${email}   ${password}`);
  } finally {
    await database.close();
  }
}

/** Every account of the demo with a password of its own; one that stands in the file already is kept. */
function makeSignIns(dataDir: string | undefined): SignIn[] {
  const file = dataDir ? signInsFile(dataDir) : null;
  const known: SignIn[] = file && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const signIns = demoAccounts.map((account) => ({
    ...account,
    password:
      known.find(({ email }) => email === account.email)?.password ?? randomBytes(9).toString("base64url"),
  }));
  if (file) {
    mkdirSync(dirname(file), { recursive: true });
    // Before the database has them: a filling that is interrupted must not leave accounts nobody can use.
    writePrivate(file, signIns);
  }
  return signIns;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof EnvError ? error.message : explain(error));
  process.exitCode = 1;
}
