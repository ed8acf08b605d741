import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkIn, undoCheckIn } from "../booking";
import { GatewayError, type MiniProgram } from "../payment/gateway";
import { minutes, type PayingWorld, payingWorld, templates } from "../payment/test-world";
import { sweepFulfilments, uploadFulfilment } from "./fulfilment";
import { fieldsOf, intendPaidMessages, sendDueMessages, sweepMessages, thing } from "./guest-message";

let world: PayingWorld;
beforeAll(async () => {
  world = await payingWorld({ seed: "messages" });
});
beforeEach(() => world.sandbox.faults.clear());
afterAll(() => world.drop());

const sends = { match: { path: "/cgi-bin/message/subscribe/send" } };
const uploads = { match: { path: "/wxa/sec/order/upload_shipping_info" } };

/** Paid and confirmed; its two messages are intended and not yet sent. */
async function paid() {
  const booking = await world.prepaid();
  world.sandbox.phone.pay(booking.openid, booking.sheet);
  await world.sandbox.tick();
  await world.db.$transaction((tx) => intendPaidMessages(tx, world.deps, booking.bookingNo));
  return booking;
}
const received = (openid: string) => world.sandbox.phone.messages(openid);
const statuses = async (bookingNo: string) =>
  (await world.read(bookingNo)).messages.sort((a, b) => Number(a.id - b.id)).map(({ status }) => status);

/** Runs until the first message's call is at WeChat and leaves it there for good, as a killed process does. */
function dieWhileSending(
  bookingNo: string,
  call: (message: Parameters<MiniProgram["sendSubscribeMessage"]>[0]) => Promise<number>,
): Promise<void> {
  return new Promise((reached, failed) => {
    const sendSubscribeMessage: MiniProgram["sendSubscribeMessage"] = async (message) => {
      await call(message);
      reached();
      return new Promise<never>(() => {});
    };
    const dying = { ...world.deps, miniProgram: { ...world.deps.miniProgram, sendSubscribeMessage } };
    sendDueMessages(dying, { bookingNo }).catch(failed);
  });
}

