import type { ErrorCode } from "@looklook/contracts";
import { AppError } from "@looklook/core";
import { type createCaller, refusalOf } from "@looklook/trpc";
import type { z } from "zod";
import {
  dayOfSeconds,
  nullIfEmpty,
  payStatusOf,
  seconds,
  secondsOfDay,
  toBoss,
  toBusiness,
  toComment,
  toHomestay,
  toListingComment,
  toOrderDetail,
  toOrderListView,
  yuan,
  zeroBoss,
  zeroHomestay,
} from "./dictionary";
import type { LegacyWords } from "./errors";
import type { Fields, InputOf } from "./fields";
import * as shapes from "./shapes";

type Caller = ReturnType<typeof createCaller>;

/** What a request brings beside its body. */
interface Extras {
  /** The `Idempotency-Key` header, an addition. */
  idempotencyKey: string | null;
}

export interface Route<F extends Fields = Fields, D = unknown> {
  /** `optional`: a token that is not good counts as none, for old clients send whatever they still have. */
  auth: "none" | "optional" | "required";
  summary: string;
  fields: F;
  data: z.ZodType<D>;
  call(caller: Caller, input: InputOf<F>, extras: Extras): Promise<D>;
  /** How this route words refusals, where that differs from the table. */
  words: LegacyWords;
  /** Only what is the same for everybody. `tags`: what a change of makes the answer stale. */
  cache?: { tags(input: InputOf<F>): string[]; notFound?: { code: ErrorCode; data: D } };
}

function route<F extends Fields, D>(
  definition: Omit<Route<F, D>, "words"> & { fails?: string; words?: LegacyWords },
): Route {
  const { fails, words, ...rest } = definition;
  // What the legacy system says when it does not say what went wrong.
  const internal: LegacyWords = fails ? { INTERNAL: [100001, fails] } : {};
  return { ...rest, words: { ...internal, ...words } } as unknown as Route;
}

const noFields = {} as const;
const paging = { lastId: "int64", pageSize: "int64" } as const;
const stay = {
  homestayId: "int64",
  isFood: "bool",
  liveStartTime: "int64",
  liveEndTime: "int64",
  livePeopleNum: "int64",
} as const;

/** Chinese unless it is "en"; an addition, so it may be missing. */
const inLanguage = { language: "language?" } as const;

const anyListing = () => ["listings"];
const anyMerchant = () => ["merchants"];
const anyReview = () => ["reviews"];

const toStay = (input: InputOf<typeof stay>) => ({
  listingId: input.homestayId,
  withMeals: input.isFood,
  checkInDate: dayOfSeconds(input.liveStartTime),
  checkOutDate: dayOfSeconds(input.liveEndTime),
  guests: input.livePeopleNum,
});

/** Numbers longer than any of ours name nothing; shortened they still do. */
const toBookingNo = (sn: string) => sn.slice(0, 64);

/** Exactly one of the two says what is meant; 0 is "not this". */
function favouriteOf(input: { homestayId: number; homestayBusinessId: number }) {
  const { homestayId, homestayBusinessId } = input;
  if (homestayId > 0 === homestayBusinessId > 0) throw new AppError("NOT_FOUND");
  return homestayId > 0
    ? { kind: "listing" as const, id: homestayId }
    : { kind: "merchant" as const, id: homestayBusinessId };
}

