/** What both sides of the booking pair are asked to book. */
export interface BookingsWanted {
  bookings: { userId: number; listingId: number; checkInDate: string; checkOutDate: string }[];
  concurrency: number;
}
