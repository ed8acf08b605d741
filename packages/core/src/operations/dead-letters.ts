import {
  EventEnvelope,
  type FindDeadLettersInput,
  type FindDeadLettersOutput,
  type ReplayDeadLetterInput,
} from "@looklook/contracts";
import type { z } from "zod";
import { type Actor, AppError, actorColumns, type Deps, idOf, replayEvent } from "../shared";

/** Events that a subscriber gave up on, newest first. Their bodies stay in the database. */
export async function findDeadLetters(
  { db }: Pick<Deps, "db">,
  { cursor, limit }: z.infer<typeof FindDeadLettersInput>,
): Promise<z.infer<typeof FindDeadLettersOutput>> {
  const rows = await db.deadLetter.findMany({
    where: { id: cursor === null ? undefined : { lt: cursor } },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: {
      id: true,
      subscriber: true,
      key: true,
      body: true,
      error: true,
      attempts: true,
      createdAt: true,
      replayedAt: true,
    },
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    letters: page.map(({ body, ...row }) => ({ ...row, id: idOf(row.id), eventType: eventTypeOf(body) })),
    nextCursor: rows.length > limit && last ? idOf(last.id) : null,
  };
}

/**
 * Gives a dead letter to its subscriber again, under its own id; other subscribers know that id and ignore it.
 * @throws AppError DEAD_LETTER_NOT_FOUND, also for a letter that nobody can read: there is no event in it to replay
 */
export async function replayDeadLetter(
  { db, clock }: Pick<Deps, "db" | "clock">,
  input: z.infer<typeof ReplayDeadLetterInput> & { actor: Actor },
): Promise<{ ok: true }> {
  await db.$transaction(async (tx) => {
    const letter = await tx.deadLetter.findUnique({
      where: { id: input.id },
      select: { subscriber: true, eventId: true },
    });
    if (!letter?.eventId) throw new AppError("DEAD_LETTER_NOT_FOUND");
    const { subscriber, eventId } = letter;
    const isReplayed = await replayEvent(tx, clock, { subscriber, eventId });
    if (!isReplayed) throw new AppError("DEAD_LETTER_NOT_FOUND");
    await tx.audit.create({
      data: {
        at: clock.now(),
        consoleUserId: actorColumns(input.actor).actorId,
        action: "dead-letter.replayed",
        subject: `dead_letter:${input.id}`,
        detail: { subscriber, eventId },
      },
      select: { id: true },
    });
  });
  return { ok: true };
}

function eventTypeOf(body: string): string | null {
  try {
    return EventEnvelope.shape.type.parse((JSON.parse(body) as { type?: unknown }).type);
  } catch {
    return null;
  }
}
