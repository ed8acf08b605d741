import type { CaseKind, Prisma, Tx } from "@looklook/db";
import type { Deps } from "../shared";

/** Puts something before an operator, once for each kind and subject. `detail` holds no personal data. */
export async function openCase(
  tx: Tx,
  { clock }: Pick<Deps, "clock">,
  entry: { kind: CaseKind; subject: string; amountFen: number; detail: Prisma.InputJsonObject },
): Promise<void> {
  await tx.operatorCase.createMany({
    data: [{ ...entry, openedAt: clock.now() }],
    skipDuplicates: true,
  });
}

/** Ends the cases about `subject` that have mended themselves. */
export async function resolveCases(
  tx: Tx,
  { clock }: Pick<Deps, "clock">,
  kinds: CaseKind[],
  subject: string,
): Promise<void> {
  await tx.operatorCase.updateMany({
    where: { kind: { in: kinds }, subject, status: "open" },
    data: { status: "resolved", resolvedAt: clock.now() },
  });
}
