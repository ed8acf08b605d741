import { z } from "zod";
import { limits } from "./limits";

/** A row's id: a bigint in the table, a safe integer everywhere else. */
export const Id = z.int().positive();
/** YYYY-MM-DD in the listing's time zone. */
export const StayDate = z.iso.date();
/** Integer fen. */
export const Fen = z.int();
/** Words of a person: PostgreSQL keeps every character but NUL, which nobody types. */
export const Text = z.string().refine((text) => !text.includes("\u0000"), "holds a NUL character");
export const BookingNo = z.string().regex(/^HSO\d{22}$/);
/** Made by the caller once for each intent; a repeat with the same one gets the first answer. */
export const RequestId = z
  .string()
  .min(8)
  .max(64)
  .regex(/^[\w-]+$/);
export const IdempotencyKey = z
  .string()
  .min(8)
  .max(128)
  .regex(/^[\w:.-]+$/);

/** A page that goes on below `cursor` (exclusive), newest first; null starts at the top. */
export const CursorPage = {
  cursor: Id.nullable().default(null),
  limit: z.int().min(1).max(limits.pageSizeMax).default(20),
};
export const NextCursor = Id.nullable();

/** The legacy way of paging; `pageSize` 0 is an empty page, negative or huge ones are capped. */
export const LegacyPage = {
  lastId: z.int().default(0),
  pageSize: z.int().default(20),
};

/** The input of a procedure that takes none. */
export const Nothing = z.strictObject({}).optional();

export const Done = z.strictObject({ ok: z.literal(true) });
