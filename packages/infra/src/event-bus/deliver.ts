import { setTimeout as pause } from "node:timers/promises";
import {
  type EventEnvelope,
  type EventHandler,
  type EventStore,
  limits,
  type Subscriber,
} from "@looklook/contracts";
import type { InfraLogger } from "../config";

/** The pause before the second try; it doubles, so five tries take 1.5 s and what they do. */
const firstPauseMs = 100;

/**
 * Hands one event to its subscriber until it is taken or has failed `limits.eventAttemptsMax` times, when it becomes a
 * dead letter and the way is free for the next one.
 * @throws whatever the store throws when not even the dead letter can be written: the event is then not done
 */
export async function deliver(
  { store, logger }: { store: EventStore; logger: InfraLogger },
  subscriber: Subscriber,
  event: EventEnvelope,
  handler: EventHandler,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await handler(event);
    } catch (error) {
      const fields = {
        err: error,
        subscriber,
        eventId: event.id,
        eventType: event.type,
        key: event.key,
        attempt,
      };
      if (attempt < limits.eventAttemptsMax) {
        logger.warn(fields, "an event was not handled and will be tried again");
        await pause(firstPauseMs * 2 ** (attempt - 1));
        continue;
      }
      logger.error(fields, "an event became a dead letter");
      return await store.deadLetter({
        subscriber,
        key: event.key,
        eventId: event.id,
        body: JSON.stringify(event),
        error: textOf(error),
        attempts: attempt,
      });
    }
  }
}

/** What a dead letter says about its failure; the table's column ends at 1000 characters. */
export function textOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 1_000);
}
