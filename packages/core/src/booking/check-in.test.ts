import { limits } from "@looklook/contracts";
import { buildInfra, type Infra } from "@looklook/infra";
import { type Desk, type GivenBooking, testCodeKeys, testWorld, type World } from "@looklook/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelBooking } from "./cancel-booking";
import { checkIn } from "./check-in";
import { createCheckInCodes } from "./check-in-codes";
import { findCheckInHistory } from "./find-check-in-history";
import { getMyBooking } from "./find-my-bookings";
import { lookUpCode } from "./look-up-code";
import { lockBooking } from "./record-transition";
import { undoCheckIn } from "./undo-check-in";

let world: World;
let infra: Infra;
beforeAll(async () => {
  world = await testWorld();
  infra = buildInfra({
    databaseUrl: world.url,
    clientId: "check-in-test",
    logger: { info: () => {}, warn: console.warn, error: console.error },
  });
});
afterAll(async () => {
  await infra.close();
  await world.drop();
});

const arrival = "2025-05-01T14:00:00+08:00";
const at = ({ merchantId, actor }: Desk) => ({ merchantId, actor });
let requests = 0;
const newRequest = () => {
  requests += 1;
  return `request-${requests}`;
};
const statusOf = async ({ id }: GivenBooking) =>
  (await world.db.booking.findUniqueOrThrow({ where: { id } })).status;
const eventsOf = async ({ bookingNo }: GivenBooking) =>
  (await world.db.outbox.findMany({ where: { key: bookingNo, kind: "event" }, orderBy: { seq: "asc" } })).map(
    ({ name }) => name,
  );
const auditOf = ({ bookingNo }: GivenBooking) =>
  world.db.audit.findMany({ where: { subject: bookingNo }, orderBy: { id: "asc" } });

describe("looking a code up", () => {
  test("shows who it is before anybody accepts, and changes nothing", async () => {
    const { userId } = await world.given.guest({ nickname: "陈屿", mobile: "13912348888" });
    const booking = await world.given.confirmedBooking({
      userId,
      guests: 3,
      withMeals: true,
      remark: "晚到",
    });
    const found = await lookUpCode(world.depsAt(arrival), { ...at(booking), code: booking.checkInCode });
    expect(found).toEqual({
      booking: expect.objectContaining({
        bookingNo: booking.bookingNo,
        guestName: "陈屿",
        mobileLast4: "8888",
        guests: 3,
        withMeals: true,
        remark: "晚到",
        nights: 2,
        checkInDate: "2025-05-01",
        checkOutDate: "2025-05-03",
        totalFen: booking.totalFen,
        paidFen: booking.totalFen,
        status: "confirmed",
        undoUntil: null,
        actions: { checkIn: null, undoCheckIn: "BOOKING_NOT_CHECKED_IN" },
      }),
      usedAt: null,
      usedBy: null,
    });
    expect(JSON.stringify(found)).not.toContain("13912348888");
    expect(JSON.stringify(found)).not.toContain(booking.checkInCode);
    expect(await statusOf(booking)).toBe("confirmed");
    expect(await auditOf(booking)).toEqual([]);
  });

  test("says when and by whom a code was used", async () => {
    const booking = await world.given.checkedInBooking();
    const found = await lookUpCode(world.depsAt("2025-05-02T09:00:00+08:00"), {
      ...at(booking),
      code: booking.checkInCode,
    });
    expect(found).toMatchObject({ usedAt: new Date(arrival), usedBy: booking.actor.name });
    expect(found.booking.actions.checkIn).toBe("CHECK_IN_CODE_USED");
  });

  test("says of a cancelled booking that it is cancelled", async () => {
    const given = await world.given.confirmedBooking();
    await world.db.$transaction(async (tx) => {
      const booking = await lockBooking(tx, given.id);
      if (booking) await cancelBooking(tx, world.depsAt(arrival), booking, "by_merchant", given.actor);
    });
    const { booking } = await lookUpCode(world.depsAt(arrival), { ...at(given), code: given.checkInCode });
    expect(booking).toMatchObject({ status: "cancelled", actions: { checkIn: "BOOKING_NOT_CONFIRMED" } });
  });
});

