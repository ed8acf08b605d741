/**
 * Offers methods to the process that started this one, and ends when that one is gone. Everything that is timed
 * happens on this side; the channel between the two is never part of a measurement.
 */
export function serve(methods: Record<string, (args: never) => unknown>): void {
  process.on("message", async ({ id, method, args }: { id: number; method: string; args: never }) => {
    try {
      const value = await methods[method]?.(args);
      process.send?.({ id, value });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once("disconnect", () => process.exit(0));
}

/** Does `work` for each item, `concurrency` of them at a time. Resolves with the seconds that all of them took. */
export async function timeAll<T>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<number> {
  let next = 0;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < items.length) {
        next += 1;
        await work(items[next - 1] as T);
      }
    }),
  );
  return (performance.now() - begin) / 1_000;
}
