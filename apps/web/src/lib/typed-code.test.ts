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

test("a scanned text keeps its case, dashes and dots", () => {
  const jws = "eyJhbGciOiJFZERTQSJ9.eyJub19fIjoiSFNPLV8ifQ.c2ln-_LmF0";
  expect(readTyped(` ${jws}\n`)).toEqual({ kind: "scan", text: jws });
});

test("the first characters of a scan are not yet taken for one", () => {
  expect(readTyped("eyJhbG")).toMatchObject({ kind: "code", isComplete: false });
});
