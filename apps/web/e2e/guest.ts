import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { consoleSessionCookie } from "@looklook/contracts";
import type { AppRouter } from "@looklook/trpc";
import { createTRPCClient, httpLink } from "@trpc/client";
import superjson from "superjson";
import { readWorld, type SignIn } from "./world";

const { apiUrl, consoleUrl, phoneUrl } = readWorld();

function api(headers: Record<string, string> = {}) {
  return createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${apiUrl}/trpc`, transformer: superjson, headers })],
  });
}

/** A day in the houses' time zone, so many days from today. */
export function dayFromToday(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" }).format(at);
}

/** The id of a merchant, as somebody who works there sees it. */
export async function merchantIdOf(slug: string, { email, password }: SignIn): Promise<number> {
  const { token } = await api().account.signIn.mutate({ email, password });
  const session = api({
    cookie: `${consoleSessionCookie.http}=${token}`,
    origin: new URL(consoleUrl).origin,
  });
  const { memberships } = await session.account.identity.query();
  await session.account.signOut.mutate();
  const merchant = memberships.find((one) => one.slug === slug);
  if (!merchant) throw new Error(`${email} does not work for ${slug}`);
  return merchant.merchantId;
}

export interface PaidBooking {
  bookingNo: string;
  /** What the guest's phone shows. */
  code: string;
  qr: string;
  last4: string;
}

/** A guest with a phone in the WeChat sandbox. They book and pay as the mini-program would. */
export class Guest {
  private constructor(
    private readonly openid: string,
    private readonly token: string,
    readonly name: string,
    readonly mobile: string,
  ) {}

  static async arrive(): Promise<Guest> {
    const mobile = `199${String(randomInt(100_000_000)).padStart(8, "0")}`;
    const { openid } = await wechat<{ openid: string }>("/users", { phoneNumber: mobile, nickname: "旅人" });
    const { code } = await wechat<{ code: string }>(`/users/${openid}/login`);
    const phone = await wechat<{ code: string }>(`/users/${openid}/phone-code`);
    const { accessToken } = await api().account.loginWithWechat.mutate({ code, phoneCode: phone.code });
    const name = `旅人${mobile.slice(-4)}`;
    await api({ authorization: accessToken }).account.updateProfile.mutate({ nickname: name });
    return new Guest(openid, accessToken, name, mobile);
  }

  private get api() {
    return api({ authorization: this.token });
  }

  /** Books a free room of this merchant, `daysAhead` from today, and does not pay. */
  async book(merchantId: number, { daysAhead = 0, nights = 1, remark = "" } = {}): Promise<string> {
    const stay = {
      checkInDate: dayFromToday(daysAhead),
      checkOutDate: dayFromToday(daysAhead + nights),
      guests: 1,
    };
    const { listings } = await this.api.listing.search.query({ ...stay, limit: 100 });
    const listing = listings.find((one) => one.listing.merchantId === merchantId)?.listing;
    if (!listing) throw new Error(`merchant ${merchantId} has no room from ${stay.checkInDate}`);
    const { bookingNo } = await this.api.booking.create.mutate({
      ...stay,
      listingId: listing.id,
      withMeals: false,
      remark,
      idempotencyKey: randomUUID(),
    });
    return bookingNo;
  }

  /** Books and pays; resolves once the guest's phone shows the code. */
  async bookAndPay(merchantId: number, stay: Parameters<Guest["book"]>[1] = {}): Promise<PaidBooking> {
    const bookingNo = await this.book(merchantId, stay);
    const { paymentNo: _, appId: __, ...payment } = await this.api.payment.prepay.mutate({ bookingNo });
    await wechat(`/users/${this.openid}/pay`, { payment });
    for (let tries = 0; tries < 100; tries += 1) {
      const { checkInCode, checkInQr } = await this.api.booking.getMine.query({ bookingNo });
      if (checkInCode) return { bookingNo, code: checkInCode, qr: checkInQr, last4: this.mobile.slice(-4) };
      await sleep(100);
    }
    throw new Error(`${bookingNo} was paid and not confirmed within ten seconds`);
  }
}

/** A call of the sandbox's control API. */
async function wechat<T>(path: string, body: object = {}): Promise<T> {
  const answer = await fetch(`${phoneUrl}/sandbox${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
