import type { Language } from "./show";

/** The mini-program's side of the bridge: legacy paths and field names, yuan, unix seconds. */

export interface Token {
  accessToken: string;
  accessExpire: number;
  refreshAfter: number;
}
export interface User {
  id: number;
  mobile: string;
  nickname: string;
  sex: number;
  avatar: string;
  info: string;
}
export interface Homestay {
  id: number;
  title: string;
  subTitle: string;
  /** Comma-separated picture addresses, the first is the cover. */
  banner: string;
  info: string;
  peopleNum: number;
  homestayBusinessId: number;
  userId: number;
  rowState: number;
  /** 1: the price is for each guest. */
  rowType: number;
  foodInfo: string;
  foodPrice: number;
  homestayPrice: number;
  marketHomestayPrice: number;
}
export interface Boss {
  id: number;
  nickname: string;
  avatar: string;
  info: string;
  rank: number;
}
export interface Business {
  id: number;
  title: string;
  info: string;
  tags: string;
  cover: string;
  star: number;
  isFav: number;
  headerImg: string;
  sellMonth: number;
  personConsume: number;
}
export interface Comment {
  id: number;
  homestayId: number;
  content: string;
  star: number;
  userId: number;
  nickname: string;
  avatar: string;
  createTime: number;
  /** "" when the house has not answered. */
  reply: string;
}
export interface OrderRow {
  id: number;
  sn: string;
  title: string;
  subTitle: string;
  homestayId: number;
  cover: string;
  orderTotalPrice: number;
  createTime: number;
  tradeState: TradeState;
  liveStartDate: number;
  liveEndDate: number;
  tradeCode: string;
}
/** -1 cancelled unpaid, 0 waits for payment, 1 paid, 2 checked in or over, 3 given back, 4 never came. */
export type TradeState = -1 | 0 | 1 | 2 | 3 | 4;
export interface Order extends Omit<OrderRow, "id"> {
  homestayBusinessId: number;
  info: string;
  foodInfo: string;
  foodPrice: number;
  homestayPrice: number;
  homestayTotalPrice: number;
  foodTotalPrice: number;
  remark: string;
  livePeopleNum: number;
  needFood: number;
  payTime: number;
  payType: string;
  tradeCodeQr: string;
  expireTime: number;
  hasComment: boolean;
}
export interface NightRow {
  date: number;
  homestayPrice: number;
  free: number;
  closed: boolean;
}
export interface Quote {
  list: { date: number; homestayPrice: number }[] | null;
  homestayTotalPrice: number;
  foodTotalPrice: number;
  orderTotalPrice: number;
  holdMinutes: number;
}
export interface PayParams {
  appid: string;
  nonceStr: string;
  paySign: string;
  package: string;
  timestamp: string;
  signType: string;
}
export interface Stay {
  homestayId: number;
  isFood: boolean;
  liveStartTime: number;
  liveEndTime: number;
  livePeopleNum: number;
}
export interface Favourite {
  id: number;
  homestayId: number;
  homestayBusinessId: number;
  title: string;
  cover: string;
}

/** A refusal of the bridge: `code` is the bridge's own, `msg` its Chinese text. */
export class BridgeError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    msg: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(msg);
    this.name = "BridgeError";
  }
}

/** What the page remembers of who it is, and is told when that ends. */
export interface TokenHolder {
  get(): Token | null;
  /** The bridge no longer takes the token. */
  lost(): void;
}

type List<T> = { list: T[] | null };

