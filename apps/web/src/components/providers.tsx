"use client";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { Tooltip } from "@base-ui/react/tooltip";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { refusalOf } from "@/lib/errors";
import { links } from "@/lib/links";

/** What the whole page stands on. `nonce` is the one of this document's security policy. */
export function Providers({ nonce, children }: { nonce: string; children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return (
    <CSPProvider nonce={nonce}>
      <QueryClientProvider client={client}>
        <Tooltip.Provider>
          <NuqsAdapter>{children}</NuqsAdapter>
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
    mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // A refusal stays a refusal; only an API that is away is asked again.
        retry: (failures, error) => refusalOf(error).code === "UNAVAILABLE" && failures < 2,
      },
    },
  });
}

/** A session that ended elsewhere ends here too; after signing in, the person is back on this page. */
function leaveWhenSignedOut(error: Error): void {
  if (refusalOf(error).code !== "NOT_SIGNED_IN" || location.pathname.startsWith("/sign-in")) return;
  location.assign(links.signIn(location.pathname + location.search));
}
