import type { FindMerchantsInput, FindMerchantsOutput } from "@looklook/contracts";
import type { z } from "zod";
import { type Deps, fen, idOf, legacyTake } from "../shared";

/** A month, where "last month" is meant as a guest means it. */
const monthMs = 30 * 24 * 3_600_000;

interface Row {
  id: bigint;
  name: string;
  nameEn: string;
  info: string;
  tags: string;
  cover: string;
  headerImg: string;
  star: number;
  isFavourite: boolean;
  soldLastMonth: number;
  spendPerPersonFen: number;
}

/**
 * Open houses, newest first, below `lastId` where it is positive. Stars, sales and spending are read from what really
 * happened (the legacy system answers zeros): one statement, whatever the page's length.
 */
export async function findMerchants(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: z.infer<typeof FindMerchantsInput> & { userId: number | null },
): Promise<z.infer<typeof FindMerchantsOutput>> {
  const since = new Date(clock.now().getTime() - monthMs);
  const rows = await db.$queryRaw<Row[]>`
    SELECT m.id, m.name, m.name_en AS "nameEn", m.info, m.tags, m.cover, m.header_img AS "headerImg",
           coalesce(r.star, 0)::float8 AS star,
           EXISTS (SELECT 1 FROM favourite f WHERE f.merchant_id = m.id AND f.user_id = ${input.userId}::bigint) AS "isFavourite",
           coalesce(b.sold, 0)::int AS "soldLastMonth",
           coalesce(b.spend, 0)::int AS "spendPerPersonFen"
    FROM (
      SELECT * FROM merchant
      WHERE status = 'open' AND (${input.lastId}::bigint <= 0 OR id < ${input.lastId}::bigint)
      ORDER BY id DESC LIMIT ${legacyTake(input.pageSize)}
    ) m
    LEFT JOIN LATERAL (
      SELECT round(avg((cleanliness + location + service + value) / 4.0), 1) AS star
      FROM review WHERE merchant_id = m.id
    ) r ON true
    LEFT JOIN LATERAL (
      SELECT count(*) FILTER (WHERE paid_at >= ${since}) AS sold,
             round(sum(total_fen)::numeric / sum(guests * (check_out_date - check_in_date))) AS spend
      FROM booking
      WHERE merchant_id = m.id AND paid_at IS NOT NULL AND status <> 'cancelled'
    ) b ON true
    ORDER BY m.id DESC`;
  return {
    merchants: rows.map((row) => ({
      ...row,
      id: idOf(row.id),
      spendPerPersonFen: fen(row.spendPerPersonFen),
    })),
  };
}