/** The 16 enveloped routes of the legacy system (its callback is `wechat-notify.ts`), misspellings included. */
const legacyRoutes: Record<string, Route> = {
  "/usercenter/v1/user/register": route({
    auth: "none",
    summary: "Register with a mobile number and a password",
    fields: { mobile: "string", password: "string" },
    data: shapes.Token,
    call: (caller, input) => caller.account.register(input),
  }),
  "/usercenter/v1/user/login": route({
    auth: "none",
    summary: "Log in with mobile number and password",
    fields: { mobile: "string", password: "string" },
    data: shapes.Token,
    call: (caller, { mobile, password }) =>
      caller.account.login({ mobile: mobile.slice(0, 32), password: password.slice(0, 128) }),
  }),
  "/usercenter/v1/user/detail": route({
    auth: "required",
    summary: "The guest's own profile",
    fields: noFields,
    data: shapes.UserInfo,
    call: async (caller) => ({ userInfo: await caller.account.me() }),
  }),
  "/usercenter/v1/user/wxMiniAuth": route({
    auth: "optional",
    summary: "Log in through WeChat; binds to the guest of a token that is sent along",
    fields: { code: "string", iv: "string", encryptedData: "string", phoneCode: "string?" },
    data: shapes.Token,
    call: (caller, { phoneCode = "", ...input }) => caller.account.loginWithWechat({ ...input, phoneCode }),
    fails: "wechat mini auth fail",
    words: { INVALID_INPUT: [100001, "wechat mini auth fail"] },
  }),

  "/travel/v1/homestay/homestayList": route({
    auth: "none",
    summary: "Listings put forward on the front page",
    fields: { page: "int64", pageSize: "int64", ...inLanguage },
    data: shapes.HomestayList,
    call: async (caller, { language, ...page }) => {
      const { listings } = await caller.listing.preferred(page);
      return { list: nullIfEmpty(listings.map((listing) => toHomestay(listing, language))) };
    },
    cache: { tags: anyListing },
  }),
  "/travel/v1/homestay/businessList": route({
    auth: "none",
    summary: "A merchant's listings",
    fields: { ...paging, homestayBusinessId: "int64", ...inLanguage },
    data: shapes.HomestayList,
    call: async (caller, { homestayBusinessId, language, ...page }) => {
      const { listings } = await caller.listing.byMerchant({ ...page, merchantId: homestayBusinessId });
      return { list: nullIfEmpty(listings.map((listing) => toHomestay(listing, language))) };
    },
    cache: { tags: anyListing },
  }),
  "/travel/v1/homestay/guessList": route({
    auth: "none",
    summary: "The five newest listings",
    fields: inLanguage,
    data: shapes.HomestayList,
    call: async (caller, { language }) => {
      const { listings } = await caller.listing.latest();
      return { list: nullIfEmpty(listings.map((listing) => toHomestay(listing, language))) };
    },
    cache: { tags: anyListing },
  }),
  "/travel/v1/homestay/homestayDetail": route({
    auth: "none",
    summary: "One listing; an unknown id answers with zeros",
    fields: { id: "int64", ...inLanguage },
    data: shapes.HomestayDetail,
    call: async (caller, { id, language }) => ({
      homestay: toHomestay(await caller.listing.get({ id }), language),
    }),
    cache: {
      tags: ({ id }) => [`listing:${id}`],
      notFound: { code: "LISTING_NOT_FOUND", data: { homestay: zeroHomestay } },
    },
    fails: "get homestay detail fail",
  }),
  "/travel/v1/homestayBussiness/goodBoss": route({
    auth: "none",
    summary: "Hosts put forward on the front page",
    fields: noFields,
    data: shapes.BossList,
    call: async (caller) => ({ list: nullIfEmpty((await caller.merchant.goodHosts()).hosts.map(toBoss)) }),
    cache: { tags: anyMerchant },
  }),
  "/travel/v1/homestayBussiness/homestayBussinessList": route({
    auth: "optional",
    summary: "Houses with stars and sales",
    fields: { ...paging, ...inLanguage },
    data: shapes.BusinessList,
    call: async (caller, { language, ...page }) => {
      const { merchants } = await caller.merchant.find(page);
      return { list: nullIfEmpty(merchants.map((merchant) => toBusiness(merchant, language))) };
    },
    cache: { tags: () => ["merchants", "reviews"] },
  }),
  "/travel/v1/homestayBussiness/homestayBussinessDetail": route({
    auth: "none",
    summary: "The person behind one house; an unknown id answers with zeros",
    fields: { id: "int64" },
    data: shapes.BossDetail,
    call: async (caller, { id }) => ({ boss: toBoss(await caller.merchant.host({ merchantId: id })) }),
    cache: { tags: anyMerchant, notFound: { code: "MERCHANT_NOT_FOUND", data: { boss: zeroBoss } } },
    fails: "get boss info fail",
  }),
  "/travel/v1/homestayComment/commentList": route({
    auth: "none",
    summary: "Comments of all listings",
    fields: paging,
    data: shapes.CommentList,
    call: async (caller, page) => ({
      list: nullIfEmpty((await caller.review.find(page)).reviews.map(toComment)),
    }),
    cache: { tags: anyReview },
  }),

  "/order/v1/homestayOrder/createHomestayOrder": route({
    auth: "required",
    summary: "Book: takes the nights and holds them while the guest pays",
    fields: { ...stay, remark: "string" },
    data: shapes.OrderSn,
    call: async (caller, { remark, ...input }, { idempotencyKey }) => {
      // A remark that is much too long is refused as one that is too long.
      const booking = await caller.booking.create({
        ...toStay(input),
        remark: remark.slice(0, 1_000),
        idempotencyKey,
      });
      return { orderSn: booking.bookingNo };
    },
    fails: "create homestay order fail",
  }),
  "/order/v1/homestayOrder/userHomestayOrderList": route({
    auth: "required",
    summary: "The guest's own bookings; a tradeState that is none means all",
    fields: { ...paging, tradeState: "int64" },
    data: shapes.OrderList,
    call: async (caller, { tradeState, ...page }) => {
      const legacyState = tradeState >= -1 && tradeState <= 4 ? tradeState : null;
      const { bookings } = await caller.booking.mine({ ...page, legacyState });
      return { list: nullIfEmpty(bookings.map(toOrderListView)) };
    },
    fails: "Failed to get user homestay order list",
  }),
  "/order/v1/homestayOrder/userHomestayOrderDetail": route({
    auth: "required",
    summary: "One of the guest's own bookings; null for any other",
    fields: { sn: "string" },
    data: shapes.OrderDetail.nullable(),
    call: async (caller, { sn }) => {
      const booking = caller.booking.getMine({ bookingNo: toBookingNo(sn) });
      return booking.then(toOrderDetail).catch(ifRefused("BOOKING_NOT_FOUND", null));
    },
    fails: "get homestay order detail fail",
  }),
  "/payment/v1/thirdPayment/thirdPaymentWxPay": route({
    auth: "required",
    summary: "What the phone hands to wx.requestPayment",
    fields: { orderSn: "string", serviceType: "string" },
    data: shapes.PayParams,
    call: async (caller, { orderSn, serviceType }) => {
      if (serviceType !== "homestayOrder") throw new AppError("PAYMENT_SERVICE_TYPE_UNSUPPORTED");
      const pay = await caller.payment.prepay({ bookingNo: toBookingNo(orderSn) });
      return {
        appid: pay.appId,
        nonceStr: pay.nonceStr,
        paySign: pay.paySign,
        package: pay.package,
        timestamp: pay.timeStamp,
        signType: pay.signType,
      };
    },
    fails: "wechat pay fail",
    words: { BOOKING_NOT_FOUND: [100001, "wechat pay fail"] },
  }),
};

