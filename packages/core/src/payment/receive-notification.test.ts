import { seededRandom } from "@looklook/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { withRetry } from "../shared";
import { applyOrdinaryPayment } from "./apply-ordinary-payment";
import { applyTradeIn, lockBookingOf } from "./apply-trade";
import type { Notification, Trade } from "./gateway";
import { receiveNotification } from "./receive-notification";
import { sweepPayments } from "./sync-payment";
import { minutes, type PayingWorld, payingWorld } from "./test-world";

let world: PayingWorld;
beforeAll(async () => {
  world = await payingWorld({ seed: "callbacks" });
});
afterEach(() => {
  world.sandbox.faults.clear();
  world.sandbox.signing({ callbacks: "public-key" });
  // Whatever happens, WeChat is never answered with an error of ours.
  expect(world.failures).toEqual([]);
});
afterAll(async () => {
  await world.assertBooksAgree();
  await world.drop();
});

const events = async (bookingNo: string) => {
  const rows = await world.db.outbox.findMany({
    where: { key: bookingNo, kind: "event" },
    orderBy: { seq: "asc" },
  });
  return rows.map(({ name }) => name);
};
const notifications = (paymentNo: string) =>
  world.db.paymentNotification.findMany({
    where: { resource: { path: ["trade", "paymentNo"], equals: paymentNo } },
  });

test("a payment confirms its booking once: code, history, events, and nothing left to poll", async () => {
  const { bookingNo, openid, sheet, totalFen } = await world.prepaid();
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  const booking = await world.read(bookingNo);
  expect(booking).toMatchObject({
    status: "confirmed",
    wasPaid: true,
    closingAt: null,
    paidAt: world.clock.now(),
  });
  expect(booking.payments).toMatchObject([
    { status: "succeeded", tradeState: "SUCCESS", payerTotalFen: totalFen, nextSyncAt: null },
  ]);
  expect(booking.transitions.map(({ to, actorKind }) => `${to} by ${actorKind}`)).toEqual([
    "pending_payment by guest",
    "confirmed by wechat",
  ]);
  expect(await events(bookingNo)).toEqual(["booking.created", "payment.succeeded", "booking.confirmed"]);
  const code = world.deps.codes.open(booking.codeSealed ?? "", bookingNo);
  expect(Buffer.from(booking.codeHmac ?? [])).toEqual(world.deps.codes.hmac(code).hmac);
});

test("the one statement and the step-by-step way leave the same rows", async () => {
  const quick = await world.prepaid();
  const slow = await world.prepaid();
  const at = world.clock.now();
  const trade = (booking: typeof quick, transactionId: string): Trade => ({
    appId: world.deps.pay.appId,
    mchId: world.deps.pay.mchId,
    paymentNo: booking.sheet.paymentNo,
    attach: booking.bookingNo,
    transactionId,
    tradeType: "JSAPI",
    tradeState: "SUCCESS",
    currency: "CNY",
    totalFen: booking.totalFen,
    payerTotalFen: booking.totalFen - 100,
    payerOpenid: booking.openid,
    paidAt: at,
  });
  const told = (booking: typeof quick, id: string): Notification => ({
    id,
    eventType: "TRANSACTION.SUCCESS",
    kind: "payment",
    trade: trade(booking, `42000${id}`),
  });
  const { trade: quickTrade, ...resource } = told(quick, "quick") as Extract<
    Notification,
    { kind: "payment" }
  >;
  const row = { id: "quick", eventType: "TRANSACTION.SUCCESS", resource: JSON.stringify(resource) };
  expect(
    await applyOrdinaryPayment(world.deps, { ...quickTrade, attach: slow.bookingNo }, "wechat", row),
  ).toBe(false);
  expect(await applyOrdinaryPayment(world.deps, { ...quickTrade, attach: null }, "wechat", row)).toBe(false);
  expect(await applyOrdinaryPayment(world.deps, quickTrade, "wechat", row)).toBe(true);
  expect(await applyOrdinaryPayment(world.deps, quickTrade, "wechat", row)).toBe(false);
  await world.db.$transaction(async (tx) => {
    const locked = await lockBookingOf(tx, slow.sheet.paymentNo);
    await applyTradeIn(tx, world.deps, trade(slow, "42000slow"), locked, { kind: "wechat" });
  });

  const left = async (booking: typeof quick) => {
    const { payments, transitions, ...row } = await world.read(booking.bookingNo);
    const outbox = await world.db.outbox.findMany({
      where: {
        key: booking.bookingNo,
        createdAt: at,
        name: { in: ["payment.succeeded", "booking.confirmed"] },
      },
      orderBy: { seq: "asc" },
    });
    const own = [
      booking.bookingNo,
      booking.sheet.paymentNo,
      booking.openid,
      row.codeSealed,
      `${row.id}`,
    ].filter((text) => text !== null);
    const text = JSON.stringify({ row, payments, transitions, outbox }, (name, value) =>
      [
        "id",
        "userId",
        "listingId",
        "merchantId",
        "hostUserId",
        "bookingId",
        "seq",
        "codeHmac",
        "prepayId",
        "transactionId",
        "title",
        "paymentNo",
        "actorId",
      ].includes(name) && value !== null
        ? `<${name}>`
        : typeof value === "bigint"
          ? `${value}`
          : value,
    );
    return JSON.parse(own.reduce((all, part) => all.replaceAll(`"${part}"`, '"<own>"'), text));
  };
  expect(await left(slow)).toEqual(await left(quick));
  // Neither is in WeChat's books: they were told by hand.
  await world.db.$executeRaw`DELETE FROM payment_notification WHERE id = 'quick'`;
  await forget(quick.bookingNo);
  await forget(slow.bookingNo);
});

