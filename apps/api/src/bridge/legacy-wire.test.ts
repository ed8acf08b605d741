import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { goodPassword, type TestApi, testApi } from "../test-api";

let api: TestApi;
let listing: { listingId: number; merchantId: number };
let guest: { userId: number; mobile: string; openid: string };
let token: string;
let ownerUserId: number;

beforeAll(async () => {
  api = await testApi();
  const merchant = await api.given.merchant({ name: "湖畔 <小院>" });
  ownerUserId = merchant.ownerUserId;
  listing = await api.given.listing({
    merchantId: merchant.merchantId,
    title: "山 & 水",
    nightlyPriceFen: 30_050,
  });
  guest = await api.given.guest({ mobile: "13900001111", nickname: "小王" });
  token = await api.tokenOf(guest.userId);
  await api.db.activity.createMany({
    data: [
      { kind: "preferred_listing", targetId: listing.listingId },
      { kind: "good_business", targetId: ownerUserId },
    ],
  });
});
afterAll(() => api.close());

const ok = (data: string) => `{"code":200,"msg":"OK","data":${data}}`;
const refused = (code: number, msg: string) => `{"code":${code},"msg":"${msg}"}`;
const homestay = () =>
  `{"id":${listing.listingId},"title":"山 \\u0026 水","subTitle":"推窗见湖","banner":"/pictures/1.webp,/pictures/2.webp","info":"一室一厅，含独立卫浴。","peopleNum":4,"homestayBusinessId":${listing.merchantId},"userId":${ownerUserId},"rowState":1,"rowType":0,"foodInfo":"中式早餐","foodPrice":50,"homestayPrice":300.5,"marketHomestayPrice":380.5}`;
const zeroHomestay =
  '{"id":0,"title":"","subTitle":"","banner":"","info":"","peopleNum":0,"homestayBusinessId":0,"userId":0,"rowState":0,"rowType":0,"foodInfo":"","foodPrice":0,"homestayPrice":0,"marketHomestayPrice":0}';
const boss = () =>
  `{"id":${ownerUserId},"userId":0,"nickname":"${nicknameOfOwner}","avatar":"","info":"","rank":0}`;
let nicknameOfOwner = "";
beforeAll(async () => {
  nicknameOfOwner = (await api.db.user.findUniqueOrThrow({ where: { id: ownerUserId } })).nickname;
});
/** Midnight of a day in +08:00, in unix seconds. */
const midnight = (day: string) => new Date(`${day}T00:00:00+08:00`).getTime() / 1_000;

describe("the envelope and what stands around it", () => {
  test("a good answer is 200, JSON with its charset, in the envelope", async () => {
    const { status, text, headers } = await api.post("/travel/v1/homestay/homestayDetail", { id: 424242 });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(text).toBe(ok(`{"homestay":${zeroHomestay}}`));
  });

  test.each([
    ["/travel/v1/homestay/homestayDetail/", "a slash at the end"],
    ["//travel//v1/homestay/homestayDetail", "doubled slashes"],
    ["/travel/v1/./homestay/x/../homestayDetail", "dots"],
    ["/travel/v1/homestay/homestayDetail?x=1", "a query"],
  ])("%s is found: %s", async (path) => {
    // fetch would clean the dots away itself.
    const { request } = await import("node:http");
    const text = await new Promise<string>((resolve, reject) => {
      const body = JSON.stringify({ id: listing.listingId });
      const sent = request(
        {
          host: "127.0.0.1",
          port: new URL(api.origin).port,
          path,
          method: "POST",
          headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        },
        (response) => {
          let read = "";
          response.on("data", (chunk) => {
            read += String(chunk);
          });
          response.on("end", () => resolve(read));
        },
      );
      sent.on("error", reject);
      sent.end(body);
    });
    expect(text).toBe(ok(`{"homestay":${homestay()}}`));
  });

  test("an unknown path is 404 as text", async () => {
    const { status, text } = await api.post("/travel/v1/homestay/nothing", {});
    expect([status, text]).toEqual([404, "404 page not found\n"]);
  });

  test("any other method is 405 with nothing", async () => {
    const response = await fetch(`${api.origin}/travel/v1/homestay/guessList`);
    expect([response.status, await response.text(), response.headers.get("allow")]).toEqual([
      405,
      "",
      "POST",
    ]);
  });

  test("a body above 1 MiB is 413 with nothing", async () => {
    const { status, text } = await api.post("/usercenter/v1/user/login", undefined, {
      raw: JSON.stringify({ mobile: "x".repeat(1_100_000), password: "" }),
    });
    expect([status, text]).toEqual([413, ""]);
  });

  test("a body that does not call itself JSON counts as empty", async () => {
    const { status, text } = await api.post("/travel/v1/homestay/homestayDetail", undefined, {
      raw: '{"id":1}',
      headers: { "content-type": "text/plain" },
    });
    expect([status, text]).toEqual([400, refused(100002, '参数错误 ,field \\"id\\" is not set')]);
  });

  test("a chunked body has no length and counts as empty", async () => {
    const response = await fetch(`${api.origin}/travel/v1/homestay/homestayDetail`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"id":1}'));
          controller.close();
        },
      }),
      duplex: "half",
    } as RequestInit);
    expect(await response.text()).toBe(refused(100002, '参数错误 ,field \\"id\\" is not set'));
  });
});

