import { expect, test, vi } from "vitest";
import { startOutboxRelay } from "./outbox-relay";

test("a batch that fails is tried again, and closing waits for the batch at hand", async () => {
  const answers: Array<() => Promise<number>> = [
    async () => 3,
    async () => Promise.reject(new Error("broker away")),
    async () => 2,
  ];
  let isBusy = false;
  const errors: unknown[] = [];
  let calls = 0;
  const relay = startOutboxRelay({
    async relayBatch() {
      isBusy = true;
      try {
        return await (answers[calls++]?.() ?? Promise.resolve(0));
      } finally {
        isBusy = false;
      }
    },
    pollMs: 1,
    retryMs: 1,
    onError: (error) => errors.push(error),
  });
  await vi.waitFor(() => expect(calls).toBeGreaterThan(4));
  await relay.close();
  const after = calls;
  expect(errors).toHaveLength(1);
  expect(isBusy).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(calls).toBe(after);
});
