declare const fenBrand: unique symbol;
/** Integer fen, safe in a JavaScript number. */
export type Fen = number & { [fenBrand]?: true };

/** @throws RangeError when the amount is not a whole, safe number of fen */
export function fen(amount: number | bigint): Fen {
  const value = Number(amount);
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole amount of fen: ${amount}`);
  return value;
}

/** What a person in a Chinese message reads: `1280.00`. */
export function yuanText(amountFen: Fen): string {
  const sign = amountFen < 0 ? "-" : "";
  const abs = Math.abs(amountFen);
  return `${sign}${Math.trunc(abs / 100)}.${String(abs % 100).padStart(2, "0")}`;
}
