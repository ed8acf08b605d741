import { z } from "zod";
import { limits } from "./limits";

/**
 * Every job, once: producer and worker read this. Payloads carry numbers that mean nothing outside our database,
 * never a person's data: bull-board shows them raw. Names are `noun.verb`; BullMQ refuses `:` in them.
 */
export interface JobDefinition {
  schema: z.ZodType;
  queue: QueueName;
  /** Tries in all, and the first pause between them; the pause doubles. */
  attempts: number;
  backoffMs: number;
}

export const queueNames = ["booking", "payment", "message", "maintenance"] as const;
export type QueueName = (typeof queueNames)[number];

const BookingRef = z.strictObject({ bookingNo: z.string() });
const PaymentRef = z.strictObject({ paymentNo: z.string() });
const RefundRef = z.strictObject({ refundNo: z.string() });
const Nothing = z.strictObject({});

export const jobs = {
  "booking.close-unpaid": { schema: BookingRef, queue: "booking", attempts: 10, backoffMs: 2_000 },
  "booking.sweep-unpaid": { schema: Nothing, queue: "booking", attempts: 1, backoffMs: 1_000 },
  "guest.notify-paid": { schema: BookingRef, queue: "message", attempts: 10, backoffMs: 2_000 },
  "guest.sweep-messages": { schema: Nothing, queue: "message", attempts: 1, backoffMs: 1_000 },
  "payment.sync": { schema: PaymentRef, queue: "payment", attempts: 5, backoffMs: 2_000 },
  "payment.sweep": { schema: Nothing, queue: "payment", attempts: 1, backoffMs: 1_000 },
  "refund.submit": { schema: RefundRef, queue: "payment", attempts: 10, backoffMs: 5_000 },
  "refund.sync": { schema: RefundRef, queue: "payment", attempts: 5, backoffMs: 5_000 },
  "refund.sweep": { schema: Nothing, queue: "payment", attempts: 1, backoffMs: 1_000 },
  "fulfilment.upload": { schema: BookingRef, queue: "message", attempts: 10, backoffMs: 5_000 },
  "fulfilment.sweep": { schema: Nothing, queue: "message", attempts: 1, backoffMs: 1_000 },
  "inventory.extend": { schema: Nothing, queue: "maintenance", attempts: 3, backoffMs: 60_000 },
  "maintenance.purge": { schema: Nothing, queue: "maintenance", attempts: 3, backoffMs: 60_000 },
} as const satisfies Record<string, JobDefinition>;

export type JobName = keyof typeof jobs;
export type JobData<N extends JobName> = z.infer<(typeof jobs)[N]["schema"]>;

/** Recurring jobs. A scheduler is upserted by its job's name, so any number of workers has one schedule. */
export const schedules = {
  "booking.sweep-unpaid": { everyMs: limits.sweepEveryMs },
  "guest.sweep-messages": { everyMs: limits.sweepEveryMs },
  "payment.sweep": { everyMs: limits.sweepEveryMs },
  "refund.sweep": { everyMs: limits.sweepEveryMs },
  "fulfilment.sweep": { everyMs: limits.sweepEveryMs },
  "inventory.extend": { cron: "10 3 * * *", timeZone: "Asia/Shanghai" },
  "maintenance.purge": { cron: "40 3 * * *", timeZone: "Asia/Shanghai" },
} as const satisfies Partial<Record<JobName, { everyMs: number } | { cron: string; timeZone: string }>>;