describe("checking in", () => {
  test("starts the stay, once, and tells everybody who has to know", async () => {
    const booking = await world.given.confirmedBooking();
    const requestId = newRequest();
    const answer = await checkIn(world.depsAt(arrival), {
      ...at(booking),
      code: booking.checkInCode,
      requestId,
    });
    expect(answer.booking).toMatchObject({
      status: "checked_in",
      checkedInAt: new Date(arrival),
      undoUntil: new Date("2025-05-01T14:15:00+08:00"),
      actions: { checkIn: "CHECK_IN_CODE_USED", undoCheckIn: null },
    });
    expect(await eventsOf(booking)).toEqual(["booking.created", "booking.confirmed", "booking.checked_in"]);
    expect(await auditOf(booking)).toMatchObject([
      {
        action: "booking.check_in",
        consoleUserId: BigInt(booking.actor.consoleUserId),
        merchantId: BigInt(booking.merchantId),
        detail: { requestId },
      },
    ]);
    const upload = await world.db.fulfilmentUpload.findUniqueOrThrow({ where: { bookingId: booking.id } });
    expect(upload).toMatchObject({ status: "pending", nextTryAt: new Date("2025-05-01T14:15:00+08:00") });
    const transitions = await world.db.bookingTransition.findMany({
      where: { bookingId: booking.id },
      orderBy: { id: "asc" },
    });
    expect(transitions.map(({ to }) => to)).toEqual(["pending_payment", "confirmed", "checked_in"]);
    expect(transitions.at(-1)).toMatchObject({ from: "confirmed", actorKind: "console_user", requestId });
  });

  test("takes the QR text where a code is typed", async () => {
    const booking = await world.given.confirmedBooking();
    const mine = await getMyBooking(world.depsAt(arrival), booking);
    expect(mine.checkInCode).toBe(booking.checkInCode);
    const scanned = ` ${mine.checkInQr}\r\n`;
    await checkIn(world.depsAt(arrival), { ...at(booking), code: scanned, requestId: newRequest() });
    expect(await statusOf(booking)).toBe("checked_in");
  });

  test("finds a code that was kept under the last pepper", async () => {
    const deps = world.depsAt(arrival);
    const booking = await world.given.confirmedBooking();
    const fresh = createCheckInCodes({
      ...testCodeKeys(deps.random),
      random: deps.random,
    });
    const codes = {
      ...fresh,
      hmacs: (code: string) => [...fresh.hmacs(code), ...deps.codes.hmacs(code)],
      open: (sealed: string, bookingNo: string) => deps.codes.open(sealed, bookingNo),
    };
    await checkIn({ ...deps, codes }, { ...at(booking), code: booking.checkInCode, requestId: newRequest() });
    expect(await statusOf(booking)).toBe("checked_in");
  });

  test("the same request again is harmless and gets the booking as it is", async () => {
    const booking = await world.given.confirmedBooking();
    const input = { ...at(booking), code: booking.checkInCode, requestId: newRequest() };
    const first = await checkIn(world.depsAt(arrival), input);
    const repeated = await checkIn(world.depsAt(arrival), input);
    expect(repeated).toEqual(first);
    expect(await eventsOf(booking)).toHaveLength(3);
    expect(await auditOf(booking)).toHaveLength(1);
  });

  test("a request that comes again after its check-in was taken back does not check in anew", async () => {
    const booking = await world.given.confirmedBooking();
    const input = { ...at(booking), code: booking.checkInCode, requestId: newRequest() };
    const deps = world.depsAt(arrival);
    await checkIn(deps, input);
    await undoCheckIn(deps, {
      ...at(booking),
      bookingNo: booking.bookingNo,
      reason: "看错了",
      requestId: newRequest(),
    });
    expect((await checkIn(deps, input)).booking.status).toBe("confirmed");
    // A new request is a new decision.
    await checkIn(deps, { ...input, requestId: newRequest() });
    expect(await statusOf(booking)).toBe("checked_in");
    expect(await eventsOf(booking)).toEqual([
      "booking.created",
      "booking.confirmed",
      "booking.checked_in",
      "booking.check_in_undone",
      "booking.checked_in",
    ]);
  });

  test("a second use is refused with when and by whom", async () => {
    const booking = await world.given.checkedInBooking();
    const second = checkIn(world.depsAt("2025-05-01T20:00:00+08:00"), {
      ...(await world.given.desk(booking.merchantId)),
      code: booking.checkInCode,
      requestId: newRequest(),
    });
    await expect(second).rejects.toMatchObject({
      code: "CHECK_IN_CODE_USED",
      facts: { at: new Date(arrival).toISOString(), by: booking.actor.name },
    });
  });

  test.each([
    ["2025-04-30T23:59:59+08:00", "STAY_NOT_STARTED"],
    ["2025-05-01T00:00:00+08:00", null],
    ["2025-05-02T23:59:59+08:00", null],
    ["2025-05-03T00:00:00+08:00", "STAY_OVER"],
  ])("at %s a stay from 1 to 3 May is %s", async (instant, code) => {
    const booking = await world.given.confirmedBooking();
    const work = checkIn(world.depsAt(instant), {
      ...at(booking),
      code: booking.checkInCode,
      requestId: newRequest(),
    });
    if (code) await expect(work).rejects.toMatchObject({ code });
    else expect((await work).booking.status).toBe("checked_in");
    expect(await statusOf(booking)).toBe(code ? "confirmed" : "checked_in");
  });

  test("a code typed at two desks at once starts one stay", async () => {
    for (let round = 0; round < 10; round += 1) {
      const booking = await world.given.confirmedBooking();
      const other = await world.given.desk(booking.merchantId);
      const typed = (desk: Desk) =>
        checkIn(world.depsAt(arrival), { ...at(desk), code: booking.checkInCode, requestId: newRequest() });
      const outcomes = await Promise.allSettled([typed(booking), typed(other)]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const lost = outcomes.find((outcome) => outcome.status === "rejected");
      expect(lost?.reason).toMatchObject({ code: "CHECK_IN_CODE_USED" });
      const winner = outcomes[0]?.status === "fulfilled" ? booking.actor.name : other.actor.name;
      expect(lost?.reason.facts.by).toBe(winner);
      expect(await eventsOf(booking)).toEqual(["booking.created", "booking.confirmed", "booking.checked_in"]);
      expect(await auditOf(booking)).toHaveLength(1);
    }
  });

  test("a request sent twice at once is one check-in and two equal answers", async () => {
    const booking = await world.given.confirmedBooking();
    const input = { ...at(booking), code: booking.checkInCode, requestId: newRequest() };
    const [first, second] = await Promise.all([
      checkIn(world.depsAt(arrival), input),
      checkIn(world.depsAt(arrival), input),
    ]);
    expect(second).toEqual(first);
    expect(await auditOf(booking)).toHaveLength(1);
  });
});

describe("a wrong code", () => {
  test("of another merchant gets the very answer of one that nobody has", async () => {
    const mine = await world.given.confirmedBooking();
    const theirs = await world.given.confirmedBooking();
    const qr = (await getMyBooking(world.depsAt(arrival), theirs)).checkInQr;
    const deps = world.depsAt(arrival);
    const answers = [];
    for (const code of [theirs.checkInCode, qr, deps.codes.create(), "no code at all", "a.b.c"])
      for (const attempt of [
        () => lookUpCode(deps, { ...at(mine), code }),
        () => checkIn(deps, { ...at(mine), code, requestId: newRequest() }),
      ])
        answers.push(await attempt().catch((error: unknown) => JSON.stringify(error)));
    expect(new Set(answers)).toEqual(
      new Set([JSON.stringify({ code: "CHECK_IN_CODE_UNKNOWN", facts: {}, name: "AppError" })]),
    );
    expect(await statusOf(theirs)).toBe("confirmed");
  });

  test("typed five times locks its typist for a minute, and nobody else", async () => {
    const deps = { ...world.depsAt(arrival), limiter: infra.rateLimiter };
    const booking = await world.given.confirmedBooking();
    const other = await world.given.desk(booking.merchantId);
    for (let wrong = 0; wrong < limits.checkInCode.wrongPerMinute; wrong += 1) {
      const attempt =
        wrong % 2 === 0
          ? lookUpCode(deps, { ...at(booking), code: "00000000" })
          : checkIn(deps, { ...at(booking), code: "00000000", requestId: newRequest() });
      await expect(attempt).rejects.toMatchObject({ code: "CHECK_IN_CODE_UNKNOWN" });
    }
    // Also the right code waits, or guessing could go on.
    const locked = await lookUpCode(deps, { ...at(booking), code: booking.checkInCode }).catch(
      (error) => error,
    );
    expect(locked).toMatchObject({ code: "CHECK_IN_LOCKED" });
    expect(locked.facts.retryAfterMs).toBeGreaterThan(0);
    expect(locked.facts.retryAfterMs).toBeLessThanOrEqual(limits.checkInCode.lockMs);
    await expect(
      checkIn(deps, { ...at(booking), code: booking.checkInCode, requestId: newRequest() }),
    ).rejects.toMatchObject({ code: "CHECK_IN_LOCKED" });
    expect((await lookUpCode(deps, { ...at(other), code: booking.checkInCode })).booking.id).toBe(booking.id);
  });

  test("right codes lock nobody, however many", async () => {
    const deps = { ...world.depsAt(arrival), limiter: infra.rateLimiter };
    const booking = await world.given.confirmedBooking();
    for (let look = 0; look < 12; look += 1)
      expect((await lookUpCode(deps, { ...at(booking), code: booking.checkInCode })).booking.id).toBe(
        booking.id,
      );
  });

  test("typed by many hands locks the house", async () => {
    const booking = await world.given.confirmedBooking();
    const strict = buildInfra({
      databaseUrl: world.url,
      clientId: "check-in-test",
      prefix: "breaker",
      rateLimits: { "check-in-wrong-code-merchant": { points: 3, windowSeconds: 60 } },
      logger: { info: () => {}, warn: console.warn, error: console.error },
    });
    try {
      const deps = { ...world.depsAt(arrival), limiter: strict.rateLimiter };
      for (let hand = 0; hand < 3; hand += 1) {
        const desk = await world.given.desk(booking.merchantId);
        await expect(lookUpCode(deps, { ...at(desk), code: "00000000" })).rejects.toMatchObject({
          code: "CHECK_IN_CODE_UNKNOWN",
        });
      }
      await expect(lookUpCode(deps, { ...at(booking), code: booking.checkInCode })).rejects.toMatchObject({
        code: "CHECK_IN_LOCKED",
      });
      const elsewhere = await world.given.confirmedBooking();
      expect((await lookUpCode(deps, { ...at(elsewhere), code: elsewhere.checkInCode })).booking.id).toBe(
        elsewhere.id,
      );
    } finally {
      await strict.close();
    }
  });
});

describe("taking a check-in back", () => {
  const undo = (booking: GivenBooking, desk: Desk = booking) => ({
    ...at(desk),
    bookingNo: booking.bookingNo,
    reason: "客人走错门",
    requestId: newRequest(),
  });

  test("within fifteen minutes makes the code good again and says why", async () => {
    const booking = await world.given.checkedInBooking();
    const deps = world.depsAt("2025-05-01T14:15:00+08:00");
    const answer = await undoCheckIn(deps, undo(booking));
    expect(answer.booking).toMatchObject({
      status: "confirmed",
      checkedInAt: null,
      undoUntil: null,
      actions: { checkIn: null, undoCheckIn: "BOOKING_NOT_CHECKED_IN" },
    });
    expect(await lookUpCode(deps, { ...at(booking), code: booking.checkInCode })).toMatchObject({
      usedAt: null,
      usedBy: null,
    });
    expect((await eventsOf(booking)).at(-1)).toBe("booking.check_in_undone");
    expect((await auditOf(booking)).at(-1)).toMatchObject({
      action: "booking.undo_check_in",
      detail: { reason: "客人走错门" },
    });
  });

  test("the same request again is harmless, also after the guest was checked in anew", async () => {
    const booking = await world.given.checkedInBooking();
    const deps = world.depsAt("2025-05-01T14:05:00+08:00");
    const input = undo(booking);
    const first = await undoCheckIn(deps, input);
    expect(await undoCheckIn(deps, input)).toEqual(first);
    await checkIn(deps, { ...at(booking), code: booking.checkInCode, requestId: newRequest() });
    expect((await undoCheckIn(deps, input)).booking.status).toBe("checked_in");
  });

  test("a millisecond later is refused", async () => {
    const booking = await world.given.checkedInBooking();
    await expect(
      undoCheckIn(world.depsAt("2025-05-01T14:15:00.001+08:00"), undo(booking)),
    ).rejects.toMatchObject({
      code: "UNDO_WINDOW_OVER",
    });
    expect(await statusOf(booking)).toBe("checked_in");
  });

  test("is refused where nobody is checked in", async () => {
    const booking = await world.given.confirmedBooking();
    await expect(undoCheckIn(world.depsAt(arrival), undo(booking))).rejects.toMatchObject({
      code: "BOOKING_NOT_CHECKED_IN",
    });
  });

  test("another merchant's booking is answered like one that does not exist", async () => {
    const booking = await world.given.checkedInBooking();
    const stranger = await world.given.confirmedBooking();
    const foreign = await undoCheckIn(world.depsAt(arrival), undo(booking, stranger)).catch((error) =>
      JSON.stringify(error),
    );
    const missing = await undoCheckIn(world.depsAt(arrival), {
      ...undo(booking, stranger),
      bookingNo: "HSO0000000000000000000000",
    }).catch((error) => JSON.stringify(error));
    expect(foreign).toBe(missing);
    expect(foreign).toContain("BOOKING_NOT_FOUND");
    expect(await statusOf(booking)).toBe("checked_in");
  });

  test("two undos at once are one", async () => {
    const booking = await world.given.checkedInBooking();
    const deps = world.depsAt(arrival);
    const outcomes = await Promise.allSettled([
      undoCheckIn(deps, undo(booking)),
      undoCheckIn(deps, undo(booking)),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await auditOf(booking)).toHaveLength(2);
  });
});

test("today's history has check-ins and undos of this house, newest first", async () => {
  const { listingId, merchantId } = await world.given.listing({ units: 4 });
  const first = await world.given.checkedInBooking({ listingId });
  const second = await world.given.checkedInBooking({ listingId, checkedInAt: "2025-05-01T15:00:00+08:00" });
  await undoCheckIn(world.depsAt("2025-05-01T15:05:00+08:00"), {
    ...at(second),
    bookingNo: second.bookingNo,
    reason: "客人走错门",
    requestId: newRequest(),
  });
  // Yesterday's, a second before midnight, and another house's.
  await world.given.checkedInBooking({
    listingId,
    checkInDate: "2025-04-30",
    checkedInAt: "2025-04-30T23:59:59+08:00",
  });
  await world.given.checkedInBooking();
  const { entries } = await findCheckInHistory(world.depsAt("2025-05-01T15:10:00+08:00"), {
    ...at(first),
    merchantId,
  });
  expect(
    entries.map(({ kind, bookingNo, by, reason, undoUntil }) => ({ kind, bookingNo, by, reason, undoUntil })),
  ).toEqual([
    {
      kind: "undone",
      bookingNo: second.bookingNo,
      by: second.actor.name,
      reason: "客人走错门",
      undoUntil: null,
    },
    { kind: "checked_in", bookingNo: second.bookingNo, by: second.actor.name, reason: "", undoUntil: null },
    {
      kind: "checked_in",
      bookingNo: first.bookingNo,
      by: first.actor.name,
      reason: "",
      undoUntil: new Date("2025-05-01T14:15:00+08:00"),
    },
  ]);
});
