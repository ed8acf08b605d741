/** A failure that a person can act on: its message is shown alone, without a stack. */
export class PlainError extends Error {
  override name = "PlainError";
}

/** Work was given up because everything is being stopped; nobody needs to hear of it. */
export class Stopped extends PlainError {}

/** What to print for any failure: the sentence of a PlainError, otherwise everything there is. */
export function explain(error: unknown): string {
  if (error instanceof PlainError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
