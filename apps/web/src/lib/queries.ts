import type { FindBookingsInput } from "@looklook/contracts";
import { queryOptions } from "@tanstack/react-query";
import type { z } from "zod";
import { api, apiOf } from "./trpc";

/**
 * Every read of the console, with the key it is kept under. A merchant's reads begin with its slug, so that a live
 * change can ask for all of them again and one merchant's pages never show another's.
 */
export const queries = {
  ofMerchant: (slug: string) => ["m", slug] as const,
  bookings: (slug: string, input: z.input<typeof FindBookingsInput>) =>
    queryOptions({
      queryKey: ["m", slug, "bookings", input],
      queryFn: ({ signal }) => apiOf(slug).booking.find.query(input, { signal }),
    }),
  booking: (slug: string, bookingNo: string) =>
    queryOptions({
      queryKey: ["m", slug, "booking", bookingNo],
      queryFn: ({ signal }) => apiOf(slug).booking.get.query({ bookingNo }, { signal }),
    }),
  today: (slug: string) =>
    queryOptions({
      queryKey: ["m", slug, "today"],
      queryFn: ({ signal }) => apiOf(slug).booking.today.query(undefined, { signal }),
    }),
  history: (slug: string) =>
    queryOptions({
      queryKey: ["m", slug, "history"],
      queryFn: ({ signal }) => apiOf(slug).booking.history.query(undefined, { signal }),
    }),
  listingChoices: (slug: string) =>
    queryOptions({
      queryKey: ["m", slug, "listing-choices"],
      queryFn: ({ signal }) => apiOf(slug).booking.listingChoices.query(undefined, { signal }),
      staleTime: 5 * 60_000,
    }),
  sessions: () =>
    queryOptions({
      queryKey: ["sessions"],
      queryFn: ({ signal }) => api.account.sessions.query(undefined, { signal }),
    }),
  deadLetters: (cursor: number | null) =>
    queryOptions({
      queryKey: ["dead-letters", cursor],
      queryFn: ({ signal }) => api.operations.deadLetters.query({ cursor }, { signal }),
    }),
  cases: (cursor: number | null) =>
    queryOptions({
      queryKey: ["cases", cursor],
      queryFn: ({ signal }) => api.operations.cases.query({ cursor }, { signal }),
    }),
};
