/**
 * A request's fields in declared order: int64, float64, string, bool; `?` may be missing (additions only: in the legacy
 * system every field is mandatory, and zero values count as given). `language?` is "en" or nothing: whatever else an
 * old client may send under that name is ignored, as the legacy system would.
 */
export type FieldKind = "int64" | "string" | "bool" | "int64?" | "string?" | "language?";
export type Fields = Record<string, FieldKind>;

type ValueOf<K extends FieldKind> = K extends "int64"
  ? number
  : K extends "string"
    ? string
    : K extends "bool"
      ? boolean
      : K extends "int64?"
        ? number | undefined
        : K extends "language?"
          ? "en" | undefined
          : string | undefined;
export type InputOf<F extends Fields> = { [N in keyof F]: ValueOf<F[N]> };

/** Why a body was refused, in go-zero's own words where it has them. */
export class FieldError extends Error {}

/**
 * Takes the declared fields out of a body, ignoring all others, as go-zero's mapping does: case-sensitive, numbers must
 * be JSON numbers, the first field in declared order that is wrong decides.
 * @throws FieldError
 */
export function readFields<F extends Fields>(fields: F, body: Record<string, unknown>): InputOf<F> {
  const input: Record<string, unknown> = {};
  for (const name in fields) {
    const kind = fields[name] as FieldKind;
    if (kind === "language?") {
      if (body[name] === "en") input[name] = "en";
      continue;
    }
    const isOptional = kind.endsWith("?");
    const goKind = isOptional ? kind.slice(0, -1) : kind;
    if (!Object.hasOwn(body, name)) {
      if (isOptional) continue;
      throw new FieldError(`field "${name}" is not set`);
    }
    const value = body[name];
    if (value === null) {
      if (isOptional) continue;
      throw new FieldError(`field "${name}" mustn't be nil`);
    }
    input[name] = goKind === "int64" ? readInt64(name, value) : readPlain(name, goKind, value);
  }
  return input as InputOf<F>;
}

function readInt64(name: string, value: unknown): number {
  if (typeof value !== "number") throw new FieldError(`type mismatch for field "${name}"`);
  if (!Number.isInteger(value)) throw new FieldError(`strconv.ParseInt: parsing "${value}": invalid syntax`);
  if (Math.abs(value) > 2 ** 63)
    throw new FieldError(`strconv.ParseInt: parsing "${value}": value out of range`);
  // Ids and seconds that JavaScript cannot tell apart exist nowhere: the edge of what it can stands for them.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
}

function readPlain(name: string, kind: string, value: unknown): string | boolean {
  const expected = kind === "bool" ? "boolean" : "string";
  if (typeof value === expected) return value as string | boolean;
  if (typeof value === "number")
    throw new FieldError(`type mismatch for field "${name}", expect "${kind}", actual "number"`);
  throw new FieldError(`type mismatch for field "${name}"`);
}
