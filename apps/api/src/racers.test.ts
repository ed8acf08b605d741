import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestApi, testApi } from "./test-api";

const racers = Number(process.env.RACERS ?? 200);
const rounds = Number(process.env.RACE_ROUNDS ?? 20);

let api: TestApi;
let tokens: string[];
beforeAll(async () => {
  api = await testApi({ seed: "racers" });
  tokens = await Promise.all(
    Array.from({ length: racers }, async () => api.tokenOf((await api.given.guest()).userId)),
  );
}, 120_000);
afterAll(() => api.close());

/** What the database's own log has said since `from`; the test command names the file. */
function databaseLog(from: number): string {
  const file = process.env.POSTGRES_LOG;
  if (!file) throw new Error("POSTGRES_LOG is not set: run the tests with `npm test`.");
  return readFileSync(file).subarray(from).toString("utf8");
}
const logSize = () => statSync(process.env.POSTGRES_LOG ?? "").size;

test(`${racers} guests who want the same nights over HTTP, ${rounds} times: one gets them, the others are told they are taken`, async () => {
  const logBefore = logSize();
  const losersMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { listingId } = await api.given.listing();
    const body = {
      homestayId: listingId,
      isFood: false,
      liveStartTime: Date.parse("2026-05-20T00:00:00+08:00") / 1_000,
      liveEndTime: Date.parse("2026-05-23T00:00:00+08:00") / 1_000,
      livePeopleNum: 2,
      remark: "",
    };
    const answers = await Promise.all(
      tokens.map(async (token) => {
        const began = performance.now();
        const answer = await api.post("/order/v1/homestayOrder/createHomestayOrder", body, { token });
        return { ...answer, ms: performance.now() - began };
      }),
    );
    const winners = answers.filter(({ status }) => status === 200);
    const losers = answers.filter(({ status }) => status !== 200);
    expect(winners).toHaveLength(1);
    for (const { status, text, ms } of losers) {
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ code: nightsTaken });
      losersMs.push(ms);
    }
    const nights = await api.db.listingNight.findMany({ where: { listingId, sold: { gt: 0 } } });
    expect(nights.map(({ sold, total }) => [sold, total])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    // What it won must not keep the winner from the next round.
    await api.db.booking.updateMany({
      where: { listingId },
      data: { status: "cancelled", cancelReason: "by_guest" },
    });
  }
  expect(databaseLog(logBefore)).not.toMatch(/deadlock detected/);
  losersMs.sort((a, b) => a - b);
  const p99 = losersMs[Math.floor(losersMs.length * 0.99)] ?? 0;
  console.log(`${racers} racers × ${rounds} rounds: 1 winner each; losers' p99 ${Math.round(p99)} ms`);
}, 600_000);

/** The bridge's code for NIGHTS_TAKEN: clients branch on it, so it never changes. */
const nightsTaken = 101310;
