import type { FindCasesInput, FindCasesOutput } from "@looklook/contracts";
import type { z } from "zod";
import { type Deps, fen, idOf } from "../shared";

/** What a person has to look at, newest first. */
export async function findCases(
  { db }: Pick<Deps, "db">,
  { cursor, limit }: z.infer<typeof FindCasesInput>,
): Promise<z.infer<typeof FindCasesOutput>> {
  const rows = await db.operatorCase.findMany({
    where: { id: cursor === null ? undefined : { lt: cursor } },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: { id: true, kind: true, subject: true, amountFen: true, status: true, openedAt: true },
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    cases: page.map((row) => ({ ...row, id: idOf(row.id), amountFen: fen(row.amountFen) })),
    nextCursor: rows.length > limit && last ? idOf(last.id) : null,
  };
}
