import type { Tx } from "@looklook/db";
import { type Actor, idOf } from "../shared";

/** Somebody signed in to the console. */
export type ConsoleActor = Extract<Actor, { consoleUserId: number }>;

/** What every console use case is told of its caller: the merchant is checked at the edge, never taken from input. */
export interface ByDesk {
  merchantId: number;
  actor: ConsoleActor;
}

/** When a booking's code was accepted last and by whom; null when it never was. */
export async function lastCheckIn(tx: Tx, bookingId: number): Promise<{ at: Date; by: string } | null> {
  const row = await tx.bookingTransition.findFirst({
    where: { bookingId, to: "checked_in" },
    orderBy: { id: "desc" },
    select: { at: true, actorId: true },
  });
  if (!row) return null;
  const names = await namesOf(tx, row.actorId === null ? [] : [row.actorId]);
  return { at: row.at, by: row.actorId === null ? "" : (names.get(idOf(row.actorId)) ?? "") };
}

/** Names of console users by id. */
export async function namesOf(tx: Tx, ids: readonly bigint[]): Promise<Map<number, string>> {
  const rows = await tx.consoleUser.findMany({
    where: { id: { in: [...new Set(ids)] } },
    select: { id: true, name: true },
  });
  return new Map(rows.map(({ id, name }) => [idOf(id), name]));
}
