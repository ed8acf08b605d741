import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { openDesk, refusalCode } from "./desk";
import { Guest } from "./guest";
import { short } from "./http";

export interface Places {
  /** The api's own address: the bridge and the OpenAPI document. */
  bridgeUrl: string;
  consoleUrl: string;
  sandboxUrl: string;
  desk: { email: string; password: string };
}

/** What one step sent and received, in short. */
type Told = { sent?: unknown; got: unknown };
export type Tell = (line: { title: string; told: Told; tookMs: number }) => void;

interface Homestay {
  id: number;
  title: string;
  homestayBusinessId: number;
}
interface Order {
  sn: string;
  tradeState: number;
  tradeCode: string;
  tradeCodeQr: string;
  orderTotalPrice: number;
}

const daySeconds = 86_400;
/** Unix seconds of local midnight in Shanghai, `days` from today. */
function midnight(days: number): number {
  const local = Math.floor(Date.now() / 1_000) + 8 * 3_600;
  return local - (local % daySeconds) - 8 * 3_600 + days * daySeconds;
}

function must(holds: unknown, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence);
}

/** Asks until the answer is good. @throws Error with `sentence` and the last answer when time is up */
async function until<T>(
  ask: () => Promise<T>,
  isGood: (answer: T) => boolean,
  sentence: string,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (isGood(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`${sentence}; last seen: ${short(answer)}`);
    await sleep(200);
  }
}

/**
 * The whole story, as a mini-program and a front desk tell it over HTTP: from the WeChat login to the verified code,
 * and a booking that nobody pays. @throws Error at the first step that does not hold
 */
