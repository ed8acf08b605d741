import { v7 } from "uuid";
import type { Random } from "./deps";

/** A row's id as a number. @throws RangeError above 2^53-1, where a JSON number would lie. */
export function idOf(id: bigint): number {
  const value = Number(id);
  if (!Number.isSafeInteger(value)) throw new RangeError("row id is above 2^53-1");
  return value;
}

/** A UUID v7 of the given instant: the id of an event or a job. */
export function eventId(random: Random, at: Date): string {
  return v7({ msecs: at.getTime(), random: random.bytes(16) });
}

/**
 * `HSO…`, `PMT…`, `RFD…`: prefix, 14 digits of local time in Asia/Shanghai, 8 random digits
 * (legacy system: createHomestayOrderLogic.go, 25 characters). Unique keys decide; a collision is retried by the caller.
 */
export function publicNumber(prefix: "HSO" | "PMT" | "RFD", random: Random, at: Date): string {
  const local = new Date(at.getTime() + 8 * 3_600_000).toISOString().replace(/\D/g, "").slice(0, 14);
  return prefix + local + randomDigits(random, 8);
}

/** Uniform decimal digits: bytes of 250 and more are drawn again, so no digit is likelier. */
export function randomDigits(random: Random, length: number): string {
  let digits = "";
  while (digits.length < length) {
    for (const byte of random.bytes(length * 2))
      if (byte < 250 && digits.length < length) digits += byte % 10;
  }
  return digits;
}
