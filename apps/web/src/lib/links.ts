/** Every address of the console. */

const merchantRoot = (slug: string) => `/m/${encodeURIComponent(slug)}`;

export const links = {
  home: "/",
  signIn: (next?: string) =>
    next && next !== "/" ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in",
  checkIn: (slug: string) => `${merchantRoot(slug)}/check-in`,
  today: (slug: string) => `${merchantRoot(slug)}/today`,
  bookings: (slug: string, query = "") => `${merchantRoot(slug)}/bookings${query && `?${query}`}`,
  booking: (slug: string, bookingNo: string, query = "") =>
    `${merchantRoot(slug)}/bookings/${encodeURIComponent(bookingNo)}${query && `?${query}`}`,
  sessions: "/sessions",
  ops: "/ops",
  queues: "/ops/queues",
  /** The API under our own origin; a merchant's calls carry the merchant in the address. */
  trpc: "/api/trpc",
  merchantTrpc: (slug: string) => `/api${merchantRoot(slug)}/trpc`,
} as const;

/** The rooms that exist for each merchant, by the last part of their address. */
export const merchantRooms = ["check-in", "today", "bookings"] as const;
export type MerchantRoom = (typeof merchantRooms)[number];

export function roomLink(slug: string, room: MerchantRoom): string {
  return `${merchantRoot(slug)}/${room}`;
}

/**
 * Where to go after signing in: `next` when it is a path of ours, otherwise home. Anything that a browser could read
 * as another host (`//host`, `/\host`, control characters) is refused.
 */
export function safeNext(next: string | null | undefined): string {
  if (!next || !/^\/(?![/\\])[\x21-\x7e]*$/.test(next)) return links.home;
  if (next.startsWith("/sign-in") || next.startsWith("/api/")) return links.home;
  return next;
}
