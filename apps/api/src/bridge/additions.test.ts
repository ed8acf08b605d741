import { rateLimits } from "@looklook/contracts";
import { AppError } from "@looklook/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goodPassword, type TestApi, testApi } from "../test-api";

let api: TestApi;
let listing: { listingId: number; merchantId: number };
let token: string;
let userId: number;
const waits = new Map<string, number | "away">();

beforeAll(async () => {
  const unlimited = { allowed: true, retryAfterMs: 0 };
  api = await testApi({
    seed: "additions",
    limiter: {
      take: async (name) => {
        const wait = waits.get(name);
        if (wait === "away") throw new Error("Redis is away");
        return wait === undefined ? unlimited : { allowed: false, retryAfterMs: wait };
      },
      peek: async () => unlimited,
      close: async () => {},
    },
  });
  listing = await api.given.listing({ nightlyPriceFen: 30_050, weekendPriceFen: 40_000, units: 3 });
  ({ userId } = await api.given.guest());
  token = await api.tokenOf(userId);
});
afterAll(() => api.close());

const midnight = (day: string) => new Date(`${day}T00:00:00+08:00`).getTime() / 1_000;
const refused = (code: number, msg: string) => JSON.stringify({ code, msg });

describe("usercenter", () => {
  test("a token is refreshed, used and logged out", async () => {
    const fresh = await api.data<{ accessToken: string }>("/usercenter/v1/user/refreshToken", {}, { token });
    expect(Object.keys(fresh)).toEqual(["accessToken", "accessExpire", "refreshAfter"]);
    const out = await api.post("/usercenter/v1/user/logout", {}, { token: fresh.accessToken });
    expect(out.text).toBe('{"code":200,"msg":"OK","data":{}}');
    expect((await api.post("/usercenter/v1/user/detail", {}, { token: fresh.accessToken })).status).toBe(401);
    expect((await api.post("/usercenter/v1/user/detail", {}, { token })).status).toBe(200);
  });

  test("a profile changes where it is told to, and a bad field is named", async () => {
    const path = "/usercenter/v1/user/updateProfile";
    const { userInfo } = await api.data<{ userInfo: Record<string, unknown> }>(
      path,
      { nickname: "阿湖" },
      { token },
    );
    expect(userInfo).toMatchObject({ nickname: "阿湖", sex: 0 });
    const bad = await api.post(path, { sex: 7 }, { token });
    expect([bad.status, bad.text]).toEqual([400, refused(100002, '参数错误 ,wrong value for field "sex"')]);
    const script = await api.post(path, { avatar: "javascript:alert(1)" }, { token });
    expect(script.text).toBe(refused(100002, '参数错误 ,wrong value for field "avatar"'));
  });

  test("a password that everybody tries first has a code of its own", async () => {
    const { text } = await api.post("/usercenter/v1/user/register", {
      mobile: "13400000001",
      password: "password1",
    });
    expect(text).toBe(refused(101101, "密码太常见，请换一个"));
  });
});

