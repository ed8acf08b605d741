import type { GuestToken, LoginInput } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, takePoint } from "../shared";
import { issueToken } from "./guest";

/**
 * A token for number and password. The two refusals differ because the legacy mini-program shows them differently
 * (`register` tells who exists anyway); they take the same time.
 * @throws AppError USER_NOT_FOUND | WRONG_PASSWORD | RATE_LIMITED
 */
export async function logInGuest(
  deps: Pick<Deps, "db" | "clock" | "limiter" | "passwords" | "personalData" | "guestTokens">,
  input: z.infer<typeof LoginInput> & { ip: string },
): Promise<GuestToken> {
  await takePoint(deps, "login", `${input.ip}:${input.mobile}`);
  const user = await deps.db.user.findUnique({
    where: { mobileHmac: Uint8Array.from(deps.personalData.blindIndex(input.mobile)) },
    select: { id: true, passwordHash: true, tokensNotBefore: true },
  });
  const matches = await deps.passwords.verify(user?.passwordHash ?? null, input.password);
  if (!user) throw new AppError("USER_NOT_FOUND");
  if (!matches) throw new AppError("WRONG_PASSWORD");
  return issueToken(deps, user);
}
