import { type BookingStatus, bookingStatuses } from "@looklook/contracts";
import {
  createSerializer,
  parseAsArrayOf,
  parseAsInteger,
  parseAsIsoDate,
  parseAsString,
  parseAsStringLiteral,
} from "nuqs";

/** The list's state in the address: `?q=8800&status=confirmed,checked_in&listing=3&from=2026-11-23&to=…&cursor=…`. */
export const filterParsers = {
  q: parseAsString.withDefault(""),
  status: parseAsArrayOf(parseAsStringLiteral(bookingStatuses)).withDefault([]),
  listing: parseAsInteger,
  from: parseAsIsoDate,
  to: parseAsIsoDate,
  cursor: parseAsInteger,
};

export interface Filters {
  q: string;
  status: BookingStatus[];
  listing: number | null;
  from: Date | null;
  to: Date | null;
  cursor: number | null;
}

/** The address's query text for these filters, without the question mark. */
const serialize = createSerializer(filterParsers);
export function filterQuery(filters: Partial<Filters>): string {
  return serialize(filters).replace(/^\?/, "");
}

/** A day of the address: nuqs reads it as that day's UTC midnight. */
export function dayText(day: Date | null): string | null {
  return day === null ? null : day.toISOString().slice(0, 10);
}

/** What the API is asked for. A last day is part of the range for people, the API's range ends before `toDate`. */
export function findInput({ q, status, listing, from, to, cursor }: Filters) {
  const after = to === null ? null : new Date(to.getTime() + 86_400_000);
  return {
    query: q,
    status,
    listingId: listing,
    fromDate: dayText(from),
    toDate: dayText(after),
    cursor,
    limit: 25,
  };
}

export function hasFilters({ q, status, listing, from, to }: Filters): boolean {
  return q !== "" || status.length > 0 || listing !== null || from !== null || to !== null;
}
