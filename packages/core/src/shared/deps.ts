import type { RateLimiter } from "@looklook/contracts";
import type { Db } from "@looklook/db";
import type { GuestTokens } from "../account/guest-tokens";
import type { Passwords } from "../account/passwords";
import type { PersonalData } from "../account/personal-data";
import type { CheckInCodes } from "../booking/check-in-codes";
import type { MiniProgram, PaymentGateway } from "../payment/gateway";

/** The only source of the present. */
export interface Clock {
  now(): Date;
}

/** The only source of chance; a seeded one makes a run repeatable. */
export interface Random {
  bytes(length: number): Buffer;
}

/**
 * Whatever is not deterministic or not ours, built once in each app's `main.ts`. A use case names in its first
 * parameter the few of these that it needs.
 */
export interface Deps {
  db: Db;
  clock: Clock;
  random: Random;
  limiter: RateLimiter;
  passwords: Passwords;
  personalData: PersonalData;
  guestTokens: GuestTokens;
  codes: CheckInCodes;
  pay: PaymentGateway;
  miniProgram: MiniProgram;
  /** W3C trace context of the request or job at hand, null without tracing. */
  traceparent(): string | null;
}
