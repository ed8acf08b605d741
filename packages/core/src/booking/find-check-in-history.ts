import type { CheckInHistoryOutput } from "@looklook/contracts";
import type { z } from "zod";
import { addDays, type Deps, idOf, startOf, today } from "../shared";
import { undoUntil } from "./booking";
import { type ByDesk, namesOf } from "./desk-actor";

/** Check-ins and undos of the merchant's own today, newest first. A check-in that was taken back has no undo any more. */
export async function findCheckInHistory(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { merchantId }: ByDesk,
): Promise<z.infer<typeof CheckInHistoryOutput>> {
  const { timeZone } = await db.merchant.findUniqueOrThrow({
    where: { id: merchantId },
    select: { timeZone: true },
  });
  const day = today(clock, timeZone);
  const rows = await db.bookingTransition.findMany({
    where: {
      at: { gte: startOf(day, timeZone), lt: startOf(addDays(day, 1), timeZone) },
      booking: { merchantId },
      OR: [{ to: "checked_in" }, { from: "checked_in", to: "confirmed" }],
    },
    orderBy: { id: "desc" },
    select: {
      at: true,
      to: true,
      actorId: true,
      reason: true,
      booking: {
        select: {
          bookingNo: true,
          title: true,
          titleEn: true,
          status: true,
          checkedInAt: true,
          user: { select: { nickname: true } },
        },
      },
    },
  });
  const staff = await namesOf(
    db,
    rows.flatMap(({ actorId }) => (actorId === null ? [] : [actorId])),
  );
  return {
    entries: rows.map(({ at, to, actorId, reason, booking }) => ({
      at,
      kind: to === "checked_in" ? "checked_in" : "undone",
      bookingNo: booking.bookingNo,
      guestName: booking.user.nickname,
      title: booking.title,
      titleEn: booking.titleEn,
      by: actorId === null ? "" : (staff.get(idOf(actorId)) ?? ""),
      reason,
      undoUntil:
        to === "checked_in" && booking.checkedInAt?.getTime() === at.getTime() ? undoUntil(booking) : null,
    })),
  };
}