describe("fields are required in declared order and typed as Go types them", () => {
  test.each([
    ["/usercenter/v1/user/register", {}, 'field \\"mobile\\" is not set'],
    ["/usercenter/v1/user/register", { mobile: "1" }, 'field \\"password\\" is not set'],
    ["/usercenter/v1/user/login", { password: "x" }, 'field \\"mobile\\" is not set'],
    ["/usercenter/v1/user/login", { Mobile: "1", password: "x" }, 'field \\"mobile\\" is not set'],
    [
      "/usercenter/v1/user/login",
      { mobile: 1, password: "x" },
      'type mismatch for field \\"mobile\\", expect \\"string\\", actual \\"number\\"',
    ],
    ["/usercenter/v1/user/login", { mobile: true, password: "x" }, 'type mismatch for field \\"mobile\\"'],
    ["/usercenter/v1/user/login", { mobile: null, password: "x" }, 'field \\"mobile\\" mustn\'t be nil'],
    ["/travel/v1/homestay/homestayDetail", { id: "1" }, 'type mismatch for field \\"id\\"'],
    ["/travel/v1/homestay/homestayDetail", { id: true }, 'type mismatch for field \\"id\\"'],
    [
      "/travel/v1/homestay/homestayDetail",
      { id: 1.5 },
      'strconv.ParseInt: parsing \\"1.5\\": invalid syntax',
    ],
    ["/travel/v1/homestay/homestayList", { pageSize: 1 }, 'field \\"page\\" is not set'],
    [
      "/travel/v1/homestay/businessList",
      { lastId: 0, pageSize: 1 },
      'field \\"homestayBusinessId\\" is not set',
    ],
    ["/usercenter/v1/user/wxMiniAuth", { code: "x" }, 'field \\"iv\\" is not set'],
  ])("%s with %j", async (path, body, why) => {
    const { status, text } = await api.post(path, body);
    expect([status, text]).toEqual([400, refused(100002, `参数错误 ,${why}`)]);
  });

  test("a bool wants a bool", async () => {
    const { text } = await api.post(
      "/order/v1/homestayOrder/createHomestayOrder",
      { homestayId: 1, isFood: 1, liveStartTime: 1, liveEndTime: 2, livePeopleNum: 1, remark: "" },
      { token },
    );
    expect(text).toBe(
      refused(
        100002,
        '参数错误 ,type mismatch for field \\"isFood\\", expect \\"bool\\", actual \\"number\\"',
      ),
    );
  });

  test("what is not declared is ignored", async () => {
    const { text } = await api.post("/travel/v1/homestay/homestayDetail", { id: 424242, colour: "red" });
    expect(text).toBe(ok(`{"homestay":${zeroHomestay}}`));
  });
});

