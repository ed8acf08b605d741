/** argon2id. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes as long for a null hash, so that an unknown account cannot be told by the time. */
  verify(hash: string | null, password: string): Promise<boolean>;
}
