import { receiveNotification } from "@looklook/core";
import { runtime } from "./runtime";
import { serve, timeAll } from "./serve";

/** What WeChat sent: the signature is verified over the bytes, the resource decrypted, the payment applied. */
async function receive({
  callbacks,
  concurrency,
}: {
  callbacks: { headers: Record<string, string>; body: string }[];
  concurrency: number;
}): Promise<number> {
  const { deps } = runtime;
  const sent = callbacks.map(({ headers, body }) => ({ headers, raw: Buffer.from(body) }));
  return timeAll(sent, concurrency, async ({ headers, raw }) => {
    const answer = await receiveNotification(deps, await deps.pay.readNotification(headers, raw));
    if (answer !== "applied") throw new Error(`a callback was answered ${answer}`);
  });
}

serve({ receive });
