import type { BookingRefInput, GetBookingOutput, TimelineEntry } from "@looklook/contracts";
import type { Prisma } from "@looklook/db";
import type { z } from "zod";
import { AppError, type Deps, fen, fromDbDate, idOf } from "../shared";
import { type ByDesk, namesOf } from "./desk-actor";
import { deskColumns, toDeskBooking } from "./desk-booking";

type Entry = z.infer<typeof TimelineEntry>;

const columns = {
  ...deskColumns,
  roomTotalFen: true,
  mealTotalFen: true,
  nights: { orderBy: { night: "asc" }, select: { night: true, priceFen: true } },
  transitions: {
    orderBy: { id: "asc" },
    select: { at: true, to: true, actorKind: true, actorId: true, reason: true },
  },
  payments: {
    orderBy: { id: "asc" },
    select: {
      status: true,
      amountFen: true,
      refundedFen: true,
      createdAt: true,
      updatedAt: true,
      paidAt: true,
    },
  },
  refunds: {
    orderBy: { id: "asc" },
    select: {
      status: true,
      amountFen: true,
      reason: true,
      requestedAt: true,
      acceptedAt: true,
      finishedAt: true,
    },
  },
  messages: { orderBy: { id: "asc" }, select: { kind: true, status: true, sentAt: true, createdAt: true } },
} as const satisfies Prisma.BookingSelect;

type Row = Prisma.BookingGetPayload<{ select: typeof columns }>;

/**
 * One of a merchant's bookings, each night at its price, and everything that happened to it in order.
 * @throws AppError BOOKING_NOT_FOUND, also for another merchant's
 */
export async function getBooking(
  { db, clock }: Pick<Deps, "db" | "clock">,
  { bookingNo, merchantId }: z.infer<typeof BookingRefInput> & ByDesk,
): Promise<z.infer<typeof GetBookingOutput>> {
  const row = await db.booking.findFirst({ where: { bookingNo, merchantId }, select: columns });
  if (!row) throw new AppError("BOOKING_NOT_FOUND");
  const staff = await namesOf(
    db,
    row.transitions.flatMap(({ actorKind, actorId }) =>
      actorId !== null && (actorKind === "console_user" || actorKind === "operator") ? [actorId] : [],
    ),
  );
  const paid = row.payments.filter(({ status }) => status === "succeeded");
  return {
    booking: toDeskBooking({ ...row, payments: paid }, clock),
    nights: row.nights.map(({ night, priceFen }) => ({ night: fromDbDate(night), priceFen: fen(priceFen) })),
    roomTotalFen: fen(row.roomTotalFen),
    mealTotalFen: fen(row.mealTotalFen),
    timeline: timelineOf(row, staff),
  };
}

/** Sorted by time; what happened in one moment stays in the order of cause and effect. */
function timelineOf(row: Row, staff: Map<number, string>): Entry[] {
  const entries: Entry[] = [
    ...row.payments.flatMap((payment) => [
      money("payment", payment.createdAt, "open", payment.amountFen, "guest"),
      ...(payment.paidAt ? [money("payment", payment.paidAt, "succeeded", payment.amountFen, "wechat")] : []),
      ...(payment.status === "closed"
        ? [money("payment", payment.updatedAt, "closed", payment.amountFen, "system")]
        : []),
    ]),
    ...row.transitions.map(
      ({ at, to, actorKind, actorId, reason }): Entry => ({
        at,
        kind: "transition",
        what: to,
        amountFen: null,
        actorKind,
        actorName:
          actorKind === "guest" ? row.user.nickname : (staff.get(actorId === null ? 0 : idOf(actorId)) ?? ""),
        reason,
      }),
    ),
    ...row.refunds.flatMap(({ status, amountFen, reason, requestedAt, acceptedAt, finishedAt }) => [
      money("refund", requestedAt, "requested", amountFen, "system", reason),
      ...(acceptedAt ? [money("refund", acceptedAt, "accepted", amountFen, "wechat", reason)] : []),
      ...(finishedAt ? [money("refund", finishedAt, status, amountFen, "wechat", reason)] : []),
    ]),
    ...row.messages.map(
      ({ kind, status, sentAt, createdAt }): Entry => ({
        at: sentAt ?? createdAt,
        kind: "message",
        what: status,
        amountFen: null,
        actorKind: "system",
        actorName: "",
        reason: kind,
      }),
    ),
  ];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
}

function money(
  kind: "payment" | "refund",
  at: Date,
  what: string,
  amountFen: number,
  actorKind: Entry["actorKind"],
  reason = "",
): Entry {
  return { at, kind, what, amountFen: fen(amountFen), actorKind, actorName: "", reason };
}
