import type { Broadcast, BroadcastMessage } from "@looklook/contracts";
import type { InfraLogger } from "../config";

/** PostgreSQL refuses a NOTIFY of 8000 bytes or more; what would not fit there is refused on Redis as well. */
const messageBytesMax = 7_999;

/** @throws RangeError when the message is too large to travel */
export function encode(message: BroadcastMessage): string {
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) > messageBytesMax)
    throw new RangeError(`a broadcast of ${text.length} characters is too large`);
  return text;
}

/** The listeners of this process; one that throws does not keep the others from hearing. */
export function listenerSet(logger: InfraLogger) {
  const entries = new Set<{
    listener: (message: BroadcastMessage) => void;
    onGap: (() => void) | undefined;
  }>();
  const guarded = (call: () => void) => {
    try {
      call();
    } catch (error) {
      logger.error({ err: error }, "a broadcast listener threw");
    }
  };
  return {
    subscribe: ((listener, onGap) => {
      const entry = { listener, onGap };
      entries.add(entry);
      return () => void entries.delete(entry);
    }) satisfies Broadcast["subscribe"],
    tell(text: string) {
      let message: BroadcastMessage;
      try {
        message = JSON.parse(text);
      } catch (error) {
        logger.error({ err: error }, "a broadcast is no JSON");
        return;
      }
      for (const { listener } of [...entries]) guarded(() => listener(message));
    },
    tellGap() {
      for (const { onGap } of [...entries]) if (onGap) guarded(onGap);
    },
  };
}
