import type { GuestProfile, UpdateProfileInput } from "@looklook/contracts";
import type { z } from "zod";
import { AppError, type Deps, idOf } from "../shared";

const profileColumns = {
  id: true,
  mobileSealed: true,
  nickname: true,
  sex: true,
  avatar: true,
  info: true,
} as const;

/** The guest's own profile, number in full. @throws AppError USER_NOT_FOUND */
export async function getProfile(
  deps: Pick<Deps, "db" | "personalData">,
  input: { userId: number },
): Promise<GuestProfile> {
  const row = await deps.db.user.findUnique({ where: { id: input.userId }, select: profileColumns });
  if (!row) throw new AppError("USER_NOT_FOUND");
  return toProfile(deps, row);
}

/** Changes what is sent and leaves the rest. @throws AppError USER_NOT_FOUND */
export async function updateProfile(
  deps: Pick<Deps, "db" | "clock" | "personalData">,
  { userId, ...changes }: z.infer<typeof UpdateProfileInput> & { userId: number },
): Promise<GuestProfile> {
  const { count } = await deps.db.user.updateMany({
    where: { id: userId },
    data: { ...changes, updatedAt: deps.clock.now() },
  });
  if (count === 0) throw new AppError("USER_NOT_FOUND");
  return getProfile(deps, { userId });
}

function toProfile(
  { personalData }: Pick<Deps, "personalData">,
  row: {
    id: bigint;
    mobileSealed: string | null;
    nickname: string;
    sex: number;
    avatar: string;
    info: string;
  },
): GuestProfile {
  const id = idOf(row.id);
  return {
    id,
    mobile:
      row.mobileSealed === null
        ? ""
        : personalData.open(row.mobileSealed, { table: "user", column: "mobile_sealed", id }),
    nickname: row.nickname,
    sex: row.sex,
    avatar: row.avatar,
    info: row.info,
  };
}
