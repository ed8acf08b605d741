import type { MembershipRole } from "@looklook/contracts";
import { appRouter } from "@looklook/trpc";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestApi, testApi } from "./test-api";

/**
 * Who may not: every procedure against a merchant's, a guest's and a person's things that belong to somebody else,
 * against every role and against nobody. A refusal is compared byte for byte with that for a thing that does not
 * exist. A procedure without a row here fails.
 */
type Row =
  /** Open to all; what it reads belongs to everybody. */
  | { caller: "public" }
  /** A guest's: `foreign` names another guest's thing, `missing` one that does not exist. */
  | { caller: "guest"; foreign?: unknown; missing?: unknown }
  /** Of whoever is signed in to the console, whatever they belong to. */
  | { caller: "console"; foreign?: unknown; missing?: unknown }
  /** A merchant's: who may, and another merchant's thing under one's own house. */
  | { caller: "merchant"; roles: MembershipRole[]; input?: unknown; foreign?: unknown; missing?: unknown }
  | { caller: "operator"; input?: unknown };

const everybody: MembershipRole[] = ["owner", "manager", "front_desk", "finance"];
const desk: MembershipRole[] = ["owner", "manager", "front_desk"];

let api: TestApi;
let ours: { merchantId: number; slug: string };
let theirs: { merchantId: number; slug: string };
let theirBooking: { bookingNo: string; checkInCode: string; userId: number };
let theirSession: number;
let guest: Record<string, string>;
let rows: Record<string, Row>;

beforeAll(async () => {
  api = await testApi({ seed: "isolation" });
  ours = await api.given.merchant({ name: "我们" });
  theirs = await api.given.merchant({ name: "他们的canary店" });
  const listing = await api.given.listing({ merchantId: theirs.merchantId, title: "canary 房" });
  theirBooking = await api.given.confirmedBooking({
    listingId: listing.listingId,
    checkInDate: "2026-06-01",
  });
  await api.given.listing({ merchantId: ours.merchantId });
  const { userId } = await api.given.guest();
  guest = { authorization: `Bearer ${await api.tokenOf(userId)}` };
  await api.consoleHeaders(theirs);
  theirSession = Number((await api.db.consoleSession.findFirstOrThrow({ orderBy: { id: "desc" } })).id);

  const missingNo = `HSO${"9".repeat(22)}`;
  const requestId = "matrix-0001";
  const code = theirBooking.checkInCode;
  const ofBooking = { foreign: { bookingNo: theirBooking.bookingNo }, missing: { bookingNo: missingNo } };
  const words = { content: "x", ratings: { cleanliness: 1, location: 1, service: 1, value: 1 } };
  rows = {
    "account.register": { caller: "public" },
    "account.login": { caller: "public" },
    "account.loginWithWechat": { caller: "public" },
    "account.signIn": { caller: "public" },
    "account.me": { caller: "guest" },
    "account.updateProfile": { caller: "guest" },
    "account.refresh": { caller: "guest" },
    "account.logout": { caller: "guest" },
    "account.identity": { caller: "console" },
    "account.sessions": { caller: "console" },
    "account.signOut": { caller: "console" },
    "account.revokeSession": {
      caller: "console",
      foreign: { sessionId: theirSession },
      missing: { sessionId: 424_242 },
    },
    "listing.preferred": { caller: "public" },
    "listing.byMerchant": { caller: "public" },
    "listing.latest": { caller: "public" },
    "listing.get": { caller: "public" },
    "listing.search": { caller: "public" },
    "listing.availability": { caller: "public" },
    "listing.quote": { caller: "public" },
    "listing.addFavourite": { caller: "guest" },
    "listing.removeFavourite": { caller: "guest" },
    "listing.favourites": { caller: "guest" },
    "merchant.find": { caller: "public" },
    "merchant.goodHosts": { caller: "public" },
    "merchant.host": { caller: "public" },
    "booking.create": { caller: "guest" },
    "booking.mine": { caller: "guest" },
    "booking.getMine": { caller: "guest", ...ofBooking },
    "booking.cancelUnpaid": { caller: "guest", ...ofBooking },
    "booking.lookUpCode": {
      caller: "merchant",
      roles: desk,
      foreign: { code },
      missing: { code: "00000000" },
    },
    "booking.checkIn": {
      caller: "merchant",
      roles: desk,
      foreign: { code, requestId },
      missing: { code: "00000000", requestId },
    },
    "booking.undoCheckIn": {
      caller: "merchant",
      roles: desk,
      foreign: { bookingNo: theirBooking.bookingNo, reason: "x", requestId },
      missing: { bookingNo: missingNo, reason: "x", requestId },
    },
    "booking.find": { caller: "merchant", roles: everybody, input: { query: theirBooking.bookingNo } },
    "booking.get": { caller: "merchant", roles: everybody, ...ofBooking },
    "booking.today": { caller: "merchant", roles: everybody },
    "booking.history": { caller: "merchant", roles: everybody },
    "booking.listingChoices": { caller: "merchant", roles: everybody },
    "booking.live": { caller: "merchant", roles: everybody },
    "payment.prepay": { caller: "guest", ...ofBooking },
    "payment.result": { caller: "guest", ...ofBooking },
    "review.create": {
      caller: "guest",
      foreign: { ...words, bookingNo: theirBooking.bookingNo },
      missing: { ...words, bookingNo: missingNo },
    },
    "review.find": { caller: "public" },
    "operations.deadLetters": { caller: "operator", input: {} },
    "operations.replayDeadLetter": { caller: "operator", input: { id: 1 } },
    "operations.cases": { caller: "operator", input: {} },
  };
});
afterAll(() => api.close());

