import type { AppRouter } from "@looklook/trpc";
import { createTRPCClient, httpLink } from "@trpc/client";
import superjson from "superjson";
import { call, Refused } from "./http";

export interface Desk {
  merchant: { merchantId: number; slug: string; name: string };
  api: ReturnType<typeof createTRPCClient<AppRouter>>;
  /** Resolves with the live stream's first line about this booking, of this type. */
  hears(type: string, bookingNo: string): Promise<{ tookMs: number }>;
  signOut(): Promise<void>;
}

/** Signs a front-desk person in at the console and keeps the browser's cookie. @throws Refused */
export async function openDesk(consoleUrl: string, email: string, password: string): Promise<Desk> {
  const jar = new Map<string, string>();
  const keep = (headers: Headers) => {
    for (const line of headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
  };
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const origin = new URL(consoleUrl).origin;

  const csrf = await call("GET", `${consoleUrl}/api/auth/csrf`);
  keep(csrf.headers);
  const signedIn = await call("POST", `${consoleUrl}/api/auth/callback/credentials`, {
    headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookie(), origin },
    body: new URLSearchParams({
      csrfToken: (csrf.body as { csrfToken: string }).csrfToken,
      email,
      password,
      json: "true",
    }).toString(),
  });
  keep(signedIn.headers);
  if (signedIn.status >= 400 || ![...jar.keys()].some((name) => name.endsWith("session-token"))) {
    throw new Refused("sign-in", signedIn);
  }

  const headers = () => ({ cookie: cookie(), origin, ...(slug && { "x-merchant": slug }) });
  let slug = "";
  const api = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${consoleUrl}/api/trpc`, transformer: superjson, headers })],
  });
  const { memberships } = await api.account.identity.query();
  const [merchant] = memberships;
  if (!merchant) throw new Error(`${email} works for no merchant`);
  slug = merchant.slug;

  return {
    merchant,
    api,
    async hears(type, bookingNo) {
      const began = performance.now();
      const response = await fetch(
        `${consoleUrl}/api/trpc/booking.live?input=${encodeURIComponent(JSON.stringify({ json: {} }))}`,
        {
          headers: { ...headers(), accept: "text/event-stream" },
          signal: AbortSignal.timeout(20_000),
        },
      );
      if (!response.ok || !response.body) throw new Error(`the live stream answered ${response.status}`);
      let text = "";
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const isHeard = text
          .split("\n")
          .some((line) => line.startsWith("data:") && line.includes(bookingNo) && line.includes(`"${type}"`));
        if (isHeard) return { tookMs: performance.now() - began };
      }
      throw new Error(`the live stream ended without ${type}`);
    },
    async signOut() {
      const fresh = await call("GET", `${consoleUrl}/api/auth/csrf`, { headers: { cookie: cookie() } });
      keep(fresh.headers);
      await call("POST", `${consoleUrl}/api/auth/signout`, {
        headers: { "content-type": "application/x-www-form-urlencoded", cookie: cookie(), origin },
        body: new URLSearchParams({
          csrfToken: (fresh.body as { csrfToken: string }).csrfToken,
          json: "true",
        }).toString(),
      });
    },
  };
}

/** Our own code of a refusal, or the text of whatever else went wrong. */
export function refusalCode(error: unknown): string {
  return (error as { data?: { code?: string } | null }).data?.code ?? String(error);
}
