import { GatewayError } from "@looklook/core/gateway";
import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhen,
  noop,
  retry,
  wrap,
} from "cockatiel";

export interface BreakerConfig {
  /** Outages in a row that open it. */
  failures: number;
  /** How long every call fails at once before one is let through to see. */
  halfOpenAfterMs: number;
}

const defaultBreaker: BreakerConfig = { failures: 20, halfOpenAfterMs: 5_000 };
const retryPauseMs = 100;

/** WeChat was not there, or broke: nothing about the request itself. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false;
  return ["TIMEOUT", "NETWORK"].includes(error.code) || (error.status !== null && error.status >= 500);
}

/** Gone at once, so that a second try costs nobody five more seconds. */
function isQuickOutage(error: unknown): boolean {
  return isOutage(error) && (error as GatewayError).code !== "TIMEOUT";
}

export interface OutagePolicy {
  /** For what may be said twice: once more after a short pause. */
  repeatable<T>(call: () => Promise<T>): Promise<T>;
  /** For what may not, or has a retry of its own. */
  once<T>(call: () => Promise<T>): Promise<T>;
}

/**
 * Keeps an outage of WeChat's from becoming ours: while it lasts, calls fail at once instead of each holding a guest
 * or a job for its whole time limit. @throws GatewayError CIRCUIT_OPEN then
 */
export function createOutagePolicy(config: BreakerConfig | null = defaultBreaker): OutagePolicy {
  const breaker = config
    ? circuitBreaker(handleWhen(isOutage), {
        halfOpenAfter: config.halfOpenAfterMs,
        breaker: new ConsecutiveBreaker(config.failures),
      })
    : noop;
  const twice = wrap(
    retry(handleWhen(isQuickOutage), { maxAttempts: 1, backoff: new ConstantBackoff(retryPauseMs) }),
    breaker,
  );
  const run = async <T>(policy: typeof breaker | typeof twice, call: () => Promise<T>): Promise<T> => {
    try {
      return await policy.execute(call);
    } catch (error) {
      if (error instanceof BrokenCircuitError)
        throw new GatewayError("CIRCUIT_OPEN", "WeChat is away just now");
      throw error;
    }
  };
  return { repeatable: (call) => run(twice, call), once: (call) => run(breaker, call) };
}
