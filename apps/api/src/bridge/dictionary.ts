import type {
  GuestBooking,
  Host,
  ListingView,
  MerchantCard,
  PaymentResultOutput,
  ReviewView,
} from "@looklook/contracts";
import { dayOf, legacyStateOf, startOf } from "@looklook/core";
import type { z } from "zod";
import type * as shapes from "./shapes";

/** Our words → the legacy system's. Its days begin at midnight in this zone, wherever the listing is. */
const legacyTimeZone = "Asia/Shanghai";
/** 9999-12-31: a later second has no day that four digits can write. */
const lastSecond = 253_402_271_999;

/** A Go nil slice: an empty list is `null` on the legacy wire. */
export function nullIfEmpty<T>(rows: T[]): T[] | null {
  return rows.length > 0 ? rows : null;
}

/** Fen are whole, so two decimals are exact; the legacy system truncates to them. */
export function yuan(fen: number): number {
  return fen / 100;
}

export function seconds(at: Date | null): number {
  return at === null ? 0 : Math.floor(at.getTime() / 1_000);
}

export function secondsOfDay(day: string): number {
  return seconds(startOf(day, legacyTimeZone));
}

/** The day on which a unix second falls; seconds that no calendar holds become its first or last day. */
export function dayOfSeconds(second: number): string {
  return dayOf(new Date(Math.max(0, Math.min(lastSecond, second)) * 1_000), legacyTimeZone);
}

/** `language` "en" asks for the English words, where the house has written any; an addition. */
export function toHomestay(listing: ListingView, language?: "en"): shapes.Homestay {
  const isEnglish = language === "en";
  return {
    id: listing.id,
    title: (isEnglish && listing.titleEn) || listing.title,
    subTitle: (isEnglish && listing.subTitleEn) || listing.subTitle,
    banner: listing.pictures.join(","),
    info: (isEnglish && listing.infoEn) || listing.info,
    peopleNum: listing.guestsMax,
    homestayBusinessId: listing.merchantId,
    userId: listing.hostUserId,
    rowState: listing.onShelf ? 1 : 0,
    rowType: listing.pricing === "per_person" ? 1 : 0,
    foodInfo: listing.mealInfo,
    foodPrice: yuan(listing.mealPriceFen),
    homestayPrice: yuan(listing.nightlyPriceFen),
    marketHomestayPrice: yuan(listing.marketPriceFen),
  };
}

/** What the legacy system answers for an id that it does not know. */
export const zeroHomestay: shapes.Homestay = {
  id: 0,
  title: "",
  subTitle: "",
  banner: "",
  info: "",
  peopleNum: 0,
  homestayBusinessId: 0,
  userId: 0,
  rowState: 0,
  rowType: 0,
  foodInfo: "",
  foodPrice: 0,
  homestayPrice: 0,
  marketHomestayPrice: 0,
};

export function toBoss(host: z.infer<typeof Host>): shapes.Boss {
  return {
    id: host.userId,
    // The legacy system never fills it: `id` is the user's.
    userId: 0,
    nickname: host.nickname,
    avatar: host.avatar,
    info: host.info,
    rank: host.rank,
  };
}

export const zeroBoss: shapes.Boss = { id: 0, userId: 0, nickname: "", avatar: "", info: "", rank: 0 };

export function toBusiness(
  card: z.infer<typeof MerchantCard>,
  language?: "en",
): z.infer<typeof shapes.BusinessListInfo> {
  return {
    id: card.id,
    title: (language === "en" && card.nameEn) || card.name,
    info: card.info,
    tags: card.tags,
    cover: card.cover,
    star: card.star,
    isFav: card.isFavourite ? 1 : 0,
    headerImg: card.headerImg,
    sellMonth: card.soldLastMonth,
    personConsume: Math.trunc(yuan(card.spendPerPersonFen)),
  };
}

export function toComment(review: ReviewView): z.infer<typeof shapes.HomestayComment> {
  return {
    id: review.id,
    homestayId: review.listingId,
    content: review.content,
    star: review.star,
    userId: review.userId,
    nickname: review.nickname,
    avatar: review.avatar,
  };
}

/** What our own list of a listing's comments says beside the legacy fields. */
export function toListingComment(review: ReviewView): z.infer<typeof shapes.ListingComment> {
  return { ...toComment(review), createTime: seconds(review.createdAt), reply: review.reply ?? "" };
}

export function toOrderListView(booking: GuestBooking): z.infer<typeof shapes.OrderListView> {
  return {
    sn: booking.bookingNo,
    title: booking.title,
    subTitle: booking.subTitle,
    homestayId: booking.listingId,
    cover: booking.cover,
    orderTotalPrice: yuan(booking.totalFen),
    createTime: seconds(booking.createdAt),
    tradeState: legacyStateOf(booking),
    liveStartDate: secondsOfDay(booking.checkInDate),
    liveEndDate: secondsOfDay(booking.checkOutDate),
    tradeCode: booking.checkInCode,
    id: booking.id,
  };
}

export function toOrderDetail(booking: GuestBooking): z.infer<typeof shapes.OrderDetail> {
  return {
    sn: booking.bookingNo,
    userId: booking.userId,
    homestayId: booking.listingId,
    title: booking.title,
    subTitle: booking.subTitle,
    cover: booking.cover,
    info: booking.info,
    foodInfo: booking.mealInfo,
    foodPrice: yuan(booking.mealPriceFen),
    homestayPrice: yuan(booking.nightlyPriceFen),
    marketHomestayPrice: yuan(booking.marketPriceFen),
    homestayBusinessId: booking.merchantId,
    homestayUserId: booking.hostUserId,
    orderTotalPrice: yuan(booking.totalFen),
    createTime: seconds(booking.createdAt),
    tradeState: legacyStateOf(booking),
    liveStartDate: secondsOfDay(booking.checkInDate),
    liveEndDate: secondsOfDay(booking.checkOutDate),
    tradeCode: booking.checkInCode,
    foodTotalPrice: yuan(booking.mealTotalFen),
    homestayTotalPrice: yuan(booking.roomTotalFen),
    remark: booking.remark,
    livePeopleNum: booking.guests,
    needFood: booking.withMeals ? 1 : 0,
    payTime: seconds(booking.paidAt),
    payType: booking.paidAt === null ? "" : "WECHAT_PAY",
    tradeCodeQr: booking.checkInQr,
    expireTime: seconds(booking.expiresAt),
    hasComment: booking.hasReview,
  };
}

/** The legacy pay_status; while WeChat could not be asked the guest is still waiting. */
export const payStatusOf: Record<z.infer<typeof PaymentResultOutput>["state"], -1 | 0 | 1 | 2> = {
  unpaid: 0,
  unsure: 0,
  paid: 1,
  refunding: 2,
  refunded: 2,
  closed: -1,
};
