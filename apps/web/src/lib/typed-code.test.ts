import { expect, test } from "vitest";
import { readTyped } from "./typed-code";

const complete = (text: string) => ({ kind: "code", text, isComplete: true });

test.each([
  ["as it is printed", "K7QM4T9X", "K7QM4T9X"],
  ["in groups", "K7QM 4T9X", "K7QM4T9X"],
  ["with a dash, in lower case", "k7qm-4t9x", "K7QM4T9X"],
  ["with look-alikes", "oil0OIL1", "01100111"],
  ["with a full-width space and a line end", "K7QM\u30004T9X\n", "K7QM4T9X"],
  ["with more than a code is long", "K7QM4T9XYZ", "K7QM4T9X"],
])("a code typed %s is read", (_reason, raw, text) => {
  expect(readTyped(raw)).toEqual(complete(text));
});

test("a part of a code is not complete", () => {
  expect(readTyped("K7Q")).toEqual({ kind: "code", text: "K7Q", isComplete: false });
});

test("a scanned text keeps its case, dashes and dots, and is whole with its signature", () => {
  const jws = `eyJhbGciOiJFZERTQSJ9.eyJub19fIjoiSFNPLV8ifQ.${"c2ln-_LmF0".repeat(9).slice(0, 86)}`;
  expect(readTyped(` ${jws}\n`)).toEqual({ kind: "scan", text: jws, isComplete: true });
  // However slowly it comes, no part of it passes for a whole one: each wrong code counts against the desk.
  for (let length = 1; length < jws.length; length += 1)
    expect(readTyped(jws.slice(0, length)).isComplete, `${length} characters`).toBe(false);
});