/** Somebody of our house in this role; signing in is slow on purpose, so each does it once. */
const people = new Map<MembershipRole, Promise<Record<string, string>>>();
function atOurs(role: MembershipRole) {
  const known = people.get(role) ?? api.consoleHeaders({ ...ours, role });
  people.set(role, known);
  return known;
}

const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { type: "query" | "mutation" | "subscription"; meta?: { roles?: readonly MembershipRole[] } } }
>;
const names = Object.keys(procedures);
const typeOf = (name: string) => procedures[name]?._def.type;
const call = (name: string, input: unknown, headers: Record<string, string> = {}) =>
  api.trpc(name, input, { method: typeOf(name) === "mutation" ? "POST" : "GET", headers });
const rowOf = (name: string) => rows[name] as Row;
const inputOf = (row: Row) => ("input" in row && row.input) || ("foreign" in row && row.foreign) || undefined;
/** Calls that a stream would keep open are looked at through their refusals only. */
const isStream = (name: string) => typeOf(name) === "subscription";

test("every procedure has a row, and every row a procedure", () => {
  expect(Object.keys(rows).sort()).toEqual([...names].sort());
});

test("the roles are those that the procedures themselves declare", () => {
  for (const name of names) {
    const row = rowOf(name);
    expect([name, procedures[name]?._def.meta?.roles]).toEqual([
      name,
      row.caller === "merchant" ? row.roles : undefined,
    ]);
  }
});

describe.each(names)("%s", (name) => {
  test("answers only whom it is for", async () => {
    const row = rowOf(name);
    const input = inputOf(row);
    const anonymous = await call(name, input);
    if (row.caller === "public") {
      expect(anonymous.status).not.toBe(403);
      expect(anonymous.text).not.toContain("NOT_SIGNED_IN");
      return;
    }
    expect(anonymous.text).toContain('"NOT_SIGNED_IN"');
    const inConsole = await atOurs("owner");
    const other = await call(name, input, row.caller === "guest" ? inConsole : guest);
    expect(other.text).toContain('"NOT_SIGNED_IN"');
    expect(other.text.replace(name, "")).toBe(anonymous.text.replace(name, ""));
  });

  test("tells nothing of what is somebody else's", async () => {
    const row = rowOf(name);
    if (!("foreign" in row) || row.foreign === undefined) return;
    const headers = row.caller === "guest" ? guest : await atOurs("owner");
    const before = await api.db.booking.findUniqueOrThrow({ where: { bookingNo: theirBooking.bookingNo } });
    const foreign = await call(name, row.foreign, headers);
    const missing = await call(name, row.missing, headers);
    expect(foreign.status).toBeGreaterThanOrEqual(400);
    expect([foreign.status, foreign.text]).toEqual([missing.status, missing.text]);
    const after = await api.db.booking.findUniqueOrThrow({ where: { bookingNo: theirBooking.bookingNo } });
    expect(after).toEqual(before);
    const session = await api.db.consoleSession.findUniqueOrThrow({ where: { id: theirSession } });
    expect(session.revokedAt).toBeNull();
  });

  test("is as closed to another house's people as if the house did not exist", async () => {
    const row = rowOf(name);
    if (row.caller !== "merchant") return;
    const { "x-merchant": _, ...stranger } = await atOurs("owner");
    const input = inputOf(row);
    const atTheirs = await call(name, input, { ...stranger, "x-merchant": theirs.slug });
    const nowhere = await call(name, input, { ...stranger, "x-merchant": "no-such-house" });
    const unsaid = await call(name, input, stranger);
    expect(atTheirs.text).toContain('"MERCHANT_NOT_FOUND"');
    expect([atTheirs.status, atTheirs.text]).toEqual([nowhere.status, nowhere.text]);
    expect([atTheirs.status, atTheirs.text]).toEqual([unsaid.status, unsaid.text]);
  });

  test("asks for the role", async () => {
    const row = rowOf(name);
    if (row.caller === "operator") {
      const owner = await atOurs("owner");
      expect((await call(name, row.input, owner)).text).toContain('"FORBIDDEN"');
      const operator = await api.consoleHeaders({ isOperator: true });
      expect((await call(name, row.input, operator)).text).not.toContain('"FORBIDDEN"');
    }
    if (row.caller !== "merchant" || isStream(name)) return;
    for (const role of everybody) {
      const headers = await atOurs(role);
      const { text } = await call(name, inputOf(row), headers);
      expect([role, text.includes('"FORBIDDEN"')]).toEqual([role, !row.roles.includes(role)]);
      // Whatever a house may read, nothing of the other house's is in it.
      expect(text).not.toMatch(/canary/);
      if (name !== "booking.get") expect(text).not.toContain(`"bookingNo":"${theirBooking.bookingNo}"`);
    }
  });
});
