import { generateKeyPairSync } from "node:crypto";
import type { RateLimiter } from "@looklook/contracts";
import {
  type CheckInCodeKeys,
  createCheckInCodes,
  createGuestTokens,
  createPasswords,
  createPersonalData,
  type Deps,
  type Random,
} from "@looklook/core";
import type { Db } from "@looklook/db";
import { clockAt, type SetClock } from "./clock";
import { seededRandom } from "./random";

/** For suites that are not about limits: nobody ever waits. */
export const unlimited: RateLimiter = {
  take: async () => ({ allowed: true, retryAfterMs: 0 }),
  peek: async () => ({ allowed: true, retryAfterMs: 0 }),
  close: async () => {},
};

/** Keys for check-in codes, made anew for whoever asks; Ed25519 cannot be drawn from a seed here. */
export function testCodeKeys(random: Random): CheckInCodeKeys {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    peppers: [{ id: "p1", key: random.bytes(32) }],
    sealKeys: [{ id: "s1", key: random.bytes(32) }],
    signingKeys: [{ id: "q1", key: privateKey.export({ type: "pkcs8", format: "pem" }).toString() }],
  };
}

/** Everything that a use case may be handed, without WeChat: suites that pay hand in their own `pay` and `miniProgram`. */
export type TestDeps = Omit<Deps, "pay" | "miniProgram" | "clock"> & { clock: SetClock };

/** Builds `Deps` over a database from a seed. `instant` is where the clock stands. */
export function testDeps(db: Db, { seed, instant }: { seed: string; instant: string | Date }): TestDeps {
  const random = seededRandom(seed);
  return {
    db,
    clock: clockAt(instant),
    random,
    limiter: unlimited,
    passwords: createPasswords(),
    personalData: createPersonalData({
      keys: [{ id: "d1", key: random.bytes(32) }],
      indexKey: random.bytes(32),
      random,
    }),
    guestTokens: createGuestTokens({ secret: random.bytes(32).toString("hex"), random }),
    codes: createCheckInCodes({ ...testCodeKeys(random), random }),
    traceparent: () => null,
  };
}