describe("travel", () => {
  test("availability says what is free and what it costs, night by night", async () => {
    await api.given.pendingBooking({
      listingId: listing.listingId,
      checkInDate: "2026-06-05",
      checkOutDate: "2026-06-06",
    });
    const { list } = await api.data<{ list: unknown[] }>("/travel/v1/homestay/availability", {
      homestayId: listing.listingId,
      liveStartTime: midnight("2026-06-04"),
      liveEndTime: midnight("2026-06-06"),
    });
    expect(list).toEqual([
      { date: midnight("2026-06-04"), homestayPrice: 300.5, free: 3, closed: false },
      { date: midnight("2026-06-05"), homestayPrice: 400, free: 2, closed: false },
    ]);
  });

  test("a quote is what booking it would cost", async () => {
    const stay = {
      homestayId: listing.listingId,
      isFood: true,
      liveStartTime: midnight("2026-06-11"),
      liveEndTime: midnight("2026-06-13"),
      livePeopleNum: 2,
    };
    expect(await api.data("/travel/v1/homestay/quote", stay)).toEqual({
      list: [
        { date: midnight("2026-06-11"), homestayPrice: 300.5 },
        { date: midnight("2026-06-12"), homestayPrice: 400 },
      ],
      homestayTotalPrice: 700.5,
      foodTotalPrice: 200,
      orderTotalPrice: 900.5,
      holdMinutes: 30,
    });
    const unknown = await api.post("/travel/v1/homestay/quote", { ...stay, homestayId: 424242 });
    expect(unknown.text).toBe(refused(100001, "homestay no exists"));
  });

  test("a guest who reads English gets English words where there are any, and old clients what they know", async () => {
    const { listingId } = await api.given.listing({
      merchantId: listing.merchantId,
      title: "竹影",
      titleEn: "Bamboo Shade",
    });
    const path = "/travel/v1/homestay/homestayDetail";
    const titleIn = async (language: object) =>
      (
        await api.data<{ homestay: { title: string; subTitle: string } }>(path, {
          id: listingId,
          ...language,
        })
      ).homestay;
    expect(await titleIn({ language: "en" })).toMatchObject({ title: "Bamboo Shade", subTitle: "推窗见湖" });
    for (const language of [{}, { language: "zh" }, { language: "" }])
      expect((await titleIn(language)).title).toBe("竹影");
    const { list } = await api.data<{ list: { title: string }[] }>("/travel/v1/homestay/businessList", {
      lastId: 0,
      pageSize: 1,
      homestayBusinessId: listing.merchantId,
      language: "en",
    });
    expect(list[0]?.title).toBe("Bamboo Shade");
    await api.db.listing.update({ where: { id: listingId }, data: { onShelf: false } });
  });

  test("search finds what is free, page by page", async () => {
    const stay = {
      city: "杭州",
      liveStartTime: midnight("2026-06-11"),
      liveEndTime: midnight("2026-06-13"),
      livePeopleNum: 2,
      lastId: 0,
      pageSize: 10,
    };
    const { list } = await api.data<{ list: { id: number; homestayTotalPrice: number }[] }>(
      "/travel/v1/homestay/search",
      stay,
    );
    expect(list.map(({ id, homestayTotalPrice }) => [id, homestayTotalPrice])).toEqual([
      [listing.listingId, 700.5],
    ]);
    for (const change of [{ lastId: listing.listingId }, { city: "北京" }, { pageSize: 0 }])
      expect(await api.data("/travel/v1/homestay/search", { ...stay, ...change })).toEqual({ list: null });
    const past = await api.post("/travel/v1/homestay/search", {
      ...stay,
      liveStartTime: 0,
      liveEndTime: 86_400,
    });
    expect(past.text).toBe(refused(101301, "入住日期已过"));
  });

  test("a favourite is added, listed, shown on its card and removed", async () => {
    const favourite = { homestayId: 0, homestayBusinessId: listing.merchantId };
    await api.data("/travel/v1/favourite/add", favourite, { token });
    await api.data(
      "/travel/v1/favourite/add",
      { homestayId: listing.listingId, homestayBusinessId: 0 },
      { token },
    );
    const { list } = await api.data<{ list: Record<string, unknown>[] }>(
      "/travel/v1/favourite/list",
      { lastId: 0, pageSize: 10 },
      { token },
    );
    expect(list.map(({ homestayId, homestayBusinessId }) => [homestayId, homestayBusinessId])).toEqual([
      [listing.listingId, 0],
      [0, listing.merchantId],
    ]);
    const isFav = async (by?: string) => {
      const cards = await api.data<{ list: { id: number; isFav: number }[] }>(
        "/travel/v1/homestayBussiness/homestayBussinessList",
        { lastId: 0, pageSize: 10 },
        by ? { token: by } : {},
      );
      return cards.list.find(({ id }) => id === listing.merchantId)?.isFav;
    };
    expect([await isFav(token), await isFav(), await isFav("an old token")]).toEqual([1, 0, 0]);
    await api.data("/travel/v1/favourite/remove", favourite, { token });
    expect(await isFav(token)).toBe(0);
    const both = { homestayId: 1, homestayBusinessId: 1 };
    expect((await api.post("/travel/v1/favourite/add", both, { token })).text).toBe(
      refused(101003, "内容不存在"),
    );
  });
});

