import { z } from "zod";
import {
  BookingNo,
  CursorPage,
  Fen,
  Id,
  IdempotencyKey,
  LegacyPage,
  NextCursor,
  RequestId,
  StayDate,
  Text,
} from "./common";
import { PricingKind, StayInput } from "./listing";

export const bookingStatuses = [
  "pending_payment",
  "confirmed",
  "checked_in",
  "completed",
  "cancelled",
  "no_show",
] as const;
export const BookingStatus = z.enum(bookingStatuses);
export type BookingStatus = z.infer<typeof BookingStatus>;
export const CancelReason = z.enum(["expired", "by_guest", "by_merchant", "by_operator"]);

/** The remark's length is checked as a rule (its own code), not as a field. */
export const CreateBookingInput = z.strictObject({
  ...StayInput,
  remark: Text.max(1000).default(""),
  idempotencyKey: IdempotencyKey.nullable().default(null),
});
export const CreateBookingOutput = z.strictObject({
  bookingNo: z.string(),
  totalFen: Fen,
  expiresAt: z.date(),
});
export type CreateBookingOutput = z.infer<typeof CreateBookingOutput>;

/** A booking as its own guest sees it. */
export const GuestBooking = z.strictObject({
  id: Id,
  bookingNo: z.string(),
  userId: Id,
  listingId: Id,
  merchantId: Id,
  hostUserId: Id,
  title: z.string(),
  subTitle: z.string(),
  cover: z.string(),
  info: z.string(),
  mealInfo: z.string(),
  pricing: PricingKind,
  nightlyPriceFen: Fen,
  mealPriceFen: Fen,
  marketPriceFen: Fen,
  roomTotalFen: Fen,
  mealTotalFen: Fen,
  totalFen: Fen,
  checkInDate: StayDate,
  checkOutDate: StayDate,
  guests: z.int(),
  withMeals: z.boolean(),
  remark: z.string(),
  status: BookingStatus,
  /** The guest asked to cancel and WeChat has not yet said closed. */
  isClosing: z.boolean(),
  wasPaid: z.boolean(),
  createdAt: z.date(),
  expiresAt: z.date(),
  paidAt: z.date().nullable(),
  /** Only while confirmed or checked in, and only for a guest whose number is proven; otherwise "". */
  checkInCode: z.string(),
  /** Signed text for the QR code; "" with the code. */
  checkInQr: z.string(),
  hasReview: z.boolean(),
});
export type GuestBooking = z.infer<typeof GuestBooking>;

/** The legacy list filter: one legacy state, or null for all. */
export const FindMyBookingsInput = z.strictObject({
  ...LegacyPage,
  legacyState: z.int().min(-1).max(4).nullable().default(null),
});
export const FindMyBookingsOutput = z.strictObject({ bookings: z.array(GuestBooking) });
export const BookingRefInput = z.strictObject({ bookingNo: Text.max(64) });
/** `closing` when a payment attempt has to be closed at WeChat first. */
export const CancelUnpaidOutput = z.strictObject({ state: z.enum(["cancelled", "closing"]) });

// ---- console -------------------------------------------------------------------------------------------------

/** What may be done with a booking now; null may be done, otherwise the refusal's code. */
export const BookingActions = z.strictObject({
  checkIn: z.string().nullable(),
  undoCheckIn: z.string().nullable(),
});

/** A booking as the front desk sees it: a name and four digits, never a whole number or the code. */
export const DeskBooking = z.strictObject({
  id: Id,
  bookingNo: z.string(),
  listingId: Id,
  title: z.string(),
  titleEn: z.string(),
  cover: z.string(),
  guestName: z.string(),
  mobileLast4: z.string(),
  guests: z.int(),
  checkInDate: StayDate,
  checkOutDate: StayDate,
  nights: z.int(),
  withMeals: z.boolean(),
  remark: z.string(),
  totalFen: Fen,
  paidFen: Fen,
  status: BookingStatus,
  createdAt: z.date(),
  paidAt: z.date().nullable(),
  checkedInAt: z.date().nullable(),
  /** Until when a check-in can be taken back; null when there is none. */
  undoUntil: z.date().nullable(),
  actions: BookingActions,
});
export type DeskBooking = z.infer<typeof DeskBooking>;

export const CheckInCodeText = z.string().min(1).max(2048);
/** Typed code, scanned QR text or a hand scanner's line: one field. */
export const LookUpCodeInput = z.strictObject({ code: CheckInCodeText });
export const LookUpCodeOutput = z.strictObject({
  booking: DeskBooking,
  /** Who accepted it before, when it was used. */
  usedAt: z.date().nullable(),
  usedBy: z.string().nullable(),
});
export const CheckInInput = z.strictObject({ code: CheckInCodeText, requestId: RequestId });
export const CheckInOutput = z.strictObject({ booking: DeskBooking });
export const UndoCheckInInput = z.strictObject({
  bookingNo: BookingNo,
  reason: Text.trim().min(1).max(200),
  requestId: RequestId,
});

export const bookingSorts = ["newest", "check_in"] as const;
export const FindBookingsInput = z.strictObject({
  ...CursorPage,
  status: z.array(BookingStatus).max(6).default([]),
  /** Booking number (any part of its digits), four last digits of the mobile, or listing title. */
  query: Text.trim().max(64).default(""),
  listingId: Id.nullable().default(null),
  /** Stays that overlap these days, half-open. */
  fromDate: StayDate.nullable().default(null),
  toDate: StayDate.nullable().default(null),
});
export const FindBookingsOutput = z.strictObject({ bookings: z.array(DeskBooking), nextCursor: NextCursor });

export const TimelineEntry = z.strictObject({
  at: z.date(),
  kind: z.enum(["transition", "payment", "refund", "message"]),
  /** The state reached, or the payment's, refund's or message's state. */
  what: z.string(),
  amountFen: Fen.nullable(),
  actorKind: z.enum(["guest", "console_user", "operator", "system", "wechat"]),
  actorName: z.string(),
  reason: z.string(),
});
export const GetBookingOutput = z.strictObject({
  booking: DeskBooking,
  nights: z.array(z.strictObject({ night: StayDate, priceFen: Fen })),
  roomTotalFen: Fen,
  mealTotalFen: Fen,
  timeline: z.array(TimelineEntry),
});

export const TodayOutput = z.strictObject({
  today: StayDate,
  arrivals: z.array(DeskBooking),
  departures: z.array(DeskBooking),
  inHouse: z.array(DeskBooking),
  /** Rooms of all open listings tonight, and how many are sold. */
  unitsTonight: z.int(),
  soldTonight: z.int(),
});
/** Check-ins and undos of the merchant's own today, newest first. */
export const CheckInHistoryOutput = z.strictObject({
  entries: z.array(
    z.strictObject({
      at: z.date(),
      kind: z.enum(["checked_in", "undone"]),
      bookingNo: z.string(),
      guestName: z.string(),
      title: z.string(),
      titleEn: z.string(),
      by: z.string(),
      reason: z.string(),
      undoUntil: z.date().nullable(),
    }),
  ),
});

export const ListingChoicesOutput = z.strictObject({
  listings: z.array(z.strictObject({ id: Id, title: z.string(), titleEn: z.string() })),
});

/** One line of the live stream: something about this merchant's bookings changed; read it again. */
export const LiveChange = z.strictObject({
  eventId: z.string(),
  type: z.string(),
  bookingNo: z.string().nullable(),
});
/** `lastEventId` is what a browser that connects again heard last. A `resync` line means: read everything again. */
export const LiveInput = z.strictObject({ lastEventId: z.string().max(64).nullish() }).optional();
