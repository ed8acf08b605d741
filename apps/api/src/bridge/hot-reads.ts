import type { Broadcast, BroadcastMessage } from "@looklook/contracts";
import type { Random } from "@looklook/core";
import { LRUCache } from "lru-cache";

/** How long an answer may be served when no change is heard of; each entry's own end is up to a fifth earlier. */
const ttlMs = 60_000;
/** An id that is not there may be there in a moment. */
const notFoundTtlMs = 5_000;
const entriesMax = 5_000;
const bytesMax = 64 * 1_024 * 1_024;

interface Entry {
  body: Buffer;
  /** Of each tag, the version when the answer began to be made. */
  versions: readonly number[];
}

/**
 * Serialized answers to reads that are the same for everybody, in this process. Concurrent misses of one key make the
 * answer once. A change is heard over broadcast and makes what it touches stale at once, also an answer that is being
 * made at that moment; a gap in hearing makes all of it stale.
 */
export interface HotReads {
  /** The answer if it is there and still good: no promise, no allocation. */
  peek(key: string, tags: readonly string[]): Buffer | undefined;
  /** The answer, made by `make` if it is not there. `make` may answer that what was asked for does not exist. */
  get(
    key: string,
    tags: readonly string[],
    make: () => Promise<{ body: Buffer; isFound: boolean }>,
  ): Promise<Buffer>;
  close(): void;
}

export function createHotReads(broadcast: Pick<Broadcast, "subscribe">, random: Random): HotReads {
  const entries = new LRUCache<string, Entry>({
    max: entriesMax,
    maxSize: bytesMax,
    sizeCalculation: ({ body }, key) => body.length + key.length + 1,
  });
  const underWay = new Map<string, Promise<Buffer>>();
  const versions = new LRUCache<string, number>({ max: 20_000 });
  /** Counts up with every change, so that a version that was forgotten never comes back. */
  let clock = 1;
  const versionOf = (tag: string) => {
    const known = versions.get(tag);
    if (known !== undefined) return known;
    clock += 1;
    versions.set(tag, clock);
    return clock;
  };

  const stop = broadcast.subscribe(
    (message) => {
      for (const tag of staleTags(message)) {
        clock += 1;
        versions.set(tag, clock);
      }
    },
    () => {
      versions.clear();
      entries.clear();
    },
  );

  function peek(key: string, tags: readonly string[]): Buffer | undefined {
    const entry = entries.get(key);
    if (!entry) return undefined;
    for (let n = 0; n < tags.length; n += 1)
      if (versions.get(tags[n] as string) !== entry.versions[n]) return undefined;
    return entry.body;
  }

  return {
    peek,
    get(key, tags, make) {
      const hit = peek(key, tags);
      if (hit) return Promise.resolve(hit);
      const before = tags.map(versionOf);
      // Whoever asks after a change must not be given what was begun before it.
      const flight = `${key}\n${before.join()}`;
      const running = underWay.get(flight);
      if (running) return running;
      const made = make()
        .then(({ body, isFound }) => {
          // A slow answer that is stale by now must not take the place of a newer one.
          if (tags.every((tag, n) => versions.get(tag) === before[n]))
            entries.set(key, { body, versions: before }, { ttl: isFound ? jittered(random) : notFoundTtlMs });
          return body;
        })
        .finally(() => underWay.delete(flight));
      underWay.set(flight, made);
      return made;
    },
    close: stop,
  };
}

/** Entries made together must not end together. */
function jittered(random: Random): number {
  return ttlMs - Math.floor((random.bytes(1).readUInt8() / 256) * (ttlMs / 5));
}

function staleTags({ type, listingId }: BroadcastMessage): string[] {
  switch (type) {
    case "listing.changed":
      return ["listings", `listing:${listingId}`];
    case "merchant.changed":
      return ["merchants", "listings"];
    case "review.created":
      return ["reviews"];
    // Sales and ranks move with every booking; a minute is soon enough for them.
    default:
      return [];
  }
}
