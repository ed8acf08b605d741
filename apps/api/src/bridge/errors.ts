import type { ErrorCode } from "@looklook/contracts";
import { type Refusal, retryAfterSeconds } from "@looklook/trpc";

export interface BridgeAnswer {
  status: number;
  /** null: no body at all, as the legacy system answers a bad token. */
  body: { code: number; msg: string } | null;
  retryAfterSeconds: number | null;
}

type Line = readonly [code: number, msg: string];
/** Where one route words a refusal in its own way. */
export type LegacyWords = Partial<Record<ErrorCode, Line>>;

const serverError: Line = [100001, "服务器开小差啦,稍后再来试一试"];

/**
 * This edge's table. 100001, 100002 and 100005 with their texts are the legacy system's; what it never refused has a
 * code of its own above 101000, so that a client can branch.
 */
const bridgeLines: Record<ErrorCode, Line> = {
  INVALID_INPUT: [100002, "参数错误"],
  NOT_SIGNED_IN: [100003, "token失效，请重新登陆"],
  FORBIDDEN: [101002, "没有权限"],
  NOT_FOUND: [101003, "内容不存在"],
  RATE_LIMITED: [101001, "操作太频繁，请稍后再试"],
  UNAVAILABLE: [100005, "数据库繁忙,请稍后再试"],
  INTERNAL: serverError,
  IDEMPOTENCY_KEY_REUSED: [101004, "同一个请求标识不能用于不同的内容"],
  USER_ALREADY_REGISTERED: [100001, "user has been registered"],
  USER_NOT_FOUND: [100001, "用户不存在"],
  WRONG_PASSWORD: [100001, "账号或密码不正确"],
  WEAK_PASSWORD: [101101, "密码太常见，请换一个"],
  WECHAT_LOGIN_FAILED: [100001, "wechat mini auth fail"],
  WECHAT_ALREADY_BOUND: [100001, "wechat mini auth fail"],
  SIGN_IN_FAILED: [101102, "邮箱或密码不正确"],
  LISTING_NOT_FOUND: [100001, "homestay no exists"],
  MERCHANT_NOT_FOUND: [101201, "商家不存在"],
  STAY_IN_PAST: [101301, "入住日期已过"],
  STAY_WITHOUT_NIGHTS: [101302, "至少入住一晚"],
  STAY_TOO_LONG: [101303, "入住天数太长"],
  BOOKING_TOO_FAR: [101304, "预订日期太远"],
  TOO_FEW_GUESTS: [101305, "至少一位客人"],
  TOO_MANY_GUESTS: [101306, "超过可住人数"],
  LISTING_OFF_SHELF: [101307, "该民宿已下架"],
  MERCHANT_CLOSED: [101308, "商家暂停营业"],
  NIGHT_CLOSED: [101309, "所选日期不可预订"],
  NIGHTS_TAKEN: [101310, "所选日期已被订完"],
  REMARK_TOO_LONG: [101311, "备注最多64个字"],
  TOO_MANY_OPEN_HOLDS: [101312, "未支付的订单太多，请先支付或取消"],
  BOOKING_NOT_FOUND: [101313, "订单不存在"],
  BOOKING_NOT_PENDING: [101314, "只有待支付的订单才能进行此操作"],
  BOOKING_NOT_CONFIRMED: [101315, "订单未确认"],
  BOOKING_NOT_CHECKED_IN: [101316, "订单未入住"],
  CHECK_IN_CODE_UNKNOWN: [101401, "核销码不正确"],
  CHECK_IN_CODE_USED: [101402, "核销码已使用"],
  CHECK_IN_LOCKED: [101403, "错误次数太多，请稍后再试"],
  STAY_NOT_STARTED: [101404, "未到入住日期"],
  STAY_OVER: [101405, "已过入住日期"],
  UNDO_WINDOW_OVER: [101406, "已超过撤销时间"],
  PAYMENT_SERVICE_TYPE_UNSUPPORTED: [100001, "Payment for this business type is not supported"],
  PAYMENT_NEEDS_WECHAT: [100001, "Get user wechat openid fail，Please pay before authorization by weChat"],
  PAYMENT_FAILED: [100001, "wechat pay fail"],
  PAYMENT_WINDOW_OVER: [101501, "支付时间已过，请重新下单"],
  REVIEW_NOT_ALLOWED: [101601, "入住结束后才能评价"],
  REVIEW_ALREADY_WRITTEN: [101602, "已经评价过了"],
  DEAD_LETTER_NOT_FOUND: [101701, "消息不存在"],
};

/** Statuses other than the legacy 400. 429 and 503 are additions; both say when to come again. */
const statuses: Partial<Record<ErrorCode, number>> = {
  RATE_LIMITED: 429,
  CHECK_IN_LOCKED: 429,
  UNAVAILABLE: 503,
};

/** `legacyNames`: our field names → the legacy ones, for saying which field was bad. */
export function bridgeAnswer(
  refusal: Refusal,
  words: LegacyWords,
  legacyNames: Record<string, string>,
): BridgeAnswer {
  if (refusal.code === "NOT_SIGNED_IN") return { status: 401, body: null, retryAfterSeconds: null };
  if (refusal.code === "INVALID_INPUT") {
    const [field = ""] = Object.keys(refusal.fields ?? {});
    return badParameter(`wrong value for field "${legacyNames[field] ?? field}"`);
  }
  const [code, msg] = words[refusal.code] ?? bridgeLines[refusal.code];
  return {
    status: statuses[refusal.code] ?? 400,
    body: { code, msg },
    retryAfterSeconds: retryAfterSeconds(refusal),
  };
}

/** go-zero's answer to a request that it cannot read; a space stands before the ASCII comma. */
export function badParameter(why: string): BridgeAnswer {
  return { status: 400, body: { code: 100002, msg: `参数错误 ,${why}` }, retryAfterSeconds: null };
}
