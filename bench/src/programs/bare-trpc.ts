import type { AddressInfo } from "node:net";
import { serve as serveHono } from "@hono/node-server";
import { FindPreferredInput, GetListingInput, ListingsOutput, ListingView } from "@looklook/contracts";
import { findPreferredListings, getListing } from "@looklook/core";
import { openDatabase } from "@looklook/db";
import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono } from "hono";
import superjson from "superjson";
import { serve } from "./serve";

const { DATABASE_URL = "", DATABASE_CONNECTIONS_MAX } = process.env;
const { db } = openDatabase({ url: DATABASE_URL, connectionsMax: Number(DATABASE_CONNECTIONS_MAX) });

/** tRPC on Hono as its documents show it, with our schemas, our serializer and the same reads. */
const t = initTRPC.create({ transformer: superjson });
const router = t.router({
  listing: t.router({
    get: t.procedure
      .input(GetListingInput)
      .output(ListingView)
      .query(({ input }) => getListing({ db }, input)),
    preferred: t.procedure
      .input(FindPreferredInput)
      .output(ListingsOutput)
      .query(({ input }) => findPreferredListings({ db }, input)),
  }),
});

function listen(): Promise<number> {
  const app = new Hono();
  app.all("/trpc/*", (c) => fetchRequestHandler({ endpoint: "/trpc", req: c.req.raw, router }));
  return new Promise((resolve) => {
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

serve({ listen });
