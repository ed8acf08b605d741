import {
  EventEnvelope,
  eventsTopic,
  type JobHandlers,
  type JobName,
  type JobRequest,
  jobs,
  limits,
  type OutboundMessage,
} from "@looklook/contracts";
import { testWorld } from "@looklook/testing";
import { createMiniProgram, createWechatPay } from "@looklook/wechat";
import {
  createSandbox,
  generateKeys,
  merchantSide,
  type SandboxKeys,
  seededRandom,
  virtualClock,
} from "@looklook/wechat-sandbox";
import { expect } from "vitest";
import { createBooking } from "../booking";
import {
  intendPaidMessages,
  sendDueMessages,
  sweepFulfilments,
  sweepMessages,
  uploadFulfilment,
} from "../message";
import { addDays, consumeEvent, type Deps, relayOutbox } from "../shared";
import { closeUnpaidBooking, sweepUnpaidBookings } from "./close-unpaid-booking";
import { NotificationRefused } from "./gateway";
import { prepay } from "./prepay";
import { receiveNotification } from "./receive-notification";
import { submitRefund, sweepRefunds, syncRefund } from "./refund";
import { sweepPayments, syncPayment } from "./sync-payment";

const begin = "2026-05-04T10:00:00+08:00";
const notifyUrl = "https://looklook.example/payment/v1/thirdPayment/thirdPaymentWxPayCallback";

let sharedKeys: Promise<SandboxKeys> | null = null;
/** One set for a test file; making them takes half a second. */
function sandboxKeys(): Promise<SandboxKeys> {
  sharedKeys ??= generateKeys({ now: new Date(begin) });
  return sharedKeys;
}

/**
 * A database, WeChat in the same process, and both clocks one: what the story's middle is tested in. The worker is
 * played by `advance`, which relays the outbox, runs each job when it is due, with its catalogue's retries, sweeps
 * every 30 s and lets WeChat do what is due, all in the order of virtual time.
 */