/** Takes a payment that WeChat never saw out of our books again. */
async function forget(bookingNo: string) {
  await world.db.$executeRaw`
    UPDATE payment p SET status = 'closed', transaction_id = NULL, paid_at = NULL
    FROM booking b WHERE b.id = p.booking_id AND b.booking_no = ${bookingNo}`;
}

test("a payment of an order that was made without the booking's number is applied the long way", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  world.sandbox.faults.callback({ kind: "alter", set: { attach: "" } });
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  expect((await world.read(bookingNo)).status).toBe("confirmed");
});

test("what is repeated five times and at once is applied once", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  world.sandbox.faults.callback({ kind: "duplicate", times: 4 });
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  expect(await notifications(sheet.paymentNo)).toHaveLength(1);
  const [stored] = await notifications(sheet.paymentNo);
  if (!stored) throw new Error("it is stored");
  const again = (): Notification => {
    const { trade } = stored.resource as unknown as { trade: Trade };
    return {
      id: stored.id,
      eventType: "TRANSACTION.SUCCESS",
      kind: "payment",
      trade: { ...trade, paidAt: new Date(String(trade.paidAt)) },
    };
  };
  const outcomes = await Promise.all(
    Array.from({ length: 8 }, () => receiveNotification(world.deps, again())),
  );
  expect(new Set(outcomes)).toEqual(new Set(["repeated"]));
  expect(await events(bookingNo)).toEqual(["booking.created", "payment.succeeded", "booking.confirmed"]);
});

test("the same payment told eight times side by side under two ids confirms once", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  const requests: Promise<string>[] = [];
  world.sandbox.faults.callback({ kind: "drop-all" });
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  const trade = await world.deps.pay.query(sheet.paymentNo);
  if (!trade) throw new Error("WeChat knows it");
  for (let copy = 0; copy < 8; copy++) {
    const id = `id-${sheet.paymentNo.slice(-8)}-${copy % 2}`;
    requests.push(
      receiveNotification(world.deps, { id, eventType: "TRANSACTION.SUCCESS", kind: "payment", trade }),
    );
  }
  const outcomes = await Promise.all(requests);
  expect(outcomes.filter((outcome) => outcome === "applied")).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === "repeated")).toHaveLength(7);
  expect(await events(bookingNo)).toEqual(["booking.created", "payment.succeeded", "booking.confirmed"]);
});

test.each([
  ["a deliberately bad signature", { kind: "signtest" }],
  ["a ciphertext with one bit changed", { kind: "tampered-ciphertext" }],
  ["a body with one byte changed after signing", { kind: "tampered-body" }],
  ["associated data of something else", { kind: "wrong-aad" }],
  ["a timestamp of ten minutes ago", { kind: "stale-timestamp" }],
  ["a serial that nobody knows", { kind: "unknown-serial" }],
] as const)("%s is refused with 400 and changes nothing; the true one counts", async (_, fault) => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  const before = world.answers.length;
  world.sandbox.faults.callback(fault);
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  const [bad] = world.answers.slice(before);
  expect(bad).toEqual({ status: 400, body: "FAIL" });
  if (fault.kind !== "signtest") expect((await world.read(bookingNo)).status).toBe("pending_payment");
  await world.sandbox.advance(15_000);
  expect((await world.read(bookingNo)).status).toBe("confirmed");
  expect(await notifications(sheet.paymentNo)).toHaveLength(1);
});

