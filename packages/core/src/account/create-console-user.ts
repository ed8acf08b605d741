import type { MembershipRole } from "@looklook/contracts";
import { AppError, type Deps, idOf } from "../shared";
import { isCommonPassword } from "./weak-passwords";

/** Adds somebody who works in the console, with what they belong to. @throws AppError WEAK_PASSWORD */
export async function createConsoleUser(
  { db, clock, passwords }: Pick<Deps, "db" | "clock" | "passwords">,
  input: {
    email: string;
    password: string;
    name: string;
    isOperator?: boolean;
    memberships?: readonly { merchantId: number; role: MembershipRole }[];
  },
): Promise<{ id: number }> {
  if (input.password.length < 8 || isCommonPassword(input.password)) throw new AppError("WEAK_PASSWORD");
  const now = clock.now();
  const { id } = await db.consoleUser.create({
    data: {
      email: input.email.toLowerCase(),
      passwordHash: await passwords.hash(input.password),
      name: input.name,
      isOperator: input.isOperator ?? false,
      createdAt: now,
      memberships: {
        create: (input.memberships ?? []).map(({ merchantId, role }) => ({
          merchantId,
          role,
          createdAt: now,
        })),
      },
    },
    select: { id: true },
  });
  return { id: idOf(id) };
}
