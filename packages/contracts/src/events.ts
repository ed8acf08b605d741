import { z } from "zod";

/** Events of one booking arrive in order: the topic's key is the booking number. */
export const eventsTopic = "looklook-events";

/** What consumers of the legacy system read: the *booking* number and the legacy pay status. */
export const legacyPayStatusTopic = "payment-update-paystatus-topic";
export const LegacyPayStatus = z.strictObject({ payStatus: z.int(), orderSn: z.string() });

const bookingFacts = { bookingNo: z.string(), merchantId: z.int(), listingId: z.int() };

/** Payloads by event type and version. Numbers and states only: an event carries no personal data and no code. */
export const events = {
  "booking.created": z.strictObject({ ...bookingFacts, expiresAt: z.iso.datetime() }),
  "booking.confirmed": z.strictObject({ ...bookingFacts, paymentNo: z.string(), amountFen: z.int() }),
  "booking.cancelled": z.strictObject({ ...bookingFacts, reason: z.string(), wasPaid: z.boolean() }),
  "booking.checked_in": z.strictObject(bookingFacts),
  "booking.check_in_undone": z.strictObject(bookingFacts),
  "payment.succeeded": z.strictObject({ ...bookingFacts, paymentNo: z.string(), amountFen: z.int() }),
  "refund.requested": z.strictObject({
    ...bookingFacts,
    refundNo: z.string(),
    amountFen: z.int(),
    full: z.boolean(),
  }),
  "refund.succeeded": z.strictObject({
    ...bookingFacts,
    refundNo: z.string(),
    amountFen: z.int(),
    full: z.boolean(),
  }),
  "listing.changed": z.strictObject({ listingId: z.int(), merchantId: z.int() }),
  "merchant.changed": z.strictObject({ merchantId: z.int() }),
  "review.created": z.strictObject({ listingId: z.int(), merchantId: z.int(), reviewId: z.int() }),
} as const;

export type EventType = keyof typeof events;
export type EventPayload<T extends EventType = EventType> = z.infer<(typeof events)[T]>;

/** What travels on the bus. `id` is a UUID v7 and what subscribers deduplicate by; `key` orders. */
export const EventEnvelope = z.strictObject({
  id: z.uuid(),
  type: z.enum(Object.keys(events) as [EventType, ...EventType[]]),
  version: z.int(),
  key: z.string(),
  occurredAt: z.iso.datetime(),
  /** W3C trace context of the request or job that caused it. */
  traceparent: z.string().nullable(),
  payload: z.record(z.string(), z.unknown()),
});
export type EventEnvelope = z.infer<typeof EventEnvelope>;

/** Who listens. Each has its own consumer group, its own inbox rows and its own dead letters. */
export const subscribers = ["notification", "broadcast"] as const;
export type Subscriber = (typeof subscribers)[number];
