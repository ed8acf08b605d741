import { hash, type Options, verify } from "@node-rs/argon2";

/** argon2id. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes as long for a null hash, so that an unknown account cannot be told by the time. */
  verify(hash: string | null, password: string): Promise<boolean>;
}

/** OWASP's first choice for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
const cost: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function createPasswords(): Passwords {
  let nobodys: Promise<string> | undefined;
  return {
    hash: (password) => hash(password, cost),
    async verify(stored, password) {
      nobodys ??= hash("the password of nobody", cost);
      const matches = await verify(stored ?? (await nobodys), password);
      return stored !== null && matches;
    },
  };
}
