import type { AppRouter } from "@looklook/trpc";
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
} from "@trpc/client";
import superjson from "superjson";
import { links } from "./links";

type Api = TRPCClient<AppRouter>;

/** The API through the console's own origin. The session's cookie goes along by itself. */
function createApi(url: string): Api {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({ url, transformer: superjson }),
        false: httpBatchLink({ url, transformer: superjson, maxURLLength: 4_000, maxItems: 10 }),
      }),
    ],
  });
}

/** Calls that belong to a person: account and operations. */
export const api = createApi(links.trpc);

const ofMerchant = new Map<string, Api>();

/** Calls that belong to one merchant. One client for each, so that calls of a moment share a request. */
export function apiOf(slug: string): Api {
  const known = ofMerchant.get(slug);
  if (known) return known;
  const made = createApi(links.merchantTrpc(slug));
  ofMerchant.set(slug, made);
  return made;
}
