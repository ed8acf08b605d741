import type { Broadcast } from "@looklook/contracts";
import type { Redis } from "ioredis";
import type { InfraConfig } from "../config";
import { closeRedis, openRedis } from "../redis";
import { encode, listenerSet } from "./listeners";

/** Redis pub/sub. ioredis subscribes again by itself after a lost connection; what was said meanwhile is lost. */
export function redisBroadcast(config: InfraConfig): Broadcast {
  const channel = `${config.prefix ?? "looklook"}:broadcast`;
  const listeners = listenerSet(config.logger);
  const publisher = openRedis(config, "broadcast", "fail");
  let subscriber: Redis | undefined;
  let isListening = false;

  function listen() {
    const connection = openRedis(config, "broadcast-listener", "wait");
    let hasListened = false;
    connection.on("message", (_channel, text) => listeners.tell(text));
    connection.on("close", () => {
      isListening = false;
    });
    // On "ready" ioredis has not sent its own repeated SUBSCRIBE yet; one more does no harm and says when it holds.
    connection.on("ready", () => {
      connection.subscribe(channel).then(
        () => {
          isListening = true;
          if (hasListened) listeners.tellGap();
          hasListened = true;
        },
        (error) => config.logger.warn({ err: error }, "broadcasts are not heard until Redis answers again"),
      );
    });
    connection.connect().catch(() => {});
    return connection;
  }

  return {
    async publish(message) {
      await publisher.publish(channel, encode(message));
    },
    subscribe(listener, onGap) {
      subscriber ??= listen();
      return listeners.subscribe(listener, onGap);
    },
    async ready() {
      return isListening;
    },
    async close() {
      await Promise.all([closeRedis(publisher), subscriber && closeRedis(subscriber)]);
    },
  };
}
