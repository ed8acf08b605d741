import type { Context } from "hono";

/** What must answer before requests are sent here; each is asked anew. */
export type Checks = Record<string, () => Promise<boolean>>;

/** A probe asks often and must not wait for what does not answer. */
const checkWithinMs = 2_000;

/** 200 while everything answers and nobody has asked us to stop, otherwise 503; says which. */
export function readiness(
  checks: Checks,
  facts: { size: string; isSandbox: boolean; isStopping(): boolean },
) {
  return async (c: Context) => {
    const names = Object.keys(checks);
    const answers = await Promise.all(
      names.map((name) => answersInTime(checks[name] as () => Promise<boolean>)),
    );
    const isReady = answers.every(Boolean) && !facts.isStopping();
    return c.json(
      {
        ready: isReady,
        size: facts.size,
        wechat: facts.isSandbox ? "sandbox" : "wechat",
        checks: Object.fromEntries(names.map((name, n) => [name, answers[n]])),
      },
      isReady ? 200 : 503,
      { "cache-control": "no-store" },
    );
  };
}

async function answersInTime(check: () => Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), checkWithinMs);
  });
  try {
    return await Promise.race([check(), late]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