describe("order, payment, comments", () => {
  test("an unpaid booking is given up, and its nights are free again", async () => {
    const booking = await api.given.pendingBooking({
      userId,
      listingId: listing.listingId,
      checkInDate: "2026-06-20",
      at: api.clock.now(),
    });
    const cancel = () =>
      api.post("/order/v1/homestayOrder/cancelHomestayOrder", { sn: booking.bookingNo }, { token });
    expect((await cancel()).text).toBe('{"code":200,"msg":"OK","data":{"tradeState":-1}}');
    const result = await api.data(
      "/payment/v1/thirdPayment/payResult",
      { orderSn: booking.bookingNo },
      { token },
    );
    expect(result).toEqual({ payStatus: -1, payTime: 0, state: "closed" });
    const stranger = await api.tokenOf((await api.given.guest()).userId);
    const foreign = await api.post(
      "/order/v1/homestayOrder/cancelHomestayOrder",
      { sn: booking.bookingNo },
      { token: stranger },
    );
    expect(foreign.text).toBe(refused(101313, "订单不存在"));
  });

  test("a paid booking says so", async () => {
    const booking = await api.given.confirmedBooking({
      userId,
      listingId: listing.listingId,
      checkInDate: "2026-06-24",
    });
    const result = await api.data(
      "/payment/v1/thirdPayment/payResult",
      { orderSn: booking.bookingNo },
      { token },
    );
    expect(result).toEqual({ payStatus: 1, payTime: expect.any(Number), state: "paid" });
  });

  test("a comment is written after the stay and read by everybody, of this listing and of all", async () => {
    const booking = await api.given.checkedInBooking({
      userId,
      listingId: listing.listingId,
      checkInDate: "2026-05-04",
      checkOutDate: "2026-05-05",
    });
    const words = {
      orderSn: booking.bookingNo,
      content: "安静 & 干净",
      cleanliness: 5,
      location: 4,
      service: 5,
      value: 4,
    };
    const path = "/travel/v1/homestayComment/createComment";
    expect((await api.post(path, words, { token })).text).toBe(refused(101601, "入住结束后才能评价"));
    const later = new Date(api.clock.now().getTime() + 26 * 3_600_000);
    api.clock.set(later);
    const { id } = await api.data<{ id: number }>(path, words, { token });
    expect((await api.post(path, words, { token })).text).toBe(refused(101602, "已经评价过了"));
    const { nickname } = await api.db.user.findUniqueOrThrow({ where: { id: userId } });
    const shown = `{"code":200,"msg":"OK","data":{"list":[{"id":${id},"homestayId":${listing.listingId},"content":"安静 \\u0026 干净","star":4.5,"userId":${userId},"nickname":"${nickname}","avatar":""}]}}`;
    const page = { lastId: 0, pageSize: 10 };
    expect((await api.post("/travel/v1/homestayComment/commentList", page)).text).toBe(shown);
    const of = { ...page, homestayId: listing.listingId };
    const told = `"avatar":"","createTime":${Math.floor(later.getTime() / 1_000)},"reply":""}]`;
    expect((await api.post("/travel/v1/homestayComment/homestayCommentList", of)).text).toBe(
      shown.replace('"avatar":""}]', told),
    );
    expect(
      await api.data("/travel/v1/homestayComment/homestayCommentList", { ...of, homestayId: 424242 }),
    ).toEqual({
      list: null,
    });
    const rating = await api.post(path, { ...words, value: 6 }, { token });
    expect(rating.text).toContain("100002");
  });
});

describe("what is new on the wire", () => {
  test("429 says when to come again, in a header and with a code of its own", async () => {
    waits.set("login", 12_300);
    const { status, text, headers } = await api.post("/usercenter/v1/user/login", {
      mobile: "1",
      password: "x",
    });
    waits.delete("login");
    expect([status, headers.get("retry-after"), text]).toEqual([
      429,
      "13",
      refused(101001, "操作太频繁，请稍后再试"),
    ]);
  });

  test("503 says when to come again when nobody can count", async () => {
    for (const name of Object.keys(rateLimits)) waits.set(name, "away");
    const { status, text, headers } = await api.post("/usercenter/v1/user/register", {
      mobile: "13400000009",
      password: goodPassword,
    });
    const booking = await api.post(
      "/order/v1/homestayOrder/createHomestayOrder",
      {
        homestayId: listing.listingId,
        isFood: false,
        liveStartTime: midnight("2026-06-27"),
        liveEndTime: midnight("2026-06-28"),
        livePeopleNum: 1,
        remark: "",
      },
      { token },
    );
    waits.clear();
    const away = refused(100005, "数据库繁忙,请稍后再试");
    expect([status, headers.get("retry-after"), text]).toEqual([503, "2", away]);
    expect([booking.status, booking.headers.get("retry-after"), booking.text]).toEqual([503, "2", away]);
  });

  test("a fault of ours is the legacy server error, and says nothing of itself", async () => {
    const getPhone = api.deps.db.user.findUnique;
    const broken = new Error("secret detail of a fault");
    Object.defineProperty(api.deps.db.user, "findUnique", {
      configurable: true,
      value: () => Promise.reject(broken),
    });
    const { status, text } = await api.post("/usercenter/v1/user/detail", {}, { token });
    Object.defineProperty(api.deps.db.user, "findUnique", { configurable: true, value: getPhone });
    expect([status, text]).toEqual([400, refused(100001, "服务器开小差啦,稍后再来试一试")]);
    expect(api.faults.length).toBeGreaterThan(0);
    expect(new AppError("INTERNAL").facts).toEqual({});
  });
});