/** What the legacy system never had, in its style. */
const addedRoutes: Record<string, Route> = {
  "/usercenter/v1/user/refreshToken": route({
    auth: "required",
    summary: "A fresh token for one that is still good",
    fields: noFields,
    data: shapes.Token,
    call: (caller) => caller.account.refresh(),
  }),
  "/usercenter/v1/user/logout": route({
    auth: "required",
    summary: "Ends this token",
    fields: noFields,
    data: shapes.Empty,
    call: async (caller) => {
      await caller.account.logout();
      return {};
    },
  }),
  "/usercenter/v1/user/updateProfile": route({
    auth: "required",
    summary: "Changes what is sent, leaves the rest",
    fields: { nickname: "string?", sex: "int64?", avatar: "string?", info: "string?" },
    data: shapes.UserInfo,
    call: async (caller, changes) => ({ userInfo: await caller.account.updateProfile(changes) }),
  }),
  "/travel/v1/homestay/availability": route({
    auth: "none",
    summary: "Free units and price, night by night, at most 92 of them",
    fields: { homestayId: "int64", liveStartTime: "int64", liveEndTime: "int64" },
    data: shapes.NightList,
    call: async (caller, { homestayId, liveStartTime, liveEndTime }) => {
      const { nights } = await caller.listing.availability({
        listingId: homestayId,
        fromDate: dayOfSeconds(liveStartTime),
        toDate: dayOfSeconds(liveEndTime),
      });
      const list = nights.map(({ night, priceFen, free, closed }) => ({
        date: secondsOfDay(night),
        homestayPrice: yuan(priceFen),
        free,
        closed,
      }));
      return { list: nullIfEmpty(list) };
    },
  }),
  "/travel/v1/homestay/quote": route({
    auth: "none",
    summary: "What a stay costs, as booking it now would",
    fields: stay,
    data: shapes.QuoteView,
    call: async (caller, input) => {
      const quote = await caller.listing.quote(toStay(input));
      const nights = quote.nights.map(({ night, priceFen }) => ({
        date: secondsOfDay(night),
        homestayPrice: yuan(priceFen),
      }));
      return {
        list: nullIfEmpty(nights),
        homestayTotalPrice: yuan(quote.roomTotalFen),
        foodTotalPrice: yuan(quote.mealTotalFen),
        orderTotalPrice: yuan(quote.totalFen),
        holdMinutes: quote.holdMinutes,
      };
    },
  }),
  "/travel/v1/homestay/search": route({
    auth: "none",
    summary: "Listings with every night of a stay free; lastId is the last row's id",
    fields: {
      city: "string",
      liveStartTime: "int64",
      liveEndTime: "int64",
      livePeopleNum: "int64",
      ...paging,
      ...inLanguage,
    },
    data: shapes.FoundHomestayList,
    call: async (caller, input) => {
      if (input.pageSize === 0) return { list: null };
      const { listings } = await caller.listing.search({
        city: input.city,
        checkInDate: dayOfSeconds(input.liveStartTime),
        checkOutDate: dayOfSeconds(input.liveEndTime),
        guests: input.livePeopleNum,
        cursor: input.lastId > 0 ? input.lastId : null,
        limit: input.pageSize < 0 ? 100 : Math.min(100, input.pageSize),
      });
      const list = listings.map(({ listing, roomTotalFen }) => ({
        ...toHomestay(listing, input.language),
        homestayTotalPrice: yuan(roomTotalFen),
      }));
      return { list: nullIfEmpty(list) };
    },
  }),
  "/order/v1/homestayOrder/cancelHomestayOrder": route({
    auth: "required",
    summary: "Gives up a booking that is not paid",
    fields: { sn: "string" },
    data: shapes.TradeState,
    call: async (caller, { sn }) => {
      await caller.booking.cancelUnpaid({ bookingNo: toBookingNo(sn) });
      // Also while WeChat is still being told: for its guest it is over.
      return { tradeState: -1 };
    },
  }),
  "/payment/v1/thirdPayment/payResult": route({
    auth: "required",
    summary: "Whether a booking is paid; asks WeChat when unsure",
    fields: { orderSn: "string" },
    data: shapes.PayResult,
    call: async (caller, { orderSn }) => {
      const { state, paidAt } = await caller.payment.result({ bookingNo: toBookingNo(orderSn) });
      return { payStatus: payStatusOf[state], payTime: seconds(paidAt), state };
    },
  }),
  "/travel/v1/homestayComment/createComment": route({
    auth: "required",
    summary: "A guest's word after the stay, four ratings of 1 to 5",
    fields: {
      orderSn: "string",
      content: "string",
      cleanliness: "int64",
      location: "int64",
      service: "int64",
      value: "int64",
    },
    data: shapes.CommentId,
    call: async (caller, { orderSn, content, ...ratings }) => {
      const { reviewId } = await caller.review.create({ bookingNo: orderSn, content, ratings });
      return { id: reviewId };
    },
  }),
  "/travel/v1/homestayComment/homestayCommentList": route({
    auth: "none",
    summary: "Comments of one listing",
    fields: { ...paging, homestayId: "int64" },
    data: shapes.ListingCommentList,
    call: async (caller, { homestayId, ...page }) => {
      const { reviews } = await caller.review.find({ ...page, listingId: homestayId });
      return { list: nullIfEmpty(reviews.map(toListingComment)) };
    },
    cache: { tags: anyReview },
  }),
  "/travel/v1/favourite/add": route({
    auth: "required",
    summary: "Keeps a listing or a merchant; the other id is 0",
    fields: { homestayId: "int64", homestayBusinessId: "int64" },
    data: shapes.Empty,
    call: async (caller, input) => {
      await caller.listing.addFavourite(favouriteOf(input));
      return {};
    },
  }),
  "/travel/v1/favourite/remove": route({
    auth: "required",
    summary: "Takes a favourite away; the other id is 0",
    fields: { homestayId: "int64", homestayBusinessId: "int64" },
    data: shapes.Empty,
    call: async (caller, input) => {
      await caller.listing.removeFavourite(favouriteOf(input));
      return {};
    },
  }),
  "/travel/v1/favourite/list": route({
    auth: "required",
    summary: "The guest's favourites",
    fields: paging,
    data: shapes.FavouriteList,
    call: async (caller, page) => {
      const { favourites } = await caller.listing.favourites(page);
      const list = favourites.map(({ favouriteId, kind, id, title, cover }) => ({
        id: favouriteId,
        homestayId: kind === "listing" ? id : 0,
        homestayBusinessId: kind === "merchant" ? id : 0,
        title,
        cover,
      }));
      return { list: nullIfEmpty(list) };
    },
  }),
};

export const routes: ReadonlyMap<string, Route> = new Map(
  Object.entries({ ...legacyRoutes, ...addedRoutes }),
);

/** Our field names → the legacy ones, for saying which field was bad. */
export const legacyFieldNames: Record<string, string> = {
  listingId: "homestayId",
  merchantId: "homestayBusinessId",
  checkInDate: "liveStartTime",
  checkOutDate: "liveEndTime",
  fromDate: "liveStartTime",
  toDate: "liveEndTime",
  guests: "livePeopleNum",
  withMeals: "isFood",
  bookingNo: "orderSn",
  cursor: "lastId",
  limit: "pageSize",
  idempotencyKey: "Idempotency-Key",
};

/** Turns one refusal of a procedure into an answer; any other failure goes on. */
function ifRefused<T>(code: ErrorCode, answer: T): (error: unknown) => T {
  return (error) => {
    if (refusalOf(error).code === code) return answer;
    throw error;
  };
}
