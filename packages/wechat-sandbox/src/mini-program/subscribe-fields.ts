/**
 * What each kind of template field may hold; the kind is the key without its number (`thing1` → thing).
 * Source: 小程序订阅消息, "参数值内容限制说明".
 */
const DAY = String.raw`(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[-/]\d{1,2}[-/]\d{1,2})`;
const CLOCK = String.raw`\d{1,2}:\d{2}(?::\d{2})?`;
const INSTANT = `(?:${DAY}(?: ?${CLOCK})?|${CLOCK})`;
const TIME = new RegExp(`^${INSTANT}(?:~${INSTANT})?$`);
const DATE = new RegExp(`^${DAY}(?: ?${CLOCK})?(?:~${DAY}(?: ?${CLOCK})?)?$`);

const length = (text: string) => [...text].length;

const FIELD: Record<string, (text: string) => boolean> = {
  thing: (text) => length(text) <= 20,
  number: (text) => /^\d+(\.\d+)?$/.test(text) && text.length <= 32,
  letter: (text) => /^[A-Za-z]{1,32}$/.test(text),
  symbol: (text) => length(text) <= 5 && !/[\p{L}\p{N}]/u.test(text),
  character_string: (text) => /^[\x20-\x7e]{1,32}$/.test(text),
  time: (text) => TIME.test(text),
  date: (text) => DATE.test(text),
  amount: (text) => /^[¥￥$€£]?\d{1,10}(\.\d{1,2})?元?$/.test(text),
  phone_number: (text) => /^[\d+()\- ]{1,17}$/.test(text),
  car_number: (text) => length(text) <= 8,
  name: (text) => length(text) <= (/^[\x20-\x7e]+$/.test(text) ? 20 : 10) && !/\d/.test(text),
  phrase: (text) => /^\p{Script=Han}{1,5}$/u.test(text),
};

/** Whether `text` may stand in the template field `key`, e.g. `thing1`. An unknown kind is refused. */
export function fitsField(key: string, text: string): boolean {
  const kind = /^([a-z_]+?)\d+$/.exec(key)?.[1] ?? "";
  return text !== "" && (FIELD[kind]?.(text) ?? false);
}