test("a captured callback that is sent again later is refused", async () => {
  const { openid, sheet } = await world.prepaid();
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  world.sandbox.faults.callback({ kind: "stale-timestamp" });
  expect(await world.sandbox.faults.probe(sheet.paymentNo)).toBe(400);
});

test("both key modes are believed, and both at once while WeChat switches", async () => {
  for (const callbacks of ["certificate", "public-key", "mixed", "mixed", "mixed"] as const) {
    world.sandbox.signing({ callbacks });
    const { bookingNo, openid, sheet } = await world.prepaid();
    world.sandbox.phone.pay(openid, sheet);
    await world.sandbox.tick();
    expect((await world.read(bookingNo)).status, callbacks).toBe("confirmed");
  }
});

test("a part that a WeChat coupon paid is paid, too", async () => {
  const { bookingNo, openid, sheet, totalFen } = await world.prepaid();
  world.sandbox.phone.pay(openid, sheet, { couponFen: 1_234 });
  await world.sandbox.tick();
  expect(await world.read(bookingNo)).toMatchObject({
    status: "confirmed",
    payments: [{ amountFen: totalFen, payerTotalFen: totalFen - 1_234 }],
  });
});

describe("genuine money that does not fit", () => {
  test.each([
    ["openid", { "payer.openid": "o-somebody-else" }],
    ["currency", { "amount.currency": "USD" }],
    ["mchid", { mchid: "1900000000" }],
    ["appid", { appid: "wx0000000000000000" }],
  ])("with another %s confirms nothing, opens a case and is answered with success", async (field, set) => {
    const { bookingNo, openid, sheet, totalFen } = await world.prepaid();
    world.sandbox.faults.callback({ kind: "alter", set });
    const paid = world.sandbox.phone.pay(openid, sheet);
    await world.sandbox.tick();
    expect(world.answers.at(-1)).toEqual({ status: 200, body: "SUCCESS" });
    // Our own order cannot be paid again and is over; another account's says nothing about ours.
    const isOver = field === "openid" || field === "currency";
    expect(await world.read(bookingNo)).toMatchObject({
      status: "pending_payment",
      payments: [{ status: isOver ? "closed" : "open" }],
    });
    const subject = paid.ok ? paid.transactionId : "";
    const where = { kind_subject: { kind: "payment_mismatch" as const, subject } };
    expect(await world.db.operatorCase.findUnique({ where })).toMatchObject({
      status: "open",
      amountFen: totalFen,
      detail: { mismatch: field, paymentNo: sheet.paymentNo },
    });
    await world.assertBooksAgree();
  });

  test("with another amount is compared with what was asked, not with the payer's part", async () => {
    const { bookingNo, openid, sheet, totalFen } = await world.prepaid();
    world.sandbox.faults.callback({ kind: "alter", set: { "amount.total": totalFen - 1 } });
    const paid = world.sandbox.phone.pay(openid, sheet);
    await world.sandbox.tick();
    expect((await world.read(bookingNo)).status).toBe("pending_payment");
    // The next honest word of WeChat's mends it by itself.
    const trade = await world.deps.pay.query(sheet.paymentNo);
    const told = { id: `mended-${totalFen}`, eventType: "TRANSACTION.SUCCESS", kind: "payment" as const };
    if (!trade || !paid.ok) throw new Error("it was paid");
    expect(await receiveNotification(world.deps, { ...told, trade })).toBe("applied");
    expect((await world.read(bookingNo)).status).toBe("confirmed");
    expect(await world.db.operatorCase.findFirst({ where: { subject: paid.transactionId } })).toMatchObject({
      status: "resolved",
    });
  });

  test("for a number that nobody knows opens a case", async () => {
    const { openid, sheet } = await world.prepaid();
    world.sandbox.faults.callback({ kind: "drop-all" });
    world.sandbox.phone.pay(openid, sheet);
    await world.sandbox.tick();
    const trade = await world.deps.pay.query(sheet.paymentNo);
    if (!trade) throw new Error("WeChat knows it");
    const stranger = { ...trade, paymentNo: "PMT2026050410000099999999", transactionId: "4200099999" };
    const told = { id: "unknown-1", eventType: "TRANSACTION.SUCCESS", kind: "payment" as const };
    expect(await receiveNotification(world.deps, { ...told, trade: stranger })).toBe("suspense");
    expect(await receiveNotification(world.deps, { ...told, trade: stranger })).toBe("repeated");
    const cases = await world.db.operatorCase.findMany({ where: { kind: "payment_unknown" } });
    expect(cases).toMatchObject([{ subject: "4200099999", amountFen: trade.totalFen }]);
    await world.db.operatorCase.deleteMany({ where: { kind: "payment_unknown" } });
    await world.advance(minutes(5));
  });
});

