import {
  BookingRefInput,
  CancelUnpaidOutput,
  CheckInHistoryOutput,
  CheckInInput,
  CheckInOutput,
  CreateBookingInput,
  CreateBookingOutput,
  FindBookingsInput,
  FindBookingsOutput,
  FindMyBookingsInput,
  FindMyBookingsOutput,
  GetBookingOutput,
  GuestBooking,
  ListingChoicesOutput,
  LiveInput,
  LookUpCodeInput,
  LookUpCodeOutput,
  Nothing,
  TodayOutput,
  UndoCheckInInput,
} from "@looklook/contracts";
import {
  cancelUnpaidBooking,
  checkIn,
  createBooking,
  findBookings,
  findCheckInHistory,
  findListingChoices,
  findMyBookings,
  getBooking,
  getMyBooking,
  getToday,
  lookUpCode,
  undoCheckIn,
} from "@looklook/core";
import { liveChanges } from "../live";
import { describe, guestProcedure, merchantProcedure, router } from "../procedures";

/** Everybody of the house sees its bookings. */
const staffProcedure = merchantProcedure();
/** Finance reads, and does not open doors. */
const deskProcedure = merchantProcedure(["owner", "manager", "front_desk"]);

export const bookingRouter = router({
  create: guestProcedure
    .meta(describe("booking.create", "Takes the nights and holds them while the guest pays"))
    .input(CreateBookingInput)
    .output(CreateBookingOutput)
    .mutation(({ ctx, input }) => createBooking(ctx, { ...input, userId: ctx.userId })),

  mine: guestProcedure
    .meta(describe("booking.mine", "The guest's own bookings, newest first"))
    .input(FindMyBookingsInput)
    .output(FindMyBookingsOutput)
    .query(({ ctx, input }) => findMyBookings(ctx, { ...input, userId: ctx.userId })),

  getMine: guestProcedure
    .meta(describe("booking.getMine", "One of the guest's own bookings, with its check-in code"))
    .input(BookingRefInput)
    .output(GuestBooking)
    .query(({ ctx, input }) => getMyBooking(ctx, { ...input, userId: ctx.userId })),

  cancelUnpaid: guestProcedure
    .meta(describe("booking.cancelUnpaid", "Gives up a booking that is not paid; WeChat is told first"))
    .input(BookingRefInput)
    .output(CancelUnpaidOutput)
    .mutation(({ ctx, input }) => cancelUnpaidBooking(ctx, { ...input, userId: ctx.userId })),

  lookUpCode: deskProcedure
    .meta(describe("booking.lookUpCode", "Whom a check-in code belongs to, before it is accepted"))
    .input(LookUpCodeInput)
    .output(LookUpCodeOutput)
    // Five wrong codes lock: reading one is an act, and a code does not belong into a URL.
    .mutation(({ ctx, input }) =>
      lookUpCode(ctx, { ...input, merchantId: ctx.merchant.id, actor: ctx.actor }),
    ),

  checkIn: deskProcedure
    .meta(describe("booking.checkIn", "Starts the stay that a check-in code stands for, once"))
    .input(CheckInInput)
    .output(CheckInOutput)
    .mutation(({ ctx, input }) => checkIn(ctx, { ...input, merchantId: ctx.merchant.id, actor: ctx.actor })),

  undoCheckIn: deskProcedure
    .meta(describe("booking.undoCheckIn", "Takes a check-in back within its window, with a reason"))
    .input(UndoCheckInInput)
    .output(CheckInOutput)
    .mutation(({ ctx, input }) =>
      undoCheckIn(ctx, { ...input, merchantId: ctx.merchant.id, actor: ctx.actor }),
    ),

  find: staffProcedure
    .meta(describe("booking.find", "The merchant's bookings by state, days, listing and text"))
    .input(FindBookingsInput)
    .output(FindBookingsOutput)
    .query(({ ctx, input }) =>
      findBookings(ctx, { ...input, merchantId: ctx.merchant.id, actor: ctx.actor }),
    ),

  get: staffProcedure
    .meta(describe("booking.get", "One of the merchant's bookings with its timeline"))
    .input(BookingRefInput)
    .output(GetBookingOutput)
    .query(({ ctx, input }) => getBooking(ctx, { ...input, merchantId: ctx.merchant.id, actor: ctx.actor })),

  today: staffProcedure
    .meta(describe("booking.today", "Arrivals, departures and who is in the house"))
    .input(Nothing)
    .output(TodayOutput)
    .query(({ ctx }) => getToday(ctx, { merchantId: ctx.merchant.id, actor: ctx.actor })),

  history: staffProcedure
    .meta(describe("booking.history", "Today's check-ins and undos"))
    .input(Nothing)
    .output(CheckInHistoryOutput)
    .query(({ ctx }) => findCheckInHistory(ctx, { merchantId: ctx.merchant.id, actor: ctx.actor })),

  listingChoices: staffProcedure
    .meta(describe("booking.listingChoices", "The merchant's listings, for a filter"))
    .input(Nothing)
    .output(ListingChoicesOutput)
    .query(({ ctx }) => findListingChoices(ctx, { merchantId: ctx.merchant.id })),

  /** Says that something about this merchant's bookings changed. Not in the OpenAPI document: it is an event stream. */
  live: staffProcedure
    .input(LiveInput)
    .subscription(({ ctx, input, signal }) =>
      liveChanges(ctx, { ...input, merchantId: ctx.merchant.id, signal }),
    ),
});