describe("the two messages of a paid booking", () => {
  test("say what was bought, and the code to its guest alone", async () => {
    const { bookingNo, openid } = await paid();
    await sendDueMessages(world.deps, { bookingNo });
    const { title, totalFen, codeSealed } = await world.read(bookingNo);
    expect(received(openid).map(({ templateId, data }) => ({ templateId, data }))).toEqual([
      {
        templateId: templates.paid,
        data: {
          character_string6: bookingNo,
          thing1: title,
          amount2: `${totalFen / 100}.00`,
          time4: "2026-05-20",
          time5: "2026-05-22",
        },
      },
      {
        templateId: templates.stay_info,
        data: {
          date2: "2026-05-20",
          date3: "2026-05-22",
          character_string4: world.deps.codes.open(codeSealed ?? "", bookingNo),
          thing1: "请不要将验证码告知商家以外人员，以防上当",
        },
      },
    ]);
    expect(await statuses(bookingNo)).toEqual(["delivered", "delivered"]);
  });

  test("are sent once, whoever asks and how often", async () => {
    const { bookingNo, openid } = await paid();
    await world.db.$transaction((tx) => intendPaidMessages(tx, world.deps, bookingNo));
    await Promise.all([1, 2, 3, 4].map(() => sendDueMessages(world.deps, { bookingNo })));
    await sweepMessages(world.deps);
    await world.advance(minutes(5));
    expect(received(openid)).toHaveLength(2);
  });

  test("are given up when the guest wants none: 43101 is final", async () => {
    const { bookingNo, openid } = await paid();
    await sendDueMessages(world.deps, { bookingNo });
    // The grants are used up: the next booking of the same guest has none.
    const { userId } = await world.read(bookingNo);
    const second = await world.given.confirmedBooking({
      userId: Number(userId),
      checkInDate: "2026-06-20",
      at: world.clock.now(),
    });
    await world.db.$transaction((tx) => intendPaidMessages(tx, world.deps, second.bookingNo));
    await sendDueMessages(world.deps, second);
    expect((await world.read(second.bookingNo)).messages).toMatchObject([
      { status: "refused", errorCode: 43101 },
      { status: "refused", errorCode: 43101 },
    ]);
    await world.advance(minutes(60));
    expect(received(openid)).toHaveLength(2);
  });

  test("are given up when a field is refused: 47003 is final", async () => {
    const { bookingNo } = await paid();
    world.sandbox.faults.wire({ kind: "errcode", errcode: 47003 }, { ...sends, times: 2 });
    await sendDueMessages(world.deps, { bookingNo });
    expect(await statuses(bookingNo)).toEqual(["refused", "refused"]);
  });

  test("go out again after a crash between sending and noting, and a grant used up by then was a delivery", async () => {
    const { bookingNo, openid } = await paid();
    await dieWhileSending(bookingNo, (message) => world.deps.miniProgram.sendSubscribeMessage(message));
    expect(await statuses(bookingNo)).toEqual(["sending", "pending"]);
    // Nobody sends while the first sender may still be at it.
    await sweepMessages(world.deps);
    expect(received(openid)).toHaveLength(2);
    world.clock.advance(30_000);
    await sweepMessages(world.deps);
    const { messages } = await world.read(bookingNo);
    expect(messages.find(({ kind }) => kind === "paid")).toMatchObject({
      status: "delivered",
      errorCode: 43101,
      attempts: 2,
    });
    expect(await statuses(bookingNo)).toEqual(["delivered", "delivered"]);
    expect(received(openid)).toHaveLength(2);
  });

  test("go out after a crash before sending", async () => {
    const { bookingNo, openid } = await paid();
    await dieWhileSending(bookingNo, async () => 0);
    world.clock.advance(30_000);
    await sweepMessages(world.deps);
    expect(received(openid)).toHaveLength(2);
    expect(await statuses(bookingNo)).toEqual(["delivered", "delivered"]);
  });

  test.each([
    ["lost the answer", { kind: "lost-answer" }, 2],
    ["reset the connection", { kind: "reset" }, 2],
    ["was busy", { kind: "errcode", errcode: -1 }, 2],
    ["had revoked the token", null, 2],
  ] as const)("reach the guest when WeChat %s", async (_, fault, count) => {
    const { bookingNo, openid } = await paid();
    if (fault) world.sandbox.faults.wire(fault, { ...sends, times: 2 });
    else world.sandbox.faults.revokeToken();
    await sendDueMessages(world.deps, { bookingNo }).catch(() => {});
    await world.advance(minutes(2));
    expect(received(openid)).toHaveLength(count);
    expect(await statuses(bookingNo)).toEqual(["delivered", "delivered"]);
  });

  test("after a busy answer a missing grant is a refusal, not a delivery", async () => {
    const { bookingNo } = await paid();
    world.sandbox.faults.wire({ kind: "errcode", errcode: -1 }, { ...sends, times: 1 });
    await sendDueMessages(world.deps, { bookingNo });
    expect(await statuses(bookingNo)).toEqual(["pending", "delivered"]);
    world.sandbox.faults.wire({ kind: "errcode", errcode: 43101 }, { ...sends, times: 1 });
    world.clock.advance(10_000);
    await sendDueMessages(world.deps, { bookingNo });
    expect(await statuses(bookingNo)).toEqual(["refused", "delivered"]);
  });

  test("tell no code to a guest whose number is not proven, nor for a stay that is off", async () => {
    const unproven = await paid();
    await world.db.user.update({ where: { id: unproven.userId }, data: { mobileProvenAt: null } });
    await sendDueMessages(world.deps, unproven);
    expect(await statuses(unproven.bookingNo)).toEqual(["delivered", "failed"]);
    const off = await paid();
    await world.db.booking.update({
      where: { bookingNo: off.bookingNo },
      data: { status: "cancelled", cancelReason: "by_operator" },
    });
    await sendDueMessages(world.deps, off);
    expect(await statuses(off.bookingNo)).toEqual(["delivered", "failed"]);
  });

  test("leave nothing personal in the outbox: neither code nor openid", async () => {
    const { bookingNo, openid } = await paid();
    await sendDueMessages(world.deps, { bookingNo });
    const { codeSealed } = await world.read(bookingNo);
    const code = world.deps.codes.open(codeSealed ?? "", bookingNo);
    const rows = JSON.stringify((await world.db.outbox.findMany()).map(({ payload, key }) => [key, payload]));
    expect(rows).not.toContain(code);
    expect(rows).not.toContain(openid);
  });
});