test("what cannot be applied just now is kept, answered with success, and applied by the sweep", async () => {
  const { bookingNo, openid, sheet } = await world.prepaid();
  await world.db.$executeRaw`
    CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = 'XX000'; END $$`;
  await world.db.$executeRaw`
    CREATE TRIGGER stumble BEFORE UPDATE ON booking FOR EACH ROW EXECUTE FUNCTION stumble()`;
  world.sandbox.phone.pay(openid, sheet);
  await world.sandbox.tick();
  expect(world.answers.at(-1)).toEqual({ status: 200, body: "SUCCESS" });
  expect(await notifications(sheet.paymentNo)).toMatchObject([{ appliedAt: null, outcome: null }]);
  await world.db.$executeRaw`DROP TRIGGER stumble ON booking`;
  await sweepPayments(world.deps);
  expect((await world.read(bookingNo)).status).toBe("confirmed");
  expect(await notifications(sheet.paymentNo)).toMatchObject([{ outcome: "applied" }]);
});

test("callbacks repeated, shuffled, late, lost and forged are each applied once", async () => {
  const rounds = Number(process.env.CALLBACK_ROUNDS ?? 60);
  const random = seededRandom("a bad day on the line");
  const chance = (percent: number) => (random.bytes(1)[0] ?? 0) < (percent * 256) / 100;
  const { listingId } = await world.given.listing({ units: 1_000 });
  world.sandbox.signing({ callbacks: "mixed" });
  const stays = [];
  for (let round = 0; round < rounds; round++) {
    const stay = await world.prepaid({ listingId, checkInDate: "2026-06-01", checkOutDate: "2026-06-02" });
    stays.push(stay);
    const only = { match: { outTradeNo: stay.sheet.paymentNo } };
    if (chance(50)) world.sandbox.faults.callback({ kind: "duplicate", times: 4 }, only);
    if (chance(30)) world.sandbox.faults.callback({ kind: "reorder", after: 5 }, only);
    if (chance(30)) world.sandbox.faults.callback({ kind: "delay", ms: 40_000 }, only);
    if (chance(10)) world.sandbox.faults.callback({ kind: "drop-all" }, only);
    if (chance(5)) world.sandbox.faults.callback({ kind: "signtest" }, only);
    if (chance(5)) world.sandbox.faults.callback({ kind: "tampered-ciphertext" }, only);
    if (chance(10)) world.sandbox.faults.callback({ kind: "lost-answer" }, only);
    world.sandbox.phone.pay(stay.openid, stay.sheet);
  }
  await world.advance(minutes(40));
  const statuses = await world.db.booking.groupBy({ by: ["status"], where: { listingId }, _count: true });
  expect(statuses).toEqual([{ status: "confirmed", _count: rounds }]);
  const told = await world.db.outbox.groupBy({
    by: ["name"],
    where: { key: { in: stays.map(({ bookingNo }) => bookingNo) }, kind: "event" },
    _count: true,
  });
  expect(Object.fromEntries(told.map(({ name, _count }) => [name, _count]))).toEqual({
    "booking.created": rounds,
    "payment.succeeded": rounds,
    "booking.confirmed": rounds,
  });
  const unapplied = await world.db.paymentNotification.count({ where: { appliedAt: null } });
  expect(unapplied).toBe(0);
  await world.assertBooksAgree();
}, 120_000);

test("work that the database gave up for another's sake is done again, other failures are not", async () => {
  let runs = 0;
  const deadlock = Object.assign(new Error("deadlock"), { code: "40P01" });
  expect(await withRetry(async () => (++runs < 3 ? Promise.reject(deadlock) : "done"))).toBe("done");
  expect(runs).toBe(3);
  await expect(withRetry(() => Promise.reject(new Error("else")))).rejects.toThrow("else");
});
