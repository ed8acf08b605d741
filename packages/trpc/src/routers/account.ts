import {
  ConsoleIdentity,
  ConsoleSessionRow,
  Done,
  GuestProfile,
  GuestToken,
  LoginInput,
  Nothing,
  RegisterInput,
  RevokeSessionInput,
  SignInInput,
  SignInOutput,
  UpdateProfileInput,
  WechatLoginInput,
} from "@looklook/contracts";
import {
  findConsoleSessions,
  getProfile,
  logInGuest,
  logInWithWechat,
  logOutGuest,
  refreshGuestToken,
  registerGuest,
  revokeConsoleSession,
  signIn,
  signOut,
  updateProfile,
} from "@looklook/core";
import { z } from "zod";
import {
  consoleProcedure,
  describe,
  guestProcedure,
  maybeGuestProcedure,
  publicProcedure,
  router,
} from "../procedures";

export const accountRouter = router({
  register: publicProcedure
    .meta(describe("account.register", "A guest account with a mobile number and a password"))
    .input(RegisterInput)
    .output(GuestToken)
    .mutation(({ ctx, input }) => registerGuest(ctx, { ...input, ip: ctx.ip })),

  login: publicProcedure
    .meta(describe("account.login", "A guest's token for mobile number and password"))
    .input(LoginInput)
    .output(GuestToken)
    .mutation(({ ctx, input }) => logInGuest(ctx, { ...input, ip: ctx.ip })),

  loginWithWechat: maybeGuestProcedure
    .meta(
      describe("account.loginWithWechat", "A guest's token for a WeChat login; with a token sent it binds"),
    )
    .input(WechatLoginInput)
    .output(GuestToken)
    .mutation(({ ctx, input }) => logInWithWechat(ctx, { ...input, userId: ctx.userId, ip: ctx.ip })),

  me: guestProcedure
    .meta(describe("account.me", "The guest's own profile"))
    .input(Nothing)
    .output(GuestProfile)
    .query(({ ctx }) => getProfile(ctx, { userId: ctx.userId })),

  updateProfile: guestProcedure
    .meta(describe("account.updateProfile", "Changes what is sent, leaves the rest"))
    .input(UpdateProfileInput)
    .output(GuestProfile)
    .mutation(({ ctx, input }) => updateProfile(ctx, { ...input, userId: ctx.userId })),

  refresh: guestProcedure
    .meta(describe("account.refresh", "A fresh token for one that is still good"))
    .input(Nothing)
    .output(GuestToken)
    .mutation(({ ctx }) => refreshGuestToken(ctx, { userId: ctx.userId })),

  logout: guestProcedure
    .meta(describe("account.logout", "Ends this token"))
    .input(Nothing)
    .output(Done)
    .mutation(({ ctx }) => logOutGuest(ctx, { userId: ctx.userId, jti: ctx.jti })),

  signIn: publicProcedure
    .meta(describe("account.signIn", "Opens a console session; its token is handed out this once"))
    .input(SignInInput)
    .output(SignInOutput)
    .mutation(({ ctx, input }) => signIn(ctx, { ...input, ip: ctx.ip })),

  signOut: consoleProcedure
    .meta(describe("account.signOut", "Ends this console session"))
    .input(Nothing)
    .output(Done)
    .mutation(({ ctx }) => signOut(ctx, { sessionId: ctx.identity.sessionId })),

  identity: consoleProcedure
    .meta(describe("account.identity", "Who is signed in to the console, and where they belong"))
    .input(Nothing)
    .output(ConsoleIdentity)
    .query(({ ctx }) => ctx.identity),

  sessions: consoleProcedure
    .meta(describe("account.sessions", "The person's own console sessions"))
    .input(Nothing)
    .output(z.strictObject({ sessions: z.array(ConsoleSessionRow) }))
    .query(({ ctx }) =>
      findConsoleSessions(ctx, { consoleUserId: ctx.identity.id, sessionId: ctx.identity.sessionId }),
    ),

  revokeSession: consoleProcedure
    .meta(describe("account.revokeSession", "Ends one of the person's own console sessions"))
    .input(RevokeSessionInput)
    .output(Done)
    .mutation(({ ctx, input }) => revokeConsoleSession(ctx, { ...input, consoleUserId: ctx.identity.id })),
});
