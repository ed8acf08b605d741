export { authenticateGuest } from "./authenticate-guest";
export {
  authenticateConsole,
  findConsoleSessions,
  revokeConsoleSession,
  signIn,
  signOut,
} from "./console-session";
export { createConsoleUser } from "./create-console-user";
export { insertGuest } from "./guest";
export { logOutGuest, refreshGuestToken } from "./guest-session";
export { createGuestTokens, type GuestClaims, type GuestTokens } from "./guest-tokens";
export { logInGuest } from "./log-in-guest";
export { logInWithWechat } from "./log-in-with-wechat";
export { createPasswords, type Passwords } from "./passwords";
export { createPersonalData, type PersonalData } from "./personal-data";
export { getProfile, updateProfile } from "./profile";
export { registerGuest } from "./register-guest";
