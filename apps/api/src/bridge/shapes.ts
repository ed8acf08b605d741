import { z } from "zod";

/** The legacy system's response objects, keys in its order. `f` fields are yuan. */

const seconds = z.int().meta({ description: "unix seconds" });
const day = z.int().meta({ description: "unix seconds of local midnight, +08:00" });
const yuan = z.number().meta({ description: "yuan, at most two decimals" });

const listOf = <T extends z.ZodType>(row: T) => z.strictObject({ list: z.array(row).nullable() });

export const Token = z.strictObject({
  accessToken: z.string(),
  accessExpire: seconds,
  refreshAfter: seconds,
});
const User = z.strictObject({
  id: z.int(),
  mobile: z.string(),
  nickname: z.string(),
  sex: z.int(),
  avatar: z.string(),
  info: z.string(),
});
export const UserInfo = z.strictObject({ userInfo: User });
export const Empty = z.strictObject({});

export const Homestay = z.strictObject({
  id: z.int(),
  title: z.string(),
  subTitle: z.string(),
  banner: z.string(),
  info: z.string(),
  peopleNum: z.int(),
  homestayBusinessId: z.int(),
  userId: z.int(),
  rowState: z.int(),
  rowType: z.int(),
  foodInfo: z.string(),
  foodPrice: yuan,
  homestayPrice: yuan,
  marketHomestayPrice: yuan,
});
export type Homestay = z.infer<typeof Homestay>;
export const HomestayList = listOf(Homestay);
export const HomestayDetail = z.strictObject({ homestay: Homestay });
export const FoundHomestayList = listOf(z.strictObject({ ...Homestay.shape, homestayTotalPrice: yuan }));

export const Boss = z.strictObject({
  id: z.int(),
  userId: z.int(),
  nickname: z.string(),
  avatar: z.string(),
  info: z.string(),
  rank: z.int(),
});
export type Boss = z.infer<typeof Boss>;
export const BossList = listOf(Boss);
export const BossDetail = z.strictObject({ boss: Boss });

export const BusinessListInfo = z.strictObject({
  id: z.int(),
  title: z.string(),
  info: z.string(),
  tags: z.string(),
  cover: z.string(),
  star: z.number(),
  isFav: z.int(),
  headerImg: z.string(),
  sellMonth: z.int(),
  personConsume: z.int().meta({ description: "whole yuan" }),
});
export const BusinessList = listOf(BusinessListInfo);

export const HomestayComment = z.strictObject({
  id: z.int(),
  homestayId: z.int(),
  content: z.string(),
  star: z.number(),
  userId: z.int(),
  nickname: z.string(),
  avatar: z.string(),
});
export const CommentList = listOf(HomestayComment);
export const ListingComment = z.strictObject({
  ...HomestayComment.shape,
  createTime: seconds,
  reply: z.string().meta({ description: "the house's answer, empty when there is none" }),
});
export const ListingCommentList = listOf(ListingComment);
export const CommentId = z.strictObject({ id: z.int() });

export const OrderSn = z.strictObject({ orderSn: z.string() });
export const OrderListView = z.strictObject({
  sn: z.string(),
  title: z.string(),
  subTitle: z.string(),
  homestayId: z.int(),
  cover: z.string(),
  orderTotalPrice: yuan,
  createTime: seconds,
  tradeState: z.int(),
  liveStartDate: day,
  liveEndDate: day,
  tradeCode: z.string(),
  id: z.int().meta({ description: "the cursor for lastId; the legacy system left it out" }),
});
export const OrderList = listOf(OrderListView);
export const OrderDetail = z.strictObject({
  sn: z.string(),
  userId: z.int(),
  homestayId: z.int(),
  title: z.string(),
  subTitle: z.string(),
  cover: z.string(),
  info: z.string(),
  foodInfo: z.string(),
  foodPrice: yuan,
  homestayPrice: yuan,
  marketHomestayPrice: yuan,
  homestayBusinessId: z.int(),
  homestayUserId: z.int(),
  orderTotalPrice: yuan,
  createTime: seconds,
  tradeState: z.int(),
  liveStartDate: day,
  liveEndDate: day,
  tradeCode: z.string(),
  foodTotalPrice: yuan,
  homestayTotalPrice: yuan,
  remark: z.string(),
  livePeopleNum: z.int(),
  needFood: z.int(),
  payTime: seconds,
  payType: z.string(),
  tradeCodeQr: z.string().meta({ description: "signed text for the QR code; an addition" }),
  expireTime: seconds.meta({ description: "until when it can be paid; an addition" }),
  hasComment: z.boolean().meta({ description: "an addition" }),
});
export const TradeState = z.strictObject({ tradeState: z.int() });

export const PayParams = z.strictObject({
  appid: z.string(),
  nonceStr: z.string(),
  paySign: z.string(),
  package: z.string(),
  timestamp: z.string(),
  signType: z.string(),
});
export const PayResult = z.strictObject({
  payStatus: z.int().meta({ description: "-1 closed, 0 waiting, 1 paid, 2 given back" }),
  payTime: seconds,
  state: z.string(),
});

export const NightList = listOf(
  z.strictObject({ date: day, homestayPrice: yuan, free: z.int(), closed: z.boolean() }),
);
export const QuoteView = z.strictObject({
  list: z.array(z.strictObject({ date: day, homestayPrice: yuan })).nullable(),
  homestayTotalPrice: yuan,
  foodTotalPrice: yuan,
  orderTotalPrice: yuan,
  holdMinutes: z.int(),
});
export const FavouriteList = listOf(
  z.strictObject({
    id: z.int().meta({ description: "the cursor for lastId" }),
    homestayId: z.int(),
    homestayBusinessId: z.int(),
    title: z.string(),
    cover: z.string(),
  }),
);
