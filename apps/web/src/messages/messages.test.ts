import { errorCodes } from "@looklook/contracts";
import { createTranslator } from "next-intl";
import { expect, test } from "vitest";
import en from "./en.json";
import zh from "./zh-CN.json";

/** `a.b.c` → text. */
function flatten(messages: object, prefix = ""): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  );
}

const inChinese = new Map(flatten(zh));
const inEnglish = new Map(flatten(en));

test("both languages say the same things", () => {
  expect([...inEnglish.keys()].sort()).toEqual([...inChinese.keys()].sort());
});

test("nothing is said with an empty text", () => {
  for (const messages of [inChinese, inEnglish])
    expect([...messages].filter(([, text]) => text.trim() === "")).toEqual([]);
});

test.each(errorCodes)("%s says what happened and what to do next, in both languages", (code) => {
  for (const messages of [inChinese, inEnglish])
    for (const part of ["what", "next"])
      expect(messages.get(`errors.${code}.${part}`)?.length).toBeGreaterThan(3);
});

test("no text is left for an error that does not exist", () => {
  expect(Object.keys(zh.errors).sort()).toEqual([...errorCodes].sort());
});

/** The names between braces; the texts of plural forms begin with `#`, a space or no letter. */
const valuesOf = (text: string) => [...new Set(text.match(/\{(\w+)/g))].sort();

test("both languages take the same values", () => {
  for (const [key, text] of inChinese)
    expect(valuesOf(inEnglish.get(key) ?? ""), key).toEqual(valuesOf(text));
});

test.each([
  ["zh-CN", zh, inChinese],
  ["en", en, inEnglish],
] as const)("every %s text is well formed", (locale, messages, texts) => {
  const t = createTranslator({
    locale,
    messages,
    onError: (error) => {
      throw error;
    },
  });
  for (const [key, text] of texts) {
    const values = Object.fromEntries(valuesOf(text).map((value) => [value.slice(1), 2]));
    expect(t(key as never, values as never), key).not.toMatch(/[{}]/);
  }
});

test("English texts hold no Chinese, and Chinese ones no bare English sentence", () => {
  expect([...inEnglish].filter(([, text]) => /[\u4e00-\u9fff]/.test(text))).toEqual([]);
  const exempt = new Set(["frame.brand"]);
  expect([...inChinese].filter(([key, text]) => !/[\u4e00-\u9fff]/.test(text) && !exempt.has(key))).toEqual(
    [],
  );
});
