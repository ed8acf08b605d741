import {
  AvailabilityInput,
  AvailabilityOutput,
  Done,
  FavouriteInput,
  FindByMerchantInput,
  FindFavouritesInput,
  FindFavouritesOutput,
  FindPreferredInput,
  GetListingInput,
  ListingsOutput,
  ListingView,
  Nothing,
  Quote,
  QuoteInput,
  SearchListingsInput,
  SearchListingsOutput,
} from "@looklook/contracts";
import {
  addFavourite,
  findFavourites,
  findLatestListings,
  findListingsByMerchant,
  findPreferredListings,
  getAvailability,
  getListing,
  getQuote,
  removeFavourite,
  searchListings,
} from "@looklook/core";
import { describe, guestProcedure, limited, publicProcedure, router } from "../procedures";

export const listingRouter = router({
  preferred: publicProcedure
    .meta(describe("listing.preferred", "Listings that the front page puts forward"))
    .input(FindPreferredInput)
    .output(ListingsOutput)
    .query(({ ctx, input }) => findPreferredListings(ctx, input)),

  byMerchant: publicProcedure
    .meta(describe("listing.byMerchant", "A merchant's listings, newest first"))
    .input(FindByMerchantInput)
    .output(ListingsOutput)
    .query(({ ctx, input }) => findListingsByMerchant(ctx, input)),

  latest: publicProcedure
    .meta(describe("listing.latest", "The five newest listings"))
    .input(Nothing)
    .output(ListingsOutput)
    .query(({ ctx }) => findLatestListings(ctx)),

  get: publicProcedure
    .meta(describe("listing.get", "One listing"))
    .input(GetListingInput)
    .output(ListingView)
    .query(({ ctx, input }) => getListing(ctx, input)),

  search: publicProcedure
    .meta(describe("listing.search", "Listings with every night of a stay free"))
    .input(SearchListingsInput)
    .output(SearchListingsOutput)
    .query(({ ctx, input }) => searchListings(ctx, input)),

  availability: publicProcedure
    .meta(describe("listing.availability", "Free units and price, night by night"))
    .input(AvailabilityInput)
    .output(AvailabilityOutput)
    .query(({ ctx, input }) => getAvailability(ctx, input)),

  quote: publicProcedure
    .use(limited("quote"))
    .meta(describe("listing.quote", "What a stay costs, as booking it now would"))
    .input(QuoteInput)
    .output(Quote)
    .query(({ ctx, input }) => getQuote(ctx, input)),

  addFavourite: guestProcedure
    .meta(describe("listing.addFavourite", "Keeps a listing or a merchant among the guest's favourites"))
    .input(FavouriteInput)
    .output(Done)
    .mutation(({ ctx, input }) => addFavourite(ctx, { ...input, userId: ctx.userId })),

  removeFavourite: guestProcedure
    .meta(describe("listing.removeFavourite", "Takes a favourite away"))
    .input(FavouriteInput)
    .output(Done)
    .mutation(({ ctx, input }) => removeFavourite(ctx, { ...input, userId: ctx.userId })),

  favourites: guestProcedure
    .meta(describe("listing.favourites", "The guest's favourites, newest first"))
    .input(FindFavouritesInput)
    .output(FindFavouritesOutput)
    .query(({ ctx, input }) => findFavourites(ctx, { ...input, userId: ctx.userId })),
});