test.each([
  ["short", "湖景房", "湖景房"],
  ["twenty exactly", "一二三四五六七八九十一二三四五六七八九十", "一二三四五六七八九十一二三四五六七八九十"],
  ["one too many", "一二三四五六七八九十一二三四五六七八九十一", "一二三四五六七八九十一二三四五六七八九…"],
  ["a pair at the cut", `${"字".repeat(18)}😀😀`, `${"字".repeat(18)}…`],
  ["line breaks", "湖景\n 大床房", "湖景 大床房"],
  ["nothing", "  ", "-"],
])("a title that is %s fits its field", (_, title, field) => {
  expect(thing(title)).toBe(field);
  expect(field.length).toBeLessThanOrEqual(20);
});

test("amounts are yuan with two decimals and days are days", () => {
  const at = (day: string) => new Date(`${day}T00:00:00Z`);
  const booking = {
    bookingNo: "HSO1",
    title: "x",
    totalFen: 128_005,
    checkInDate: at("2026-02-28"),
    checkOutDate: at("2026-03-01"),
  };
  expect(fieldsOf("paid", booking, "")).toMatchObject({
    amount2: "1280.05",
    time4: "2026-02-28",
    time5: "2026-03-01",
  });
});

describe("the fulfilment upload", () => {
  /** Paid by phone, at its own merchant's desk on the first day. */
  async function arrived() {
    const booking = await paid();
    const { id, merchantId, codeSealed } = await world.read(booking.bookingNo);
    const desk = await world.given.desk(Number(merchantId));
    if (world.clock.now() < new Date("2026-05-20T14:00:00+08:00"))
      world.clock.set(new Date("2026-05-20T14:00:00+08:00"));
    const code = world.deps.codes.open(codeSealed ?? "", booking.bookingNo);
    const accept = () =>
      checkIn(world.deps, { ...desk, code, requestId: `desk-${world.clock.now().getTime()}` });
    await accept();
    const shipping = () =>
      world.sandbox.books.payments().find(({ outTradeNo }) => outTradeNo === booking.sheet.paymentNo)
        ?.shipping;
    const upload = () => world.db.fulfilmentUpload.findUnique({ where: { bookingId: id } });
    return { ...booking, desk, accept, shipping, upload };
  }

  test("comes once the check-in can no longer be taken back", async () => {
    const { bookingNo, shipping, upload } = await arrived();
    await uploadFulfilment(world.deps, { bookingNo });
    expect(shipping()).toBeNull();
    await world.advance(minutes(15));
    expect(shipping()).toMatchObject({ uploads: 1, itemDesc: (await world.read(bookingNo)).title });
    expect(await upload()).toMatchObject({ status: "uploaded", errorCode: 0 });
    await sweepFulfilments(world.deps);
    expect(shipping()).toMatchObject({ uploads: 1 });
  });

  test("does not come for a check-in that was taken back, but for the next one", async () => {
    const { bookingNo, desk, accept, shipping, upload } = await arrived();
    await world.advance(minutes(5));
    await undoCheckIn(world.deps, {
      ...desk,
      bookingNo,
      reason: "wrong room",
      requestId: `undo-${bookingNo}`,
    });
    await world.advance(minutes(20));
    expect(shipping()).toBeNull();
    expect(await upload()).toBeNull();
    await accept();
    await world.advance(minutes(16));
    expect(shipping()).toMatchObject({ uploads: 1 });
  });

  test("is tried again while WeChat cannot, and its lost answer is understood", async () => {
    const { shipping, upload } = await arrived();
    world.sandbox.faults.wire({ kind: "errcode", errcode: 10060004 }, { ...uploads, times: 1 });
    await world.advance(minutes(15));
    expect(await upload()).toMatchObject({ status: "pending", errorCode: 10060004 });
    world.sandbox.faults.wire({ kind: "lost-answer" }, { ...uploads, times: 1 });
    await world.advance(minutes(10));
    expect(await upload()).toMatchObject({ status: "uploaded" });
    expect(shipping()?.uploads).toBeGreaterThanOrEqual(1);
  });

  test("throws what WeChat could not say, so that its job shows as failed", async () => {
    const { bookingNo } = await arrived();
    world.clock.advance(minutes(15));
    world.sandbox.faults.wire({ kind: "reset" }, { ...uploads, times: 1 });
    await expect(uploadFulfilment(world.deps, { bookingNo })).rejects.toBeInstanceOf(GatewayError);
    await world.advance(minutes(5));
  });
});
