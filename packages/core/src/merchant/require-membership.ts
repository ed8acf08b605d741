import type { MembershipRole } from "@looklook/contracts";
import { AppError, type Deps, idOf } from "../shared";

/**
 * The merchant behind a slug and this person's role there.
 * @throws AppError MERCHANT_NOT_FOUND, for a merchant they do not belong to as for one that does not exist
 */
export async function requireMembership(
  { db }: Pick<Deps, "db">,
  consoleUserId: number,
  slug: string,
): Promise<{ merchant: { id: number; slug: string; name: string }; role: MembershipRole }> {
  const membership = await db.membership.findFirst({
    where: { consoleUserId, merchant: { slug } },
    select: { role: true, merchant: { select: { id: true, slug: true, name: true } } },
  });
  if (!membership) throw new AppError("MERCHANT_NOT_FOUND");
  const { merchant, role } = membership;
  return { merchant: { ...merchant, id: idOf(merchant.id) }, role };
}
