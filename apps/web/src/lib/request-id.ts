/** A fresh id for one intent of a person; sending it again gets the first answer. `randomUUID` needs https, this does not. */
export function newRequestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
