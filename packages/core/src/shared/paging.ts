import { limits } from "@looklook/contracts";

/**
 * How many rows a legacy page may take: 0 is an empty page, negative and huge sizes are the longest page
 * (legacy system: a negative size wraps around to practically unlimited).
 */
export function legacyTake(pageSize: number): number {
  return pageSize < 0 ? limits.pageSizeMax : Math.min(pageSize, limits.pageSizeMax);
}

/** The ids a legacy page goes on below; 0 and less start at the top. */
export function belowId(lastId: number): { lt: bigint } | undefined {
  return lastId > 0 ? { lt: BigInt(lastId) } : undefined;
}
