import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Trade } from "./gateway";
import { closeDueAt, isClosed, matchTrade, nextPollAt, timeExpireOf, unknownIsClosedAt } from "./payment";

const begun = new Date("2026-05-04T10:00:00+08:00");
const after = (ms: number) => new Date(begun.getTime() + ms);
const minute = 60_000;

describe("an attempt that says nothing", () => {
  test("is asked about at 10 s, 30 s, 1, 3, 10 and 30 minutes, then hourly", () => {
    const asked: number[] = [];
    let now = begun;
    while (asked.length < 9) {
      now = nextPollAt(begun, now);
      asked.push(now.getTime() - begun.getTime());
    }
    expect(asked).toEqual([
      10_000,
      30_000,
      minute,
      3 * minute,
      10 * minute,
      30 * minute,
      90 * minute,
      150 * minute,
      210 * minute,
    ]);
  });

  test("is next asked about in the future, and within the hour, whenever a worker comes to it", () => {
    fc.assert(
      fc.property(fc.nat({ max: 90 * 86_400_000 }), (lateMs) => {
        const waitMs = nextPollAt(begun, after(lateMs)).getTime() - after(lateMs).getTime();
        expect(waitMs).toBeGreaterThan(0);
        expect(waitMs).toBeLessThanOrEqual(60 * minute);
      }),
    );
  });
});

test.each([
  ["no attempt: the end of the hold", null, null, 30 * minute],
  ["prepaid early: the end of the hold", null, { prepaidAt: after(minute), createdAt: begun }, 30 * minute],
  [
    "prepaid late: five minutes after",
    null,
    { prepaidAt: after(28 * minute), createdAt: begun },
    33 * minute,
  ],
  [
    "never answered: five minutes after its row",
    null,
    { prepaidAt: null, createdAt: after(27 * minute) },
    32 * minute,
  ],
  ["given up without attempt: at once", after(minute), null, minute],
  [
    "given up: five minutes after the pre-pay",
    after(minute),
    { prepaidAt: begun, createdAt: begun },
    5 * minute,
  ],
  [
    "given up long after the pre-pay: at once",
    after(9 * minute),
    { prepaidAt: begun, createdAt: begun },
    9 * minute,
  ],
])("a close is due: %s", (_, closingAt, attempt, dueMs) => {
  expect(closeDueAt({ expiresAt: after(30 * minute), closingAt }, attempt)).toEqual(after(dueMs));
});

test("WeChat's time_expire is whole seconds inside the hold, and an unknown number is dead a minute later", () => {
  const timeExpireAt = timeExpireOf(after(999));
  expect(timeExpireAt).toEqual(begun);
  expect(unknownIsClosedAt({ timeExpireAt })).toEqual(after(minute));
});

test.each([
  ["SUCCESS", false],
  ["REFUND", false],
  ["NOTPAY", false],
  ["USERPAYING", false],
  ["CLOSED", true],
  ["REVOKED", true],
  ["PAYERROR", true],
] as const)("an attempt in state %s is closed without money: %s", (state, closed) => {
  expect(isClosed(state)).toBe(closed);
});

describe("a paid trade", () => {
  const account = { appId: "wx1", mchId: "190" };
  const attempt = { amountFen: 60_000, openid: "o-1", transactionId: null };
  const trade: Trade = {
    ...account,
    paymentNo: "PMT1",
    attach: "HSO1",
    transactionId: "4200",
    tradeType: "JSAPI",
    tradeState: "SUCCESS",
    currency: "CNY",
    totalFen: 60_000,
    payerTotalFen: 59_000,
    payerOpenid: "o-1",
    paidAt: begun,
  };

  test("fits its attempt by the whole amount, not by the payer's part", () => {
    expect(matchTrade(trade, attempt, account, begun)).toEqual({
      paid: {
        paymentNo: "PMT1",
        transactionId: "4200",
        tradeType: "JSAPI",
        totalFen: 60_000,
        payerTotalFen: 59_000,
        payerOpenid: "o-1",
        paidAt: begun,
      },
    });
  });

  test.each([
    ["appid", { appId: "wx2" }, {}],
    ["mchid", { mchId: "191" }, {}],
    ["currency", { currency: "USD" }, {}],
    ["currency", { currency: null }, {}],
    ["transaction_id", { transactionId: null }, {}],
    ["openid", { payerOpenid: "o-2" }, {}],
    ["openid", { payerOpenid: null }, {}],
    ["amount", { totalFen: 59_999 }, {}],
    ["amount", { totalFen: 60_001 }, {}],
    ["amount", { totalFen: null }, {}],
    ["amount", { totalFen: 59_000, payerTotalFen: 60_000 }, {}],
    ["transaction", {}, { transactionId: "4201" }],
  ])("does not fit because of its %s: %j %j", (mismatch, change, known) => {
    expect(matchTrade({ ...trade, ...change }, { ...attempt, ...known }, account, begun)).toEqual({
      mismatch,
    });
  });
});
