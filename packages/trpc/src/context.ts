import type { Broadcast, ConsoleIdentity } from "@looklook/contracts";
import { authenticateConsole, authenticateGuest, type Deps } from "@looklook/core";

/** What a request says about its caller, before anybody has believed it. */
export interface Credentials {
  /** The `Authorization` header as it came; the legacy system takes the token with or without `Bearer `. */
  authorization: string | null;
  /** The opaque token of the console's session cookie. */
  consoleToken: string | null;
  /** `x-merchant`: the slug of the merchant whose pages the console shows. */
  merchantSlug: string | null;
  /** The peer's address, for rate limits. */
  ip: string;
  /** A page that only listens: it does not keep its console session awake. */
  isPassive?: boolean;
}

/** Where changes are noted for operators: pino's shape. */
export interface ChangeLog {
  info(fields: object, message: string): void;
}

/**
 * What every procedure gets. Callers are resolved when a procedure first asks and then kept for the request (and for
 * all calls of a batch), so that open procedures cost no look-up.
 */
export interface Context extends Deps {
  broadcast: Broadcast;
  log: ChangeLog;
  ip: string;
  merchantSlug: string | null;
  /** @throws AppError NOT_SIGNED_IN */
  guest(): Promise<{ userId: number; jti: string | null }>;
  /** The guest where a token was sent, null where none was. @throws AppError NOT_SIGNED_IN for a token that is not good */
  maybeGuest(): Promise<{ userId: number } | null>;
  /** The signed-in console user, or null. */
  console(): Promise<ConsoleIdentity | null>;
  /** The token itself, for signing out. */
  consoleToken: string | null;
}

/** Builds the context of one request. */
export function createContext(
  deps: Deps & { broadcast: Broadcast; log: ChangeLog },
  credentials: Credentials,
): Context {
  const token = bearerToken(credentials.authorization);
  const guest = once(() => authenticateGuest(deps, token));
  // By name: spreading an object of this size takes longer than everything else that a request costs here.
  return {
    db: deps.db,
    clock: deps.clock,
    random: deps.random,
    limiter: deps.limiter,
    passwords: deps.passwords,
    personalData: deps.personalData,
    guestTokens: deps.guestTokens,
    codes: deps.codes,
    pay: deps.pay,
    miniProgram: deps.miniProgram,
    traceparent: deps.traceparent,
    broadcast: deps.broadcast,
    log: deps.log,
    ip: credentials.ip,
    merchantSlug: credentials.merchantSlug,
    consoleToken: credentials.consoleToken,
    guest,
    maybeGuest: async () => (token === "" ? null : guest()),
    console: once(async () =>
      credentials.consoleToken === null
        ? null
        : authenticateConsole(deps, credentials.consoleToken, { isPassive: credentials.isPassive ?? false }),
    ),
  };
}

/** The token of an `Authorization` header; `Bearer ` may be missing and its case does not matter. "" when there is none. */
function bearerToken(authorization: string | null): string {
  return (authorization ?? "").trim().replace(/^bearer\s+/i, "");
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
