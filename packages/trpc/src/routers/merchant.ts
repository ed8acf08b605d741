import {
  FindMerchantsInput,
  FindMerchantsOutput,
  GetHostInput,
  GoodHostsOutput,
  Host,
  Nothing,
} from "@looklook/contracts";
import { findGoodHosts, findMerchants, getHost } from "@looklook/core";
import { describe, maybeGuestProcedure, publicProcedure, router } from "../procedures";

export const merchantRouter = router({
  find: maybeGuestProcedure
    .meta(describe("merchant.find", "Houses with stars, sales and what a night costs a person"))
    .input(FindMerchantsInput)
    .output(FindMerchantsOutput)
    .query(({ ctx, input }) => findMerchants(ctx, { ...input, userId: ctx.userId })),

  goodHosts: publicProcedure
    .meta(describe("merchant.goodHosts", "Hosts that the front page puts forward"))
    .input(Nothing)
    .output(GoodHostsOutput)
    .query(({ ctx }) => findGoodHosts(ctx)),

  host: publicProcedure
    .meta(describe("merchant.host", "The person behind one house"))
    .input(GetHostInput)
    .output(Host)
    .query(({ ctx, input }) => getHost(ctx, input)),
});
