import { setTimeout as sleep } from "node:timers/promises";

export interface Relay {
  /** Finishes the batch at hand. */
  close(): Promise<void>;
}

/**
 * Sends on what the outbox holds, as soon as it is there: batch after batch while there is any, otherwise one look
 * every `pollMs`. A broker or database that is away slows it down and loses nothing.
 */
export function startOutboxRelay(config: {
  /** Sends one batch, resolves to the number of rows sent. */
  relayBatch(): Promise<number>;
  pollMs: number;
  retryMs: number;
  onError(error: unknown): void;
}): Relay {
  const stop = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stop.signal }).catch(() => {});

  async function run() {
    while (!stop.signal.aborted) {
      try {
        if ((await config.relayBatch()) === 0) await pause(config.pollMs);
      } catch (error) {
        config.onError(error);
        await pause(config.retryMs);
      }
    }
  }

  const running = run();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