export async function payingWorld({
  seed = "a test",
  publicKey = true,
  withoutSweeps = false,
}: {
  seed?: string;
  publicKey?: boolean;
  withoutSweeps?: boolean;
} = {}) {
  const world = await testWorld({ seed, instant: begin });
  const clock = virtualClock(begin);
  const keys = await sandboxKeys();
  const side = merchantSide(keys);
  const answers: { status: number; body: string }[] = [];
  const sandbox = createSandbox({ clock, random: seededRandom(seed), keys, deliver });
  const wire = { clock, fetch: sandbox.handle };
  const random = world.depsAt(begin).random;
  const pay = createWechatPay(
    {
      appId: side.appid,
      mchId: side.mchid,
      apiV3Key: side.apiV3Key,
      merchantPrivateKeyPem: side.merchantPrivateKeyPem,
      merchantCertificatePem: side.merchantCertificatePem,
      publicKey: publicKey ? { id: side.wechatPayPublicKeyId, pem: side.wechatPayPublicKeyPem } : null,
      notifyUrl,
      baseUrl: "https://api.mch.weixin.qq.com",
      breaker: null,
    },
    { ...wire, random },
  );
  const miniProgram = createMiniProgram(
    {
      appId: side.appid,
      secret: side.secret,
      baseUrl: "https://api.weixin.qq.com",
      templates,
      miniProgramState: "developer",
      breaker: null,
    },
    wire,
  );
  const deps: Deps = { ...world.depsAt(begin), clock, pay, miniProgram };
  const { db } = world;

  /** As the API answers WeChat: 200 for what was taken, 400 for what is not WeChat's, 503 when we cannot. */
  async function deliver(request: Request) {
    const headers = Object.fromEntries(request.headers);
    let answer = { status: 200, body: "SUCCESS" };
    try {
      const raw = Buffer.from(await request.arrayBuffer());
      await receiveNotification(deps, await pay.readNotification(headers, raw));
    } catch (error) {
      answer = { status: error instanceof NotificationRefused ? 400 : 503, body: "FAIL" };
      if (answer.status === 503) failures.push(error);
    }
    answers.push(answer);
    return answer;
  }

  const failures: unknown[] = [];
  const published: OutboundMessage[] = [];
  let queue: (JobRequest & { attempt: number; dueMs: number })[] = [];
  let nextSweepMs = clock.now().getTime() + limits.sweepEveryMs;

  const handlers: Pick<JobHandlers, (typeof playedJobs)[number]> = {
    "booking.close-unpaid": async (data) => void (await closeUnpaidBooking(deps, data)),
    "payment.sync": (data) => syncPayment(deps, data),
    "refund.submit": (data) => submitRefund(deps, data),
    "refund.sync": (data) => syncRefund(deps, data),
    "guest.notify-paid": (data) => sendDueMessages(deps, data),
    "fulfilment.upload": (data) => uploadFulfilment(deps, data),
  };

  async function relay(): Promise<void> {
    const sent = await relayOutbox(
      { pool: world.pool, clock },
      {
        limit: 1_000,
        legacyPayStatus: true,
        async publish(messages) {
          published.push(...messages);
          for (const { topic, value } of messages) {
            if (topic !== eventsTopic) continue;
            const event = EventEnvelope.parse(JSON.parse(value));
            if (event.type !== "booking.confirmed") continue;
            await consumeEvent(deps, "notification", event, (tx) => intendPaidMessages(tx, deps, event.key));
          }
        },
        async addJobs(added) {
          const nowMs = clock.now().getTime();
          queue.push(...added.map((job) => ({ ...job, attempt: 1, dueMs: job.runAt?.getTime() ?? nowMs })));
        },
      },
    );
    if (sent > 0) await relay();
  }

  async function runDue(): Promise<void> {
    for (;;) {
      await relay();
      const nowMs = clock.now().getTime();
      const due = queue.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
      if (due.length === 0) return;
      queue = queue.filter((job) => !due.includes(job));
      for (const job of due) {
        const handler = handlers[job.name as (typeof playedJobs)[number]] as (
          data: unknown,
          job: { id: string; attempt: number; traceparent: null },
        ) => Promise<void>;
        try {
          await handler?.(job.data, { id: job.id, attempt: job.attempt, traceparent: null });
        } catch {
          const { attempts, backoffMs } = jobs[job.name as JobName];
          const pauseMs = backoffMs * 2 ** (job.attempt - 1);
          if (job.attempt < attempts)
            queue.push({ ...job, attempt: job.attempt + 1, dueMs: nowMs + pauseMs });
        }
      }
    }
  }

  async function sweep(): Promise<void> {
    // A sweep that fails has done what it could and comes again.
    await sweepUnpaidBookings(deps).catch(() => {});
    await sweepPayments(deps).catch(() => {});
    await sweepRefunds(deps).catch(() => {});
    await sweepMessages(deps).catch(() => {});
    await sweepFulfilments(deps).catch(() => {});
  }

  async function advance(ms: number): Promise<void> {
    const untilMs = clock.now().getTime() + ms;
    for (;;) {
      await runDue();
      await sandbox.tick();
      await runDue();
      const nextMs = Math.min(
        ...queue.map(({ dueMs }) => dueMs),
        sandbox.nextDueAt()?.getTime() ?? Number.POSITIVE_INFINITY,
        withoutSweeps ? Number.POSITIVE_INFINITY : nextSweepMs,
      );
      if (nextMs > untilMs) break;
      clock.set(new Date(Math.max(nextMs, clock.now().getTime())));
      if (!withoutSweeps && clock.now().getTime() >= nextSweepMs) {
        // A test that moved the clock by hand has jumped over some.
        nextSweepMs = clock.now().getTime() + limits.sweepEveryMs;
        await sweep();
      }
    }
    clock.set(new Date(untilMs));
  }

  /** A guest with a phone that WeChat knows. */
  async function guest(options: { granted?: boolean } = {}) {
    const { openid } = sandbox.phone.user();
    if (options.granted ?? true) sandbox.phone.grant(openid, Object.values(templates));
    return { ...(await world.given.guest({ openid })), openid };
  }

  /** A guest, and a booking that waits for their money from now on. */
  async function booked(stay: { listingId?: number; checkInDate?: string; checkOutDate?: string } = {}) {
    const { userId, openid } = await guest();
    const checkInDate = stay.checkInDate ?? "2026-05-20";
    const wanted = {
      listingId: stay.listingId ?? (await world.given.listing()).listingId,
      checkInDate,
      checkOutDate: stay.checkOutDate ?? addDays(checkInDate, 2),
    };
    const created = await createBooking(deps, {
      ...wanted,
      userId,
      guests: 2,
      withMeals: false,
      remark: "",
      idempotencyKey: null,
    });
    return { ...wanted, ...created, userId, openid };
  }

  /** The same with the phone's pre-pay done. */
  async function prepaid(stay: Parameters<typeof booked>[0] = {}) {
    const booking = await booked(stay);
    const sheet = await prepay(deps, booking);
    return { ...booking, sheet };
  }

  const read = (bookingNo: string) =>
    db.booking.findUniqueOrThrow({
      where: { bookingNo },
      include: { payments: { orderBy: { id: "asc" } }, refunds: true, transitions: true, messages: true },
    });

  const soldNights = async (listingId: number) => {
    const nights = await db.listingNight.findMany({ where: { listingId, sold: { gt: 0 } } });
    return nights.reduce((sum, { sold }) => sum + sold, 0);
  };

  /**
   * The one assertion that matters: WeChat's money is our money, no cancelled booking keeps any, and the calendar holds
   * exactly the nights of the bookings that are alive.
   */
  async function assertBooksAgree(): Promise<void> {
    const [payments, refunds, suspense] = await Promise.all([
      db.payment.aggregate({ where: { status: "succeeded" }, _sum: { amountFen: true } }),
      db.refund.aggregate({ where: { status: "succeeded" }, _sum: { amountFen: true } }),
      db.operatorCase.aggregate({
        where: { kind: { in: ["payment_mismatch", "payment_unknown"] }, status: "open" },
        _sum: { amountFen: true },
      }),
    ]);
    const { paidFen, refundedFen } = sandbox.books.totals();
    expect({
      inFen: (payments._sum.amountFen ?? 0) + (suspense._sum.amountFen ?? 0),
      outFen: refunds._sum.amountFen ?? 0,
    }).toEqual({ inFen: paidFen, outFen: refundedFen });

    const kept = await db.$queryRaw<unknown[]>`
      SELECT b.booking_no FROM booking b JOIN payment p ON p.booking_id = b.id AND p.status = 'succeeded'
      WHERE b.status = 'cancelled' AND p.refunded_fen < p.amount_fen`;
    expect(kept, "cancelled with the money kept").toEqual([]);
    const paidTwice = await db.$queryRaw<unknown[]>`
      SELECT booking_id FROM payment WHERE status = 'succeeded' AND refunded_fen < amount_fen
      GROUP BY booking_id HAVING count(*) > 1`;
    expect(paidTwice, "two payments kept").toEqual([]);
    const wrong = await db.$queryRaw<unknown[]>`
      SELECT n.listing_id, n.night, n.sold, count(b.id) AS alive FROM listing_night n
      LEFT JOIN booking b ON b.listing_id = n.listing_id AND n.night >= b.check_in_date AND n.night < b.check_out_date
        AND b.status IN ('pending_payment', 'confirmed', 'checked_in')
      GROUP BY 1, 2, 3 HAVING n.sold <> count(b.id)`;
    expect(wrong, "nights sold and not booked, or booked and not sold").toEqual([]);
  }

  return {
    ...world,
    deps,
    clock,
    sandbox,
    keys,
    advance,
    relay,
    guest,
    booked,
    prepaid,
    read,
    soldNights,
    assertBooksAgree,
    /** What each callback was answered. */
    answers,
    /** What made an answer 503. */
    failures,
    published,
  };
}
export type PayingWorld = Awaited<ReturnType<typeof payingWorld>>;

export const templates = {
  paid: "QIJPmfxaNqYzSjOlXGk1T6Xfw94JwbSPuOd3u_hi3WE",
  stay_info: "kmm-maRr6v_9eMxEPpj-5clJ2YW_EFpd8-ngyYk63e4",
};

const playedJobs = [
  "booking.close-unpaid",
  "payment.sync",
  "refund.submit",
  "refund.sync",
  "guest.notify-paid",
  "fulfilment.upload",
] as const satisfies JobName[];

export const minutes = (count: number) => count * 60_000;
