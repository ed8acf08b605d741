import type { Prisma, Tx } from "@looklook/db";
import type { MessageFields } from "../payment/gateway";
import { type Deps, fen, fromDbDate, recordJob, sweepOver, yuanText } from "../shared";

export type MessageDeps = Pick<Deps, "db" | "clock" | "codes" | "miniProgram">;

/** WeChat's errcodes that no repeat can change (uniform subscribe message errors). */
const noGrant = 43101;
const badField = 47003;

/** A call to WeChat ends well before that; after a crash the message is sent again from then on. */
const leaseMs = 30_000;
const retryMs = { first: 2_000, most: 1_800_000 };
const attemptsMax = 20;

function retryAt(attempts: number, now: Date): Date {
  return new Date(now.getTime() + Math.min(retryMs.most, retryMs.first * 2 ** attempts));
}

/**
 * Intends the two messages that a paid booking sends: `paid`, and `stay_info` with the check-in code. Called in the
 * transaction that handles `booking.confirmed`; a booking that is confirmed again sends nothing twice.
 */
export async function intendPaidMessages(
  tx: Tx,
  deps: Pick<Deps, "clock" | "random" | "traceparent">,
  bookingNo: string,
): Promise<void> {
  const { id, userId } = await tx.booking.findUniqueOrThrow({
    where: { bookingNo },
    select: { id: true, userId: true },
  });
  const now = deps.clock.now();
  const { count } = await tx.guestMessage.createMany({
    data: (["paid", "stay_info"] as const).map((kind) => ({
      bookingId: id,
      userId,
      kind,
      nextTryAt: now,
      createdAt: now,
    })),
    skipDuplicates: true,
  });
  if (count > 0) await recordJob(tx, deps, "guest.notify-paid", bookingNo, { bookingNo });
}

/**
 * Sends a booking's messages that are due. `sending` stands in the row before WeChat is called, because WeChat has no
 * key for repeats: after a crash the message goes out again, so a guest may rarely get two, never none.
 * @throws GatewayError when WeChat could not say; the row keeps when to try again
 */
export async function sendDueMessages(
  deps: MessageDeps,
  { bookingNo }: { bookingNo: string },
): Promise<void> {
  const due = await deps.db.guestMessage.findMany({
    where: {
      booking: { bookingNo },
      status: { in: ["pending", "sending"] },
      nextTryAt: { lte: deps.clock.now() },
    },
    orderBy: { id: "asc" },
    select: messageColumns,
  });
  await sweepOver(due, (message) => send(deps, message), 1);
}

/** Sends whatever is due. @returns how many bookings had something */
export async function sweepMessages(deps: MessageDeps): Promise<number> {
  const due = await deps.db.guestMessage.findMany({
    where: { status: { in: ["pending", "sending"] }, nextTryAt: { lte: deps.clock.now() } },
    orderBy: { nextTryAt: "asc" },
    take: 200,
    select: { booking: { select: { bookingNo: true } } },
  });
  const bookingNos = [...new Set(due.map(({ booking }) => booking.bookingNo))];
  return sweepOver(bookingNos, (bookingNo) => sendDueMessages(deps, { bookingNo }));
}

const messageColumns = {
  id: true,
  kind: true,
  status: true,
  attempts: true,
  booking: {
    select: {
      bookingNo: true,
      title: true,
      totalFen: true,
      checkInDate: true,
      checkOutDate: true,
      status: true,
      codeSealed: true,
      user: {
        select: {
          mobileProvenAt: true,
          auths: { where: { authType: "wechat_mini" as const }, select: { authKey: true } },
        },
      },
    },
  },
} as const;

type DueMessage = Prisma.GuestMessageGetPayload<{ select: typeof messageColumns }>;

async function send({ db, clock, codes, miniProgram }: MessageDeps, message: DueMessage): Promise<void> {
  const now = clock.now();
  const { booking, kind } = message;
  const openid = booking.user.auths[0]?.authKey;
  const isGone = kind === "stay_info" && (!mayShowCode(booking) || booking.codeSealed === null);
  if (!openid || isGone || message.attempts >= attemptsMax) {
    await db.guestMessage.updateMany({
      where: { id: message.id, attempts: message.attempts, status: message.status },
      data: { status: "failed" },
    });
    return;
  }
  // Whoever writes `sending` for this attempt is the one who calls.
  const { count } = await db.guestMessage.updateMany({
    where: { id: message.id, attempts: message.attempts, status: message.status },
    data: { status: "sending", attempts: { increment: 1 }, nextTryAt: new Date(now.getTime() + leaseMs) },
  });
  if (count === 0) return;

  const code =
    kind === "stay_info" && booking.codeSealed ? codes.open(booking.codeSealed, booking.bookingNo) : "";
  let errorCode: number;
  try {
    errorCode = await miniProgram.sendSubscribeMessage({
      openid,
      template: kind,
      fields: fieldsOf(kind, booking, code),
    });
  } catch (error) {
    // It may have gone out: the row stays `sending`, so that a grant used up by it is understood as delivered.
    await note({ nextTryAt: retryAt(message.attempts, clock.now()) });
    throw error;
  }
  const mayHaveGoneOut = message.status === "sending";
  const sentAt = clock.now();
  if (errorCode === 0) await note({ status: "delivered", errorCode, sentAt });
  else if (errorCode === noGrant && mayHaveGoneOut) await note({ status: "delivered", errorCode, sentAt });
  else if (errorCode === noGrant || errorCode === badField) await note({ status: "refused", errorCode });
  else
    await note({
      status: mayHaveGoneOut ? "sending" : "pending",
      errorCode,
      nextTryAt: retryAt(message.attempts, sentAt),
    });

  async function note(data: Prisma.GuestMessageUpdateInput): Promise<void> {
    await db.guestMessage.update({ where: { id: message.id }, data, select: { id: true } });
  }
}

/** A code goes to a guest whose number is proven, for a stay that is still to be begun or under way. */
function mayShowCode(booking: DueMessage["booking"]): boolean {
  const isOn = booking.status === "confirmed" || booking.status === "checked_in";
  return isOn && booking.user.mobileProvenAt !== null;
}

/**
 * A message's fields under the names of the legacy templates (legacy system: paySuccessNotifyUser.go), within WeChat's
 * limits for each kind of field: `thing` 20 characters, `character_string` 32 of ASCII.
 */
export function fieldsOf(
  kind: "paid" | "stay_info",
  booking: { bookingNo: string; title: string; totalFen: number; checkInDate: Date; checkOutDate: Date },
  code: string,
): MessageFields {
  const [from, to] = [fromDbDate(booking.checkInDate), fromDbDate(booking.checkOutDate)];
  if (kind === "paid")
    return {
      character_string6: booking.bookingNo,
      thing1: thing(booking.title),
      amount2: yuanText(fen(booking.totalFen)),
      time4: from,
      time5: to,
    };
  return {
    date2: from,
    date3: to,
    character_string4: code,
    thing1: "请不要将验证码告知商家以外人员，以防上当",
  };
}

const thingLengthMax = 20;

/** Text cut to what a `thing` takes, whole characters only, with an ellipsis where something is missing. */
export function thing(text: string): string {
  const clean = text.replace(/\s+/g, " ").trim();
  if (clean.length <= thingLengthMax) return clean || "-";
  let cut = "";
  // WeChat counts UTF-16 units; half of a surrogate pair would be a bad field.
  for (const character of clean) {
    if (cut.length + character.length > thingLengthMax - 1) break;
    cut += character;
  }
  return `${cut}…`;
}