export async function play(places: Places, tell: Tell): Promise<void> {
  async function step<T>(title: string, act: () => Promise<Told & { result: T }>): Promise<T> {
    const began = performance.now();
    try {
      const { result, ...told } = await act();
      tell({ title, told, tookMs: performance.now() - began });
      return result;
    } catch (error) {
      throw new Error(`${title}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }

  const desk = await step("the front desk signs in at the console", async () => {
    const opened = await openDesk(places.consoleUrl, places.desk.email, places.desk.password);
    return { sent: places.desk.email, got: opened.merchant.name, result: opened };
  });

  const guest = await Guest.arrive(places.bridgeUrl, places.sandboxUrl);
  await step("a guest logs in through WeChat", async () => {
    const { accessExpire } = await guest.logIn();
    return { sent: "js_code, phone code", got: { accessExpire }, result: null };
  });

  // Asked for before the unpaid booking, which takes a minute to run out.
  const quickListing = await step("looks for the house that holds nights for one minute", async () => {
    const { list } = await guest.ask<{ list: { id: number; title: string }[] | null }>(
      "/travel/v1/homestayBussiness/homestayBussinessList",
      { lastId: 0, pageSize: 20 },
    );
    for (const house of list ?? []) {
      const found = await freeStay(guest, house.id, 1);
      if (found?.quote.holdMinutes === 1)
        return { got: `${house.title}: ${found.listing.title}`, result: found };
    }
    throw new Error("no demo merchant holds nights for one minute");
  });
  const unpaid = await step("books there and does not pay", async () => {
    const body = orderOf(quickListing, "不付款的订单");
    const { orderSn } = await guest.ask<{ orderSn: string }>(
      "/order/v1/homestayOrder/createHomestayOrder",
      body,
    );
    return { sent: body, got: orderSn, result: orderSn };
  });

  const stay = await step("browses the front page and the house's listings", async () => {
    const front = await guest.ask<{ list: Homestay[] | null }>("/travel/v1/homestay/homestayList", {
      page: 1,
      pageSize: 10,
    });
    must(front.list?.length, "the front page is empty");
    const found = await freeStay(guest, desk.merchant.merchantId, 0);
    must(found, `${desk.merchant.name} has nothing free tonight`);
    return {
      got: `${front.list.length} on the front page; ${found.listing.title} is free tonight`,
      result: found,
    };
  });
  await step("reads the detail", async () => {
    const { homestay } = await guest.ask<{ homestay: Homestay }>("/travel/v1/homestay/homestayDetail", {
      id: stay.listing.id,
    });
    must(homestay.id === stay.listing.id, "the detail is of another listing");
    return { sent: { id: stay.listing.id }, got: homestay.title, result: null };
  });
  await step("sees the price", async () => ({ got: stay.quote, result: null }));

  const orderSn = await step("books", async () => {
    const body = orderOf(stay, "晚到一些");
    const key = randomUUID();
    const book = () =>
      guest.ask<{ orderSn: string }>("/order/v1/homestayOrder/createHomestayOrder", body, {
        "idempotency-key": key,
      });
    const [first, again] = await Promise.all([book(), book()]);
    must(first.orderSn === again.orderSn, "a double tap made two bookings");
    return { sent: body, got: `${first.orderSn}, also for the second tap`, result: first.orderSn };
  });
  const order = (sn: string) => guest.ask<Order>("/order/v1/homestayOrder/userHomestayOrderDetail", { sn });

  const params = await step("asks for the pre-pay", async () => {
    const { appid, timestamp, ...rest } = await guest.ask<Record<string, string>>(
      "/payment/v1/thirdPayment/thirdPaymentWxPay",
      {
        orderSn,
        serviceType: "homestayOrder",
      },
    );
    must((await order(orderSn)).tradeCode === "", "an unpaid booking shows a code");
    return {
      sent: { orderSn },
      got: { appid, package: rest.package },
      result: { timeStamp: timestamp, ...rest },
    };
  });
  await step("allows the two messages", async () => {
    const { templates } = await guest.wechat<{ templates: { id: string }[] }>("GET", "/info");
    const templateIds = templates.map(({ id }) => id);
    await guest.mine("POST", "/grants", { templateIds, answer: "accept" });
    return { sent: templateIds, got: "accepted", result: null };
  });

  const heard = desk.hears("booking.confirmed", orderSn);
  heard.catch(() => {});
  // The stream is open before the money moves, or its first line could be missed.
  await sleep(300);
  await step("pays on WeChat's sheet", async () => {
    const paid = await guest.mine<{ ok: boolean; transactionId?: string; reason?: string }>("POST", "/pay", {
      payment: params,
    });
    must(paid.ok, `WeChat refused: ${paid.reason}`);
    return { got: paid.transactionId, result: null };
  });
  await step("WeChat's callback confirms the booking", async () => {
    const confirmed = await until(
      () => order(orderSn),
      ({ tradeState }) => tradeState === 1,
      "the booking is not confirmed",
      10_000,
    );
    const { payStatus } = await guest.ask<{ payStatus: number }>("/payment/v1/thirdPayment/payResult", {
      orderSn,
    });
    must(payStatus === 1, `payResult says ${payStatus}`);
    return { got: { tradeState: confirmed.tradeState, payStatus }, result: null };
  });
  await step("the event reaches the console's live stream", async () => {
    const { tookMs } = await heard;
    return { got: `booking.confirmed, ${Math.round(tookMs)} ms after listening began`, result: null };
  });
  const code = await step("the guest gets two messages, the second with the code", async () => {
    const messages = await until(
      () => guest.mine<{ templateId: string; data: Record<string, string> }[]>("GET", "/messages"),
      (sent) => sent.length >= 2,
      "the messages did not come",
      20_000,
    );
    must(messages.length === 2, `${messages.length} messages came`);
    const texts = messages.map(({ data }) => Object.values(data));
    must(
      texts.some((values) => values.includes(orderSn)),
      "no message names the booking",
    );
    const { tradeCode, tradeCodeQr } = await order(orderSn);
    must(/^[0-9A-HJKMNP-TV-Z]{8}$/.test(tradeCode), `the code is ${tradeCode}`);
    must(tradeCodeQr.split(".").length === 3, "the QR text is no JWS");
    must(
      texts.some((values) => values.includes(tradeCode)),
      "no message holds the code that the booking shows",
    );
    return { got: `code ${tradeCode.slice(0, 4)} ${tradeCode.slice(4)}`, result: tradeCode };
  });

  await step("the desk looks the code up and sees who it is", async () => {
    // As a person types it: small letters, a space, an o for a zero.
    const typed = `${code.slice(0, 4)} ${code.slice(4)}`.toLowerCase().replaceAll("0", "o");
    const { booking, usedAt } = await desk.api.booking.lookUpCode.mutate({ code: typed });
    must(booking.bookingNo === orderSn && usedAt === null, "the code shows another booking");
    must(booking.actions.checkIn === null, `it cannot be accepted: ${booking.actions.checkIn}`);
    return {
      sent: typed,
      got: `${booking.guestName} …${booking.mobileLast4}, ${booking.title}, ${booking.nights} night`,
      result: null,
    };
  });
  const requestId = randomUUID();
  await step("accepts, and a repeat of the request changes nothing", async () => {
    const first = await desk.api.booking.checkIn.mutate({ code, requestId });
    const again = await desk.api.booking.checkIn.mutate({ code, requestId });
    must(
      first.booking.status === "checked_in" && again.booking.status === "checked_in",
      "the guest is not checked in",
    );
    must((await order(orderSn)).tradeState === 2, "the guest does not see it");
    return { got: first.booking.status, result: null };
  });
  await step("refuses the same code a second time, saying when and by whom it was used", async () => {
    const refused = await desk.api.booking.checkIn.mutate({ code, requestId: randomUUID() }).then(
      () => null,
      (error: unknown) => error as { data?: { facts?: { at?: string; by?: string } } },
    );
    must(
      refused && refusalCode(refused) === "CHECK_IN_CODE_USED",
      `answered ${refused && refusalCode(refused)}`,
    );
    must(refused.data?.facts?.by && refused.data.facts.at, "it does not say when and by whom");
    return { got: refused.data.facts, result: null };
  });
  await step("takes a mistaken check-in back, and the code works again", async () => {
    const undone = await desk.api.booking.undoCheckIn.mutate({
      bookingNo: orderSn,
      reason: "点错了",
      requestId: randomUUID(),
    });
    must(undone.booking.status === "confirmed", `after the undo it is ${undone.booking.status}`);
    const { booking } = await desk.api.booking.checkIn.mutate({ code, requestId: randomUUID() });
    must(booking.status === "checked_in", "the code does not work after the undo");
    return { got: `${undone.booking.status}, then ${booking.status}`, result: null };
  });

  await step("the booking that nobody paid is closed, and its night is free again", async () => {
    await until(
      () => order(unpaid),
      ({ tradeState }) => tradeState === -1,
      "the unpaid booking is still open",
      150_000,
    );
    const free = await nightsFree(guest, quickListing.listing.id, quickListing.days);
    must(free === quickListing.free, `${free} free after it, ${quickListing.free} before`);
    return { got: { tradeState: -1, free }, result: null };
  });
  await step("everybody leaves", async () => {
    await guest.ask("/usercenter/v1/user/logout");
    await desk.signOut();
    const after = await desk.api.account.identity.query().then(
      () => "still signed in",
      (error: unknown) => refusalCode(error),
    );
    must(after === "NOT_SIGNED_IN", `the signed-out cookie is ${after}`);
    return { got: "token and cookie are refused from now on", result: null };
  });
}

interface Stay {
  listing: Homestay;
  days: number;
  free: number;
  quote: { orderTotalPrice: number; holdMinutes: number };
}

function orderOf({ listing, days }: Stay, remark: string) {
  return {
    homestayId: listing.id,
    isFood: false,
    liveStartTime: midnight(days),
    liveEndTime: midnight(days + 1),
    livePeopleNum: 1,
    remark,
  };
}

async function nightsFree(guest: Guest, homestayId: number, days: number): Promise<number> {
  const { list } = await guest.ask<{ list: { free: number; closed: boolean }[] | null }>(
    "/travel/v1/homestay/availability",
    {
      homestayId,
      liveStartTime: midnight(days),
      liveEndTime: midnight(days + 1),
    },
  );
  return list?.[0] && !list[0].closed ? list[0].free : 0;
}

/** One free night of a house, `firstDay` days from today where that is free, or a later one. */
async function freeStay(guest: Guest, businessId: number, firstDay: number): Promise<Stay | null> {
  const { list } = await guest.ask<{ list: Homestay[] | null }>("/travel/v1/homestay/businessList", {
    lastId: 0,
    pageSize: 50,
    homestayBusinessId: businessId,
  });
  // Only tonight can be checked in today; any other night will do for a booking that ends unpaid.
  const days = firstDay === 0 ? [0] : Array.from({ length: 20 }, (_, n) => firstDay + n);
  for (const day of days) {
    for (const listing of list ?? []) {
      const free = await nightsFree(guest, listing.id, day);
      if (free === 0) continue;
      const quote = await guest.ask<Stay["quote"]>("/travel/v1/homestay/quote", {
        homestayId: listing.id,
        isFood: false,
        liveStartTime: midnight(day),
        liveEndTime: midnight(day + 1),
        livePeopleNum: 1,
      });
      return {
        listing,
        days: day,
        free,
        quote: { orderTotalPrice: quote.orderTotalPrice, holdMinutes: quote.holdMinutes },
      };
    }
  }
  return null;
}
