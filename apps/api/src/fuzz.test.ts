import { inspect } from "node:util";
import { appRouter } from "@looklook/trpc";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import type { Fields } from "./bridge/fields";
import { routes } from "./bridge/routes";
import { type TestApi, testApi } from "./test-api";

/** Inputs in all; `FUZZ_RUNS=1000000` for the long run. Half go over the bridge, half over tRPC. */
const runs = Number(process.env.FUZZ_RUNS ?? 5_000);
/** A request that takes longer hangs. */
const answerWithinMs = 2_000;
const inFlight = 16;

let api: TestApi;
let tokens: (string | undefined)[];
let consoles: Record<string, string>[];
let known: { ids: number[]; numbers: string[]; codes: string[] };
beforeAll(async () => {
  api = await testApi({
    seed: "fuzz",
    // Hashing well would only measure argon2.
    passwords: {
      hash: async (password) => `not hashed: ${password}`,
      verify: async (hash, password) => hash === `not hashed: ${password}`,
    },
  });
  const merchant = await api.given.merchant();
  const { listingId } = await api.given.listing({ merchantId: merchant.merchantId, units: 50 });
  const { userId } = await api.given.guest();
  const confirmed = await api.given.confirmedBooking({ userId, listingId, checkInDate: "2026-05-04" });
  const pending = await api.given.pendingBooking({ userId, listingId, checkInDate: "2026-06-04" });
  tokens = [await api.tokenOf(userId), await api.tokenOf(userId), undefined, "nonsense"];
  consoles = [
    await api.consoleHeaders(merchant),
    await api.consoleHeaders({ ...merchant, role: "finance" }),
    await api.consoleHeaders({ isOperator: true }),
    {},
  ];
  known = {
    ids: [listingId, merchant.merchantId, userId],
    numbers: [confirmed.bookingNo, pending.bookingNo],
    codes: [confirmed.checkInCode],
  };
}, 120_000);
afterAll(() => api.close());

const pick = <const T>(...of: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...of);
const oddText = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  pick(
    "",
    " ",
    "\u0000",
    "' OR 1=1 --",
    "<script>",
    "\ud800",
    "💥".repeat(70),
    "../..",
    "HSO",
    "x".repeat(3_000),
  ),
);
const oddNumber = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  pick(
    0,
    -1,
    1,
    1.5,
    100,
    101,
    2 ** 31,
    2 ** 53,
    2 ** 63,
    1e308,
    -1e308,
    1_778_000_000,
    253_402_300_800,
    8.64e15,
  ),
);
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  oddNumber,
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Values that a JSON schema describes, with what the database knows mixed in. */
function fromSchema(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return pick(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map(fromSchema));
  switch (schema.type) {
    case "object": {
      const required = Object.keys(schema.properties ?? {}).filter((key) => schema.required?.includes(key));
      const shape = Object.entries(schema.properties ?? {}).map(
        ([key, of]) => [key, fromSchema(of)] as const,
      );
      return fc.record(Object.fromEntries(shape) as Shape, { requiredKeys: required });
    }
    case "array":
      return fc.array(fromSchema(schema.items ?? {}), { maxLength: 6 });
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return fc.oneof(
        pick(...known.ids),
        fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 50, 2 ** 31 - 1) }),
        fc.maxSafeInteger(),
      );
    case "string":
      return textFor(schema);
    case "null":
      return fc.constant(null);
    default:
      return oddValue;
  }
}

function textFor(schema: JsonSchema): fc.Arbitrary<string> {
  if (schema.format === "date")
    return fc
      .date({ min: new Date("2026-04-01"), max: new Date("2027-09-01"), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 10));
  if (schema.format === "email") return pick("a@example.com", "person-1@example.com");
  if (schema.pattern) return fc.oneof(pick(...known.numbers), fc.stringMatching(new RegExp(schema.pattern)));
  const texts = fc.oneof(pick(...known.numbers, ...known.codes, "homestayOrder", "杭州"), oddText);
  return texts.map((text) => (schema.maxLength === undefined ? text : text.slice(0, schema.maxLength)));
}