describe("a token", () => {
  const detail = "/usercenter/v1/user/detail";
  const own = () =>
    ok(
      `{"userInfo":{"id":${guest.userId},"mobile":"13900001111","nickname":"小王","sex":0,"avatar":"","info":""}}`,
    );

  test.each([["Bearer "], ["bearer "], ["BEARER "], [""]])("is taken with %j before it", async (prefix) => {
    const { status, text } = await api.post(detail, undefined, { token: `${prefix}${token}` });
    expect([status, text]).toEqual([200, own()]);
  });

  test.each([
    ["none", undefined],
    ["nonsense", "Bearer nonsense"],
    [
      "one without a signature",
      "eyJhbGciOiJub25lIn0.eyJqd3RVc2VySWQiOjEsImV4cCI6OTk5OTk5OTk5OSwiaWF0IjoxfQ.",
    ],
  ])("that is %s is 401 with an empty body", async (_, bad) => {
    const { status, text } = await api.post(detail, {}, bad ? { token: bad } : {});
    expect([status, text]).toEqual([401, ""]);
  });

  test("is looked at before the body is", async () => {
    const { status, text } = await api.post("/order/v1/homestayOrder/createHomestayOrder", {});
    expect([status, text]).toEqual([401, ""]);
  });
});

describe("usercenter", () => {
  test("1 register answers the triple, then refuses the same number", async () => {
    const body = { mobile: "13700000001", password: goodPassword };
    const { status, text } = await api.post("/usercenter/v1/user/register", body);
    expect(status).toBe(200);
    const iat = Math.floor(api.clock.now().getTime() / 1_000);
    const { accessToken, accessExpire, refreshAfter } = JSON.parse(text).data;
    expect(text).toBe(
      ok(`{"accessToken":"${accessToken}","accessExpire":${accessExpire},"refreshAfter":${refreshAfter}}`),
    );
    expect([accessExpire, refreshAfter]).toEqual([iat + 31_536_000, iat + 15_768_000]);
    const claims = JSON.parse(Buffer.from(accessToken.split(".")[1], "base64url").toString());
    expect(claims).toEqual({
      jwtUserId: expect.any(Number),
      iat,
      exp: accessExpire,
      jti: expect.any(String),
    });
    const again = await api.post("/usercenter/v1/user/register", body);
    expect([again.status, again.text]).toEqual([400, refused(100001, "user has been registered")]);
  });

  test("2 login answers the triple, and words its two refusals", async () => {
    const mobile = "13700000002";
    await api.post("/usercenter/v1/user/register", { mobile, password: goodPassword });
    const good = await api.post("/usercenter/v1/user/login", { mobile, password: goodPassword });
    expect(Object.keys(JSON.parse(good.text).data)).toEqual(["accessToken", "accessExpire", "refreshAfter"]);
    const wrong = await api.post("/usercenter/v1/user/login", { mobile, password: "no" });
    expect([wrong.status, wrong.text]).toEqual([400, refused(100001, "账号或密码不正确")]);
    const nobody = await api.post("/usercenter/v1/user/login", { mobile: "13000000000", password: "no" });
    expect([nobody.status, nobody.text]).toEqual([400, refused(100001, "用户不存在")]);
  });

  test("4 wxMiniAuth opens an account without a token, and fails in one sentence", async () => {
    const { openid } = api.sandbox.phone.user({ phoneNumber: "13700000004" });
    const fresh = api.sandbox.phone.login(openid);
    const phoneCode = api.sandbox.phone.phoneNumberCode(openid);
    const { status, text } = await api.post("/usercenter/v1/user/wxMiniAuth", {
      code: fresh,
      iv: "",
      encryptedData: "",
      phoneCode,
    });
    expect([status, Object.keys(JSON.parse(text).data)]).toEqual([
      200,
      ["accessToken", "accessExpire", "refreshAfter"],
    ]);
    const mine = await api.data<{ userInfo: { mobile: string; nickname: string } }>(
      "/usercenter/v1/user/detail",
      {},
      { token: JSON.parse(text).data.accessToken },
    );
    expect(mine.userInfo).toMatchObject({ mobile: "13700000004", nickname: "LookLook0004" });
    const failed = await api.post("/usercenter/v1/user/wxMiniAuth", { code: "x", iv: "", encryptedData: "" });
    expect([failed.status, failed.text]).toEqual([400, refused(100001, "wechat mini auth fail")]);
  });

  test("4 wxMiniAuth is not stopped by an old token that is still sent", async () => {
    const { openid } = api.sandbox.phone.user({ phoneNumber: "13700000044" });
    const body = {
      code: api.sandbox.phone.login(openid),
      iv: "",
      encryptedData: "",
      phoneCode: api.sandbox.phone.phoneNumberCode(openid),
    };
    expect((await api.post("/usercenter/v1/user/wxMiniAuth", body, { token: "expired" })).status).toBe(200);
  });
});

