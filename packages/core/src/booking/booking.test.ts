import { type BookingStatus, bookingStatuses } from "@looklook/contracts";
import { describe, expect, test } from "vitest";
import {
  canMove,
  checkInRefusal,
  legacyStateOf,
  mayRevive,
  transitions,
  undoRefusal,
  undoUntil,
} from "./booking";

describe("states", () => {
  const allowed = [
    "new → pending_payment",
    "pending_payment → confirmed",
    "pending_payment → cancelled",
    "confirmed → checked_in",
    "confirmed → cancelled",
    "confirmed → no_show",
    "checked_in → completed",
    "checked_in → confirmed",
    "cancelled → confirmed",
    "no_show → completed",
  ];
  const kinds = ["guest", "console_user", "operator", "system", "wechat"] as const;

  test("move only as the design says, whoever asks", () => {
    const possible = [null, ...bookingStatuses].flatMap((from) =>
      bookingStatuses.flatMap((to) =>
        kinds.some((by) => canMove(from, to, by)) ? [`${from ?? "new"} → ${to}`] : [],
      ),
    );
    expect(possible.sort()).toEqual([...allowed].sort());
    expect(transitions).toHaveLength(allowed.length);
  });

  test("nothing leaves completed", () => {
    for (const to of bookingStatuses)
      for (const by of kinds) expect(canMove("completed", to, by)).toBe(false);
  });

  test.each([
    ["a guest confirms nothing", "pending_payment", "confirmed", "guest", false],
    ["a guest opens no door", "confirmed", "checked_in", "guest", false],
    ["the desk opens doors", "confirmed", "checked_in", "console_user", true],
    ["WeChat's money confirms", "pending_payment", "confirmed", "wechat", true],
    ["a poll that finds the money confirms", "pending_payment", "confirmed", "system", true],
    ["a desk cancels no unpaid booking", "pending_payment", "cancelled", "console_user", false],
    ["a timer does not cancel what is paid", "confirmed", "cancelled", "system", false],
    ["late money comes from WeChat or a poll", "cancelled", "confirmed", "console_user", false],
    ["a no-show is completed by a person", "no_show", "completed", "system", false],
  ] as const)("%s", (_why, from, to, by, may) => {
    expect(canMove(from, to, by)).toBe(may);
  });
});

describe("checking in", () => {
  const stay = { checkInDate: "2025-05-01", checkOutDate: "2025-05-03" };
  const cases: [BookingStatus, string, string | null][] = [
    ["confirmed", "2025-05-01", null],
    ["confirmed", "2025-05-02", null],
    ["confirmed", "2025-04-30", "STAY_NOT_STARTED"],
    ["confirmed", "2025-05-03", "STAY_OVER"],
    ["pending_payment", "2025-05-01", "BOOKING_NOT_CONFIRMED"],
    ["cancelled", "2025-05-01", "BOOKING_NOT_CONFIRMED"],
    ["no_show", "2025-05-01", "BOOKING_NOT_CONFIRMED"],
    ["checked_in", "2025-05-01", "CHECK_IN_CODE_USED"],
    ["completed", "2025-05-04", "CHECK_IN_CODE_USED"],
  ];
  test.each(cases)("a %s booking on %s: %s", (status, today, refusal) => {
    expect(checkInRefusal({ ...stay, status }, today)).toBe(refusal);
  });

  const checkedInAt = new Date("2025-05-01T06:00:00Z");
  test.each([
    ["checked_in", "2025-05-01T06:00:00Z", null],
    ["checked_in", "2025-05-01T06:15:00Z", null],
    ["checked_in", "2025-05-01T06:15:00.001Z", "UNDO_WINDOW_OVER"],
    ["completed", "2025-05-01T06:00:00Z", "BOOKING_NOT_CHECKED_IN"],
    ["confirmed", "2025-05-01T06:00:00Z", "BOOKING_NOT_CHECKED_IN"],
  ] as const)("a %s booking can be taken back at %s: %s", (status, now, refusal) => {
    expect(undoRefusal({ status, checkedInAt }, new Date(now))).toBe(refusal);
  });

  test("what is not checked in has no undo", () => {
    expect(undoUntil({ status: "completed", checkedInAt })).toBeNull();
    expect(undoUntil({ status: "checked_in", checkedInAt: null })).toBeNull();
  });
});

describe("late money", () => {
  const expired = {
    booking: { status: "cancelled", cancelReason: "expired", checkInDate: "2025-05-01" },
    onShelf: true,
    merchantOpen: true,
    today: "2025-05-01",
  } as const;
  test.each([
    ["brings back what expired", {}, true],
    ["comes too late the day after check-in", { today: "2025-05-02" }, false],
    ["finds the listing off the shelf", { onShelf: false }, false],
    ["finds the house closed", { merchantOpen: false }, false],
    [
      "does not undo a guest's own cancel",
      { booking: { ...expired.booking, cancelReason: "by_guest" } },
      false,
    ],
    [
      "does not undo the house's cancel",
      { booking: { ...expired.booking, cancelReason: "by_merchant" } },
      false,
    ],
    [
      "has nothing to bring back",
      { booking: { ...expired.booking, status: "confirmed", cancelReason: null } },
      false,
    ],
  ] as const)("%s", (_why, change, may) => {
    expect(mayRevive({ ...expired, ...change })).toBe(may);
  });
});

test.each([
  ["pending_payment", false, false, 0],
  ["pending_payment", true, false, -1],
  ["confirmed", false, true, 1],
  ["checked_in", false, true, 2],
  ["completed", false, true, 2],
  ["cancelled", false, true, 3],
  ["cancelled", false, false, -1],
  ["no_show", false, true, 4],
] as const)("the legacy number of %s (closing %s, paid %s) is %d", (status, isClosing, wasPaid, legacy) => {
  expect(legacyStateOf({ status, isClosing, wasPaid })).toBe(legacy);
});
