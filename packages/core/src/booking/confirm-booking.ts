import type { Tx } from "@looklook/db";
import { type Actor, type Deps, type Fen, recordEvent } from "../shared";
import type { Booking } from "./booking";
import { recordTransition } from "./record-transition";

/**
 * Confirms a booking that has just been paid, in the payment's own transaction: makes its check-in code, moves it
 * from pending_payment (or, with late money, from cancelled), tells `booking.confirmed`. The caller holds the lock
 * and, for late money, has taken the nights again. Answers the code, for nobody but its guest.
 */
export async function confirmBooking(
  tx: Tx,
  deps: Pick<Deps, "clock" | "random" | "traceparent" | "codes">,
  booking: Booking,
  paid: { paymentNo: string; amountFen: Fen; paidAt: Date },
  actor: Actor = { kind: "wechat" },
): Promise<string> {
  const { clock, codes } = deps;
  const now = clock.now();
  const code = await newCode(tx, codes, booking.merchantId);
  const { hmac, keyId } = codes.hmac(code);
  const { count } = await tx.booking.updateMany({
    where: { id: booking.id, status: booking.status },
    data: {
      status: "confirmed",
      codeHmac: new Uint8Array(hmac),
      codeHmacKeyId: keyId,
      codeSealed: codes.seal(code, booking.bookingNo),
      wasPaid: true,
      paidAt: paid.paidAt,
      confirmedAt: now,
      closingAt: null,
      cancelReason: null,
      cancelledAt: null,
      version: { increment: 1 },
      updatedAt: now,
    },
  });
  if (count === 0) throw new Error(`booking ${booking.bookingNo} was confirmed without its lock`);
  await recordTransition(tx, booking, "confirmed", actor, now);
  await recordEvent(tx, deps, "booking.confirmed", booking.bookingNo, {
    bookingNo: booking.bookingNo,
    merchantId: booking.merchantId,
    listingId: booking.listingId,
    paymentNo: paid.paymentNo,
    amountFen: paid.amountFen,
  });
  return code;
}

/** A code that no booking of this merchant has, under whichever pepper it was kept. The unique key has the last word. */
async function newCode(tx: Tx, codes: Deps["codes"], merchantId: number): Promise<string> {
  for (;;) {
    const code = codes.create();
    const taken = await tx.booking.findFirst({
      where: { merchantId, codeHmac: { in: codes.hmacs(code).map((hmac) => new Uint8Array(hmac)) } },
      select: { id: true },
    });
    if (!taken) return code;
  }
}
