import { dictionary } from "@zxcvbn-ts/language-common";

/** The list is an attacker's first guesses; ASVS 5.0 6.2.4 wants at least the 3000 commonest refused, this has more. */
const common = new Set(dictionary.passwords);

/** Whether this is one of the passwords that everybody tries first. */
export function isCommonPassword(password: string): boolean {
  return common.has(password.toLowerCase());
}
