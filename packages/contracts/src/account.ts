import { z } from "zod";
import { Id, Text } from "./common";

export const Mobile = z.string().regex(/^1\d{10}$/);
export const NewPassword = z.string().min(8).max(128);

/** A guest's bearer token; both times are absolute unix seconds. */
export const GuestToken = z.strictObject({
  accessToken: z.string(),
  accessExpire: z.int(),
  refreshAfter: z.int(),
});
export type GuestToken = z.infer<typeof GuestToken>;

export const RegisterInput = z.strictObject({ mobile: Mobile, password: NewPassword });
export const LoginInput = z.strictObject({ mobile: z.string().max(32), password: z.string().max(128) });
/**
 * `code` from wx.login. The number comes from `phoneCode` (the button's newer code) or from `encryptedData` and `iv`
 * under the session key; without either only a guest whose openid is known gets in.
 */
export const WechatLoginInput = z.strictObject({
  code: z.string().min(1).max(128),
  encryptedData: z.string().max(4096).default(""),
  iv: z.string().max(64).default(""),
  phoneCode: z.string().max(256).default(""),
});

export const GuestProfile = z.strictObject({
  id: Id,
  /** In full: only its owner ever gets this object. */
  mobile: z.string(),
  nickname: z.string(),
  /** 0 male, 1 female. */
  sex: z.int(),
  avatar: z.string(),
  info: z.string(),
});
export type GuestProfile = z.infer<typeof GuestProfile>;

export const UpdateProfileInput = z.strictObject({
  nickname: Text.min(1).max(64).optional(),
  sex: z.int().min(0).max(1).optional(),
  avatar: z.union([z.literal(""), z.url({ protocol: /^https?$/ }).max(512)]).optional(),
  info: Text.max(255).optional(),
});

export const membershipRoles = ["owner", "manager", "front_desk", "finance"] as const;
export const MembershipRole = z.enum(membershipRoles);
export type MembershipRole = z.infer<typeof MembershipRole>;

export const SignInInput = z.strictObject({
  email: z.email().max(254),
  password: z.string().min(1).max(128),
  userAgent: Text.max(256).default(""),
});
/** `token` is handed out once; only its hash is stored. */
export const SignInOutput = z.strictObject({
  token: z.string(),
  expiresAt: z.date(),
  user: z.strictObject({ id: Id, name: z.string(), email: z.string() }),
});

export const ConsoleMembership = z.strictObject({
  merchantId: Id,
  slug: z.string(),
  name: z.string(),
  nameEn: z.string(),
  role: MembershipRole,
});
export const ConsoleIdentity = z.strictObject({
  id: Id,
  name: z.string(),
  email: z.string(),
  isOperator: z.boolean(),
  sessionId: Id,
  memberships: z.array(ConsoleMembership),
});
export type ConsoleIdentity = z.infer<typeof ConsoleIdentity>;

export const ConsoleSessionRow = z.strictObject({
  id: Id,
  userAgent: z.string(),
  createdAt: z.date(),
  lastSeenAt: z.date(),
  isCurrent: z.boolean(),
});
export const RevokeSessionInput = z.strictObject({ sessionId: Id });

/**
 * The cookie that carries a console session's opaque token: `__Host-` where the console's public address is https, a
 * plain name on http loopback, where browsers refuse the prefix.
 */
export const consoleSessionCookie = {
  https: "__Host-looklook.session-token",
  http: "looklook.session-token",
} as const;