/** Calls that a mini-program makes, with words in `language` where there are any. Lists are never null here. */
export function createBridge(
  holder: TokenHolder,
  language: Language,
  send: typeof fetch = (...args) => fetch(...args),
) {
  async function post<T>(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<T> {
    const token = holder.get();
    let response: Response;
    try {
      response = await send(`/bridge${path}`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(token ? { authorization: `Bearer ${token.accessToken}` } : {}),
          ...headers,
        },
        body: JSON.stringify(body),
      });
    } catch {
      throw new BridgeError(0, 0, "offline");
    }
    if (response.status === 401) {
      if (token) holder.lost();
      throw new BridgeError(401, 401, "");
    }
    const answer: { code?: number; msg?: string; data?: T } = await response.json().catch(() => ({}));
    if (answer.code === 200) return answer.data as T;
    const retryAfter = Number(response.headers.get("retry-after"));
    throw new BridgeError(
      response.status,
      answer.code ?? 0,
      answer.msg ?? "",
      retryAfter > 0 ? retryAfter : null,
    );
  }
  const list = async <T>(path: string, body: object) => (await post<List<T>>(path, body)).list ?? [];

  return {
    wxMiniAuth: (codes: { code: string; phoneCode: string }) =>
      post<Token>("/usercenter/v1/user/wxMiniAuth", { iv: "", encryptedData: "", ...codes }),
    refreshToken: () => post<Token>("/usercenter/v1/user/refreshToken"),
    logout: () => post<object>("/usercenter/v1/user/logout"),
    me: async () => (await post<{ userInfo: User }>("/usercenter/v1/user/detail")).userInfo,
    updateProfile: async (changes: Partial<Pick<User, "nickname" | "sex" | "info">>) =>
      (await post<{ userInfo: User }>("/usercenter/v1/user/updateProfile", changes)).userInfo,

    preferred: (page = 1, pageSize = 20) =>
      list<Homestay>("/travel/v1/homestay/homestayList", { page, pageSize, language }),
    latest: () => list<Homestay>("/travel/v1/homestay/guessList", { language }),
    ofBusiness: (homestayBusinessId: number, lastId = 0) =>
      list<Homestay>("/travel/v1/homestay/businessList", {
        lastId,
        pageSize: 50,
        homestayBusinessId,
        language,
      }),
    homestay: async (id: number) =>
      (await post<{ homestay: Homestay }>("/travel/v1/homestay/homestayDetail", { id, language })).homestay,
    search: (wish: { city: string; liveStartTime: number; liveEndTime: number; livePeopleNum: number }) =>
      list<Homestay & { homestayTotalPrice: number }>("/travel/v1/homestay/search", {
        ...wish,
        lastId: 0,
        pageSize: 50,
        language,
      }),
    nights: (homestayId: number, liveStartTime: number, liveEndTime: number) =>
      list<NightRow>("/travel/v1/homestay/availability", { homestayId, liveStartTime, liveEndTime }),
    quote: (stay: Stay) => post<Quote>("/travel/v1/homestay/quote", stay),
    comments: (homestayId: number, lastId = 0) =>
      list<Comment>("/travel/v1/homestayComment/homestayCommentList", { lastId, pageSize: 30, homestayId }),

    goodBosses: () => list<Boss>("/travel/v1/homestayBussiness/goodBoss", {}),
    businesses: () =>
      list<Business>("/travel/v1/homestayBussiness/homestayBussinessList", {
        lastId: 0,
        pageSize: 50,
        language,
      }),
    bossOf: async (id: number) =>
      (await post<{ boss: Boss }>("/travel/v1/homestayBussiness/homestayBussinessDetail", { id })).boss,

    favourites: () => list<Favourite>("/travel/v1/favourite/list", { lastId: 0, pageSize: 100 }),
    /** A listing or a house; the bridge wants the other id as 0. */
    setFavourite: (
      { homestayId = 0, homestayBusinessId = 0 }: { homestayId?: number; homestayBusinessId?: number },
      isOn: boolean,
    ) =>
      post<object>(`/travel/v1/favourite/${isOn ? "add" : "remove"}`, {
        homestayId,
        homestayBusinessId,
      }),

    /** `intent` is one for each tap on the button, so that a repeat gets the first answer. */
    createOrder: async (stay: Stay & { remark: string }, intent: string) =>
      (
        await post<{ orderSn: string }>("/order/v1/homestayOrder/createHomestayOrder", stay, {
          "idempotency-key": intent,
        })
      ).orderSn,
    orders: (tradeState: number, lastId = 0) =>
      list<OrderRow>("/order/v1/homestayOrder/userHomestayOrderList", { lastId, pageSize: 20, tradeState }),
    order: (sn: string) => post<Order | null>("/order/v1/homestayOrder/userHomestayOrderDetail", { sn }),
    cancelOrder: (sn: string) =>
      post<{ tradeState: TradeState }>("/order/v1/homestayOrder/cancelHomestayOrder", { sn }),
    comment: (comment: {
      orderSn: string;
      content: string;
      cleanliness: number;
      location: number;
      service: number;
      value: number;
    }) => post<{ id: number }>("/travel/v1/homestayComment/createComment", comment),

    wxPay: (orderSn: string) =>
      post<PayParams>("/payment/v1/thirdPayment/thirdPaymentWxPay", {
        orderSn,
        serviceType: "homestayOrder",
      }),
    payResult: (orderSn: string) =>
      post<{ payStatus: -1 | 0 | 1 | 2; payTime: number; state: string }>(
        "/payment/v1/thirdPayment/payResult",
        { orderSn },
      ),
  };
}
export type Bridge = ReturnType<typeof createBridge>;
