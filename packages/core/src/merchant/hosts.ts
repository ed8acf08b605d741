import type { GetHostInput, GoodHostsOutput, Host } from "@looklook/contracts";
import { Prisma } from "@looklook/db";
import type { z } from "zod";
import { AppError, type Deps, idOf } from "../shared";

type HostView = z.infer<typeof Host>;

/** How far back a host's rank looks. */
const rankedMs = 30 * 24 * 3_600_000;
/** The legacy front page shows this many. */
const goodHostsMax = 10;

/** Hosts that the front page puts forward, newest first. */
export async function findGoodHosts(
  deps: Pick<Deps, "db" | "clock">,
): Promise<z.infer<typeof GoodHostsOutput>> {
  const hosts = await readHosts(
    deps,
    Prisma.sql`
      SELECT target_id AS user_id FROM activity
      WHERE kind = 'good_business' AND is_on ORDER BY target_id DESC LIMIT ${goodHostsMax}`,
  );
  return { hosts };
}

/** The person behind one house. @throws AppError MERCHANT_NOT_FOUND */
export async function getHost(
  deps: Pick<Deps, "db" | "clock">,
  input: z.infer<typeof GetHostInput>,
): Promise<HostView> {
  const [host] = await readHosts(
    deps,
    Prisma.sql`SELECT owner_user_id AS user_id FROM merchant WHERE id = ${input.merchantId}::bigint`,
  );
  if (!host) throw new AppError("MERCHANT_NOT_FOUND");
  return host;
}

/** `wanted` selects `user_id`s. The rank is among all hosts, by nights sold in paid bookings. */
async function readHosts({ db, clock }: Pick<Deps, "db" | "clock">, wanted: Prisma.Sql): Promise<HostView[]> {
  const since = new Date(clock.now().getTime() - rankedMs);
  const rows = await db.$queryRaw<(Omit<HostView, "userId"> & { userId: bigint })[]>`
    WITH wanted AS (${wanted}),
    ranked AS (
      SELECT host_user_id, rank() OVER (ORDER BY sum(check_out_date - check_in_date) DESC)::int AS rank
      FROM booking
      WHERE paid_at >= ${since} AND status <> 'cancelled'
      GROUP BY host_user_id
    )
    SELECT u.id AS "userId", u.nickname, u.avatar, u.info, coalesce(r.rank, 0) AS rank
    FROM wanted w
    JOIN "user" u ON u.id = w.user_id
    LEFT JOIN ranked r ON r.host_user_id = u.id
    ORDER BY u.id DESC`;
  return rows.map((row) => ({ ...row, userId: idOf(row.userId) }));
}
