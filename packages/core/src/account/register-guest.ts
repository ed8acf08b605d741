import type { GuestToken, RegisterInput } from "@looklook/contracts";
import { sqlStateOf } from "@looklook/db";
import type { z } from "zod";
import { AppError, type Deps, randomDigits, takePoint } from "../shared";
import { insertGuest, issueToken } from "./guest";
import { isCommonPassword } from "./weak-passwords";

/**
 * Opens an account for a number that nobody has proven: it sees no check-in codes until WeChat vouches for the number.
 * @throws AppError USER_ALREADY_REGISTERED | WEAK_PASSWORD | RATE_LIMITED
 */
export async function registerGuest(
  deps: Pick<Deps, "db" | "clock" | "random" | "limiter" | "passwords" | "personalData" | "guestTokens">,
  input: z.infer<typeof RegisterInput> & { ip: string },
): Promise<GuestToken> {
  await takePoint(deps, "register", `${input.ip}:${input.mobile}`);
  if (isCommonPassword(input.password) || input.password.includes(input.mobile))
    throw new AppError("WEAK_PASSWORD");
  const passwordHash = await deps.passwords.hash(input.password);
  try {
    const user = await deps.db.$transaction((tx) =>
      insertGuest(tx, deps, {
        mobile: input.mobile,
        // The legacy system draws eight characters for somebody who gives no name.
        nickname: `LookLook${randomDigits(deps.random, 8)}`,
        passwordHash,
      }),
    );
    return await issueToken(deps, user);
  } catch (error) {
    // Two at once: the unique key on the number says who was first.
    if (sqlStateOf(error) === "23505") throw new AppError("USER_ALREADY_REGISTERED");
    throw error;
  }
}
