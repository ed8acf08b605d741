/**
 * Does `work` for every item, a few at a time, and lets no item's failure keep the others from their turn.
 * @throws AggregateError with every failure, after the last item, so that the job that sweeps shows as failed
 * @returns how many items there were
 */
export async function sweepOver<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
  atOnce = 8,
): Promise<number> {
  const failures: unknown[] = [];
  const waiting = items.values();
  const lane = async () => {
    for (const item of waiting) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of ${items.length} failed`);
  return items.length;
}
