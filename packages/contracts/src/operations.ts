import { z } from "zod";
import { CursorPage, Fen, Id, NextCursor } from "./common";

export const DeadLetterView = z.strictObject({
  id: Id,
  subscriber: z.string(),
  key: z.string(),
  eventType: z.string().nullable(),
  error: z.string(),
  attempts: z.int(),
  createdAt: z.date(),
  replayedAt: z.date().nullable(),
});
export const FindDeadLettersInput = z.strictObject(CursorPage);
export const FindDeadLettersOutput = z.strictObject({
  letters: z.array(DeadLetterView),
  nextCursor: NextCursor,
});
export const ReplayDeadLetterInput = z.strictObject({ id: Id });

export const OperatorCaseView = z.strictObject({
  id: Id,
  kind: z.enum(["payment_mismatch", "payment_unknown", "refund_abnormal"]),
  subject: z.string(),
  amountFen: Fen,
  status: z.enum(["open", "resolved"]),
  openedAt: z.date(),
});
export const FindCasesInput = z.strictObject(CursorPage);
export const FindCasesOutput = z.strictObject({ cases: z.array(OperatorCaseView), nextCursor: NextCursor });
