import type { Stage } from "../stage";

/** Row ids of `count` new guests, each of whom WeChat knows as `openidOf(id)`. */
export async function newUsers({ world }: Stage, count: number): Promise<number[]> {
  const { rows } = await world.pool.query<{ id: string }>(
    `INSERT INTO "user" (created_at, updated_at) SELECT $1, $1 FROM generate_series(1, $2::int) RETURNING id`,
    [new Date(), count],
  );
  return rows.map(({ id }) => Number(id));
}