type Shape = Record<string, fc.Arbitrary<unknown>>;
interface JsonSchema {
  type?: string;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

/** Mostly what the schema says, sometimes with a field that it does not, sometimes anything. */
function mostly(good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const spoilt = fc.tuple(good, fc.nat(), oddValue).map(([value, which, odd]) => {
    if (typeof value !== "object" || value === null) return odd;
    const keys = Object.keys(value);
    const key = keys[which % Math.max(1, keys.length)] ?? "extra";
    return { ...value, [key]: odd };
  });
  return fc.oneof(
    { arbitrary: good, weight: 6 },
    { arbitrary: spoilt, weight: 3 },
    { arbitrary: oddValue, weight: 1 },
  );
}

const kinds: Record<string, () => fc.Arbitrary<unknown>> = {
  int64: () => fc.oneof(pick(...known.ids), fc.integer({ min: -2, max: 30 }), secondsSoon, oddNumber),
  string: () => fc.oneof(pick(...known.numbers, "homestayOrder", "杭州", "13900001234"), oddText),
  bool: () => fc.boolean(),
};
const secondsSoon = fc.integer({ min: 1_777_000_000, max: 1_812_000_000 });

function fromFields(fields: Fields): fc.Arbitrary<unknown> {
  const shape = Object.entries(fields).map(([name, kind]) => [
    name,
    kinds[kind.replace("?", "")]?.() ?? oddValue,
  ]);
  const required = Object.keys(fields).filter((name) => !fields[name]?.endsWith("?"));
  return fc.record(Object.fromEntries(shape) as Shape, { requiredKeys: required });
}

/** What would end the credentials that all other shots need; the isolation matrix asks these with some. */
const farewells = [
  "/usercenter/v1/user/logout",
  "account.logout",
  "account.signOut",
  "account.revokeSession",
];

interface Shot {
  name: string;
  send(signal: AbortSignal): Promise<Response>;
  /** What was sent, for the report. */
  sent: unknown;
}

function bridgeShot(): fc.Arbitrary<Shot> {
  return fc.oneof(
    ...[...routes].map(([path, { fields }]) =>
      fc.record({ body: mostly(fromFields(fields)), token: pick(...tokens) }).map(({ body, token }) => ({
        name: path,
        sent: body,
        send: (signal: AbortSignal) =>
          fetch(api.origin + path, {
            method: "POST",
            signal,
            headers: {
              "content-type": "application/json",
              ...(token && !farewells.includes(path) ? { authorization: token } : {}),
            },
            body: JSON.stringify(body) ?? "",
          }),
      })),
    ),
  );
}

function trpcShot(): fc.Arbitrary<Shot> {
  const procedures = appRouter._def.procedures as unknown as Record<
    string,
    { _def: { type: string; inputs: z.ZodType[] } }
  >;
  return fc.oneof(
    ...Object.entries(procedures)
      // A stream stays open by nature.
      .filter(([, { _def }]) => _def.type !== "subscription")
      .map(([name, { _def }]) => {
        const schema = z.toJSONSchema(_def.inputs[0] ?? z.strictObject({}), { io: "input" }) as JsonSchema;
        return fc
          .record({ input: mostly(fromSchema(schema)), token: pick(...tokens), inConsole: pick(...consoles) })
          .map(({ input, token, inConsole }) => ({
            name,
            sent: input,
            send(signal: AbortSignal) {
              const wrapped = JSON.stringify({ json: input });
              const isQuery = _def.type === "query";
              const query = isQuery ? `?input=${encodeURIComponent(wrapped)}` : "";
              return fetch(`${api.origin}/trpc/${name}${query}`, {
                method: isQuery ? "GET" : "POST",
                signal,
                headers: {
                  ...(isQuery ? {} : { "content-type": "application/json" }),
                  ...(farewells.includes(name)
                    ? {}
                    : { ...(token && { authorization: token }), ...inConsole }),
                },
                body: isQuery ? undefined : wrapped,
              });
            },
          }));
      }),
  );
}

async function fire(
  shots: Shot[],
): Promise<{ bad: string[]; slowestMs: number; answers: Map<number, number> }> {
  const bad: string[] = [];
  const answers = new Map<number, number>();
  let slowestMs = 0;
  let next = 0;
  const worker = async () => {
    for (let shot = shots[next++]; shot; shot = shots[next++]) {
      const begun = performance.now();
      const told = `${shot.name} ${JSON.stringify(shot.sent)?.slice(0, 300)}`;
      try {
        const response = await shot.send(AbortSignal.timeout(10 * answerWithinMs));
        const text = await response.text();
        const tookMs = performance.now() - begun;
        slowestMs = Math.max(slowestMs, tookMs);
        answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
        if (response.status >= 500 && response.status !== 502)
          bad.push(`${response.status} ${told} → ${text}`);
        if (text.includes('"INTERNAL"') || text.includes("服务器开小差")) bad.push(`INTERNAL ${told}`);
        if (/\bat .*\.ts:|prisma|node_modules/i.test(text)) bad.push(`tells too much: ${told} → ${text}`);
        if (tookMs > 5 * answerWithinMs) bad.push(`hung for ${Math.round(tookMs)} ms: ${told}`);
      } catch (error) {
        bad.push(`no answer: ${told} (${String(error)})`);
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { bad, slowestMs, answers };
}

test(`${runs} random inputs over bridge and tRPC: none is a fault of ours, none hangs`, {
  timeout: 600_000,
}, async () => {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
  const half = Math.ceil(runs / 2);
  const shots = [
    ...fc.sample(bridgeShot(), { numRuns: half, seed }),
    ...fc.sample(trpcShot(), { numRuns: runs - half, seed }),
  ];
  const begun = performance.now();
  const { bad, slowestMs, answers } = await fire(shots);
  console.log(
    `fuzz: ${shots.length} inputs, FUZZ_SEED=${seed}, ${Math.round(performance.now() - begun)} ms, slowest ${Math.round(slowestMs)} ms,`,
    Object.fromEntries([...answers].sort(([a], [b]) => a - b)),
  );
  expect([bad.slice(0, 10), api.faults.slice(0, 5).map((fault) => inspect(fault))]).toEqual([[], []]);
  // The inputs reach the rules: they are not all refused at the door.
  expect(answers.get(200) ?? 0).toBeGreaterThan(runs / 20);
});
