import type { FaultPlan } from "./faults";
import type { SandboxKeys } from "./keys";
import { DIGITS, LETTERS_AND_DIGITS, randomText, type SandboxRandom } from "./random";
import type { Deliver, SandboxClock, SubscribeTemplate } from "./sandbox-types";
import type { Notification, State } from "./state";
import { beijingDigits } from "./virtual-clock";

/** What every part of the sandbox works with; built once in `createSandbox`. */
export interface World {
  clock: SandboxClock;
  random: SandboxRandom;
  keys: SandboxKeys;
  deliver: Deliver;
  faults: FaultPlan;
  state: State;
  /** The notifications that still have a try to come, and those a reorder fault holds; kept beside the state. */
  open: Set<Notification>;
  held: Set<Notification>;
  templates: SubscribeTemplate[];
  pages: string[] | null;
  deliverTo: string | null;
  callbackDelayMs: number;
  refundMs: number;
  refundErrorsPerSecond: number;
  deliveriesAtOnce: number;
  /** Fen the merchant has at WeChat for refunds; null: more than enough. */
  refundBalanceFen: number | null;
  /** Marks a change of state. */
  changed(): void;
}

/** 32 letters and digits, as WeChat's nonces are. */
export function newNonce(world: World): string {
  return randomText(world.random, LETTERS_AND_DIGITS, 32);
}

/** A number of WeChat's: a prefix, the Beijing date, then digits up to `length`. */
export function newNumber(world: World, prefix: string, length: number): string {
  const head = `${prefix}${beijingDigits(world.clock.now()).slice(0, 8)}`;
  return head + randomText(world.random, DIGITS, length - head.length);
}

/** @throws Error when nobody has that openid; the phone's own API, not the wire, ends here */
export function personOf(world: World, openid: string) {
  const person = world.state.users.get(openid);
  if (!person) throw new Error(`no person with openid ${openid}; phone.user() makes one`);
  return person;
}
