import { limits } from "@looklook/contracts";
import type { Deps } from "../shared";

/**
 * Ends every stay whose check-out day has come at its listing: who was checked in has completed it, who never came is
 * a no-show. A check-in that can still be taken back is left alone; a guest may arrive on a later night, so a no-show
 * is one only after the last. Doing it twice is harmless.
 */
export async function endStays({
  db,
  clock,
}: Pick<Deps, "db" | "clock">): Promise<{ completed: number; noShows: number }> {
  const now = clock.now();
  const lastUndoable = new Date(now.getTime() - limits.undoCheckInMs);
  const [row] = await db.$queryRaw<{ completed: number; noShows: number }[]>`
    WITH due AS (
      SELECT id, status AS "from" FROM booking
      WHERE status IN ('confirmed', 'checked_in')
        AND check_out_date <= (${now}::timestamptz AT TIME ZONE time_zone)::date
        AND (checked_in_at IS NULL OR checked_in_at < ${lastUndoable}::timestamptz)
      ORDER BY id FOR UPDATE
    ), ended AS (
      UPDATE booking b SET
        status = CASE due."from" WHEN 'checked_in' THEN 'completed' ELSE 'no_show' END::booking_status,
        completed_at = CASE due."from" WHEN 'checked_in' THEN ${now}::timestamptz END,
        version = b.version + 1, updated_at = ${now}::timestamptz
      FROM due WHERE b.id = due.id
      RETURNING b.id, due."from", b.status
    ), moved AS (
      INSERT INTO booking_transition (booking_id, "from", "to", actor_kind, at)
      SELECT id, "from", status, 'system', ${now}::timestamptz FROM ended ORDER BY id
    )
    SELECT count(*) FILTER (WHERE status = 'completed')::int AS completed,
      count(*) FILTER (WHERE status = 'no_show')::int AS "noShows"
    FROM ended`;
  return row ?? { completed: 0, noShows: 0 };
}