describe("travel", () => {
  test("5 homestayList", async () => {
    const { text } = await api.post("/travel/v1/homestay/homestayList", { page: 1, pageSize: 10 });
    expect(text).toBe(ok(`{"list":[${homestay()}]}`));
    const beyond = await api.post("/travel/v1/homestay/homestayList", { page: 2, pageSize: 10 });
    expect(beyond.text).toBe(ok('{"list":null}'));
    const none = await api.post("/travel/v1/homestay/homestayList", { page: 0, pageSize: 0 });
    expect(none.text).toBe(ok('{"list":null}'));
    const wrapped = await api.post("/travel/v1/homestay/homestayList", { page: -3, pageSize: -1 });
    expect(wrapped.text).toBe(ok(`{"list":[${homestay()}]}`));
  });

  test("6 businessList", async () => {
    const body = { lastId: 0, pageSize: 10, homestayBusinessId: listing.merchantId };
    expect((await api.post("/travel/v1/homestay/businessList", body)).text).toBe(
      ok(`{"list":[${homestay()}]}`),
    );
    expect(
      (await api.post("/travel/v1/homestay/businessList", { ...body, lastId: listing.listingId })).text,
    ).toBe(ok('{"list":null}'));
  });

  test("7 guessList takes no body", async () => {
    expect((await api.post("/travel/v1/homestay/guessList", undefined)).text).toBe(
      ok(`{"list":[${homestay()}]}`),
    );
  });

  test("8 homestayDetail", async () => {
    expect((await api.post("/travel/v1/homestay/homestayDetail", { id: listing.listingId })).text).toBe(
      ok(`{"homestay":${homestay()}}`),
    );
  });

  test("9 goodBoss", async () => {
    expect((await api.post("/travel/v1/homestayBussiness/goodBoss", {})).text).toBe(
      ok(`{"list":[${boss()}]}`),
    );
  });

  test("10 homestayBussinessList", async () => {
    const { text } = await api.post("/travel/v1/homestayBussiness/homestayBussinessList", {
      lastId: 0,
      pageSize: 10,
    });
    expect(text).toBe(
      ok(
        `{"list":[{"id":${listing.merchantId},"title":"湖畔 \\u003c小院\\u003e","info":"","tags":"","cover":"","star":0,"isFav":0,"headerImg":"","sellMonth":0,"personConsume":0}]}`,
      ),
    );
  });

  test("11 homestayBussinessDetail", async () => {
    const path = "/travel/v1/homestayBussiness/homestayBussinessDetail";
    expect((await api.post(path, { id: listing.merchantId })).text).toBe(ok(`{"boss":${boss()}}`));
    expect((await api.post(path, { id: 424242 })).text).toBe(
      ok('{"boss":{"id":0,"userId":0,"nickname":"","avatar":"","info":"","rank":0}}'),
    );
  });

  test("12 commentList is null while nobody has said anything", async () => {
    expect((await api.post("/travel/v1/homestayComment/commentList", { lastId: 0, pageSize: 10 })).text).toBe(
      ok('{"list":null}'),
    );
  });
});

