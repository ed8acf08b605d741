import type { BroadcastMessage } from "@looklook/contracts";
import { seededRandom } from "@looklook/testing";
import { beforeEach, expect, test } from "vitest";
import { localBroadcast } from "../test-api";
import { createHotReads, type HotReads } from "./hot-reads";

let broadcast: ReturnType<typeof localBroadcast>;
let reads: HotReads;
let made: number;
beforeEach(() => {
  broadcast = localBroadcast();
  reads = createHotReads(broadcast, seededRandom("hot reads"));
  made = 0;
});

const make = async () => {
  made += 1;
  return { body: Buffer.from(`answer ${made}`), isFound: true };
};
const get = (key = "detail", tags = ["listing:1"]) => reads.get(key, tags, make).then(String);
const change = (message: Partial<BroadcastMessage>) =>
  broadcast.publish({
    eventId: "e",
    type: "listing.changed",
    merchantId: 1,
    listingId: 1,
    bookingNo: null,
    ...message,
  });

test("an answer is made once and served from then on", async () => {
  expect(reads.peek("detail", ["listing:1"])).toBeUndefined();
  expect([await get(), await get()]).toEqual(["answer 1", "answer 1"]);
  expect(String(reads.peek("detail", ["listing:1"]))).toBe("answer 1");
});

test("a hundred who ask at once wait for one answer", async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => get()));
  expect([new Set(answers).size, made]).toEqual([1, 1]);
});

test("a change makes what it touches stale, and nothing else", async () => {
  await get();
  await get("other", ["listing:2"]);
  await change({ listingId: 1 });
  expect(await get()).toBe("answer 3");
  expect(await get("other", ["listing:2"])).toBe("answer 2");
  await change({ type: "review.created" });
  expect(await get()).toBe("answer 3");
});

test.each([
  ["listing.changed", "listings"],
  ["merchant.changed", "merchants"],
  ["merchant.changed", "listings"],
  ["review.created", "reviews"],
] as const)("%s makes answers about %s stale", async (type, tag) => {
  await get("list", [tag]);
  await change({ type });
  expect(await get("list", [tag])).toBe("answer 2");
});

test("a change during the making makes that answer stale: who asks later gets a newer one", async () => {
  let finish = (_: { body: Buffer; isFound: boolean }) => {};
  const slow = reads.get(
    "detail",
    ["listing:1"],
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  await change({ listingId: 1 });
  const later = get();
  finish({ body: Buffer.from("old"), isFound: true });
  expect([String(await slow), await later]).toEqual(["old", "answer 1"]);
  expect(await get()).toBe("answer 1");
});

test("after a gap in hearing everything is made anew", async () => {
  await get();
  broadcast.gap();
  expect(await get()).toBe("answer 2");
});

test("a failure is not kept", async () => {
  const fails = () => reads.get("detail", ["listing:1"], () => Promise.reject(new Error("away")));
  await expect(fails()).rejects.toThrow("away");
  expect(await get()).toBe("answer 1");
});