describe("order and payment", () => {
  const create = "/order/v1/homestayOrder/createHomestayOrder";
  const stay = (from: string, to: string) => ({
    homestayId: listing.listingId,
    isFood: true,
    liveStartTime: midnight(from) + 14 * 3_600,
    liveEndTime: midnight(to) + 12 * 3_600,
    livePeopleNum: 2,
    remark: "靠窗 <谢谢>",
  });

  test("13 to 17: booked, listed, shown, paid, called back, shown again", async () => {
    const booked = await api.post(create, stay("2026-06-01", "2026-06-03"), { token });
    const sn = JSON.parse(booked.text).data.orderSn as string;
    expect(sn).toMatch(/^HSO20260504100000\d{8}$/);
    expect(booked.text).toBe(ok(`{"orderSn":"${sn}"}`));
    const { id } = await api.db.booking.findUniqueOrThrow({ where: { bookingNo: sn } });
    const createTime = Math.floor(api.clock.now().getTime() / 1_000);

    const row = (tradeState: number, tradeCode: string) =>
      `{"sn":"${sn}","title":"山 \\u0026 水","subTitle":"推窗见湖","homestayId":${listing.listingId},"cover":"/pictures/1.webp","orderTotalPrice":801,"createTime":${createTime},"tradeState":${tradeState},"liveStartDate":${midnight("2026-06-01")},"liveEndDate":${midnight("2026-06-03")},"tradeCode":"${tradeCode}","id":${id}}`;
    const list = "/order/v1/homestayOrder/userHomestayOrderList";
    expect((await api.post(list, { lastId: 0, pageSize: 10, tradeState: -99 }, { token })).text).toBe(
      ok(`{"list":[${row(0, "")}]}`),
    );
    expect((await api.post(list, { lastId: 0, pageSize: 10, tradeState: 1 }, { token })).text).toBe(
      ok('{"list":null}'),
    );

    const detail = "/order/v1/homestayOrder/userHomestayOrderDetail";
    const shown = (tradeState: number, code: string, payTime: number, payType: string, qr: string) =>
      ok(
        `{"sn":"${sn}","userId":${guest.userId},"homestayId":${listing.listingId},"title":"山 \\u0026 水","subTitle":"推窗见湖","cover":"/pictures/1.webp","info":"一室一厅，含独立卫浴。","foodInfo":"中式早餐","foodPrice":50,"homestayPrice":300.5,"marketHomestayPrice":380.5,"homestayBusinessId":${listing.merchantId},"homestayUserId":${ownerUserId},"orderTotalPrice":801,"createTime":${createTime},"tradeState":${tradeState},"liveStartDate":${midnight("2026-06-01")},"liveEndDate":${midnight("2026-06-03")},"tradeCode":"${code}","foodTotalPrice":200,"homestayTotalPrice":601,"remark":"靠窗 \\u003c谢谢\\u003e","livePeopleNum":2,"needFood":1,"payTime":${payTime},"payType":"${payType}","tradeCodeQr":"${qr}","expireTime":${createTime + 1_800},"hasComment":false}`,
      );
    expect((await api.post(detail, { sn }, { token })).text).toBe(shown(0, "", 0, "", ""));

    api.sandbox.phone.user({ openid: guest.openid });
    const wxPay = "/payment/v1/thirdPayment/thirdPaymentWxPay";
    const sheet = await api.post(wxPay, { orderSn: sn, serviceType: "homestayOrder" }, { token });
    expect(sheet.status).toBe(200);
    const pay = JSON.parse(sheet.text).data;
    expect(Object.keys(pay)).toEqual(["appid", "nonceStr", "paySign", "package", "timestamp", "signType"]);
    expect(pay).toMatchObject({ appid: api.deps.pay.appId, signType: "RSA", timestamp: String(createTime) });

    const paid = api.sandbox.phone.pay(guest.openid, {
      timeStamp: pay.timestamp,
      nonceStr: pay.nonceStr,
      package: pay.package,
      signType: pay.signType,
      paySign: pay.paySign,
    });
    expect(paid).toMatchObject({ ok: true });
    await api.sandbox.tick();

    const after = await api.post(detail, { sn }, { token });
    const { tradeCode, tradeCodeQr, payTime } = JSON.parse(after.text).data;
    expect(tradeCode).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/);
    expect(after.text).toBe(shown(1, tradeCode, payTime, "WECHAT_PAY", tradeCodeQr));
    expect(payTime).toBeGreaterThanOrEqual(createTime);
    expect((await api.post(list, { lastId: 0, pageSize: 10, tradeState: 1 }, { token })).text).toBe(
      ok(`{"list":[${row(1, tradeCode)}]}`),
    );
    expect(
      (await api.post(list, { lastId: id ? Number(id) : 0, pageSize: 10, tradeState: -99 }, { token })).text,
    ).toBe(ok('{"list":null}'));
  });

  test("13 words its refusals: the legacy one, and codes of its own", async () => {
    const unknown = await api.post(
      create,
      { ...stay("2026-06-01", "2026-06-02"), homestayId: 424242 },
      { token },
    );
    expect([unknown.status, unknown.text]).toEqual([400, refused(100001, "homestay no exists")]);
    const taken = await api.post(create, { ...stay("2026-06-02", "2026-06-04"), remark: "" }, { token });
    expect([taken.status, taken.text]).toEqual([400, refused(101310, "所选日期已被订完")]);
    const noNights = await api.post(create, stay("2026-06-09", "2026-06-09"), { token });
    expect(noNights.text).toBe(refused(101302, "至少入住一晚"));
    const crowd = await api.post(
      create,
      { ...stay("2026-06-09", "2026-06-10"), livePeopleNum: -4 },
      { token },
    );
    expect(crowd.text).toBe(refused(101305, "至少一位客人"));
  });

  test("13 with one Idempotency-Key twice is one booking", async () => {
    const options = { token, headers: { "idempotency-key": "tap-00000001" } };
    const first = await api.post(create, stay("2026-07-01", "2026-07-02"), options);
    const second = await api.post(create, stay("2026-07-01", "2026-07-02"), options);
    expect(second.text).toBe(first.text);
    const other = await api.post(create, stay("2026-07-03", "2026-07-04"), options);
    expect(other.text).toBe(refused(101004, "同一个请求标识不能用于不同的内容"));
  });

  test("15 is data:null for a number that is unknown or somebody else's", async () => {
    const detail = "/order/v1/homestayOrder/userHomestayOrderDetail";
    const foreign = await api.given.pendingBooking({
      listingId: listing.listingId,
      checkInDate: "2026-08-01",
    });
    for (const sn of ["", "HSO", "x".repeat(500), foreign.bookingNo])
      expect((await api.post(detail, { sn }, { token })).text).toBe(ok("null"));
  });

  test("16 words its refusals", async () => {
    const path = "/payment/v1/thirdPayment/thirdPaymentWxPay";
    const other = await api.post(path, { orderSn: "x", serviceType: "cinema" }, { token });
    expect([other.status, other.text]).toEqual([
      400,
      refused(100001, "Payment for this business type is not supported"),
    ]);
    const missing = await api.post(path, { orderSn: "x", serviceType: "homestayOrder" }, { token });
    expect(missing.text).toBe(refused(100001, "wechat pay fail"));
    const { userId } = await api.given.guest({ openid: null });
    const { bookingNo } = await api.given.pendingBooking({
      userId,
      listingId: listing.listingId,
      checkInDate: "2026-08-05",
    });
    const unbound = await api.post(
      path,
      { orderSn: bookingNo, serviceType: "homestayOrder" },
      { token: await api.tokenOf(userId) },
    );
    expect(unbound.text).toBe(
      refused(100001, "Get user wechat openid fail，Please pay before authorization by weChat"),
    );
  });

  test("17 answers what is not WeChat's with 400 and the text FAIL", async () => {
    const path = "/payment/v1/thirdPayment/thirdPaymentWxPayCallback";
    const { status, text, headers } = await api.post(path, { id: "1" });
    expect([status, text, headers.get("content-type")]).toEqual([400, "FAIL", "text/plain; charset=utf-8"]);
  });
});
