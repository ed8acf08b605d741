import { expect, test } from "vitest";
import { fitsField } from "./subscribe-fields";

const cases: [string, string, boolean, string][] = [
  ["thing1", "房".repeat(20), true, "20 characters"],
  ["thing1", "房".repeat(21), false, "21 characters"],
  ["thing1", "🏡".repeat(20), true, "characters, not UTF-16 units"],
  ["thing1", "", false, "nothing"],
  ["character_string6", "HSO2026050110000012345678", true, "digits and letters"],
  ["character_string6", "A".repeat(33), false, "33 characters"],
  ["character_string6", "订单1", false, "not ASCII"],
  ["amount2", "299.00", true, "two decimals"],
  ["amount2", "¥299.00元", true, "symbol and unit"],
  ["amount2", "299.001", false, "three decimals"],
  ["amount2", "12345678901", false, "eleven digits"],
  ["time4", "2026-05-01", true, "a day as the legacy system writes it"],
  ["time4", "2026年5月1日 15:01", true, "a day and a time"],
  ["time4", "15:01", true, "a time"],
  ["time4", "2026-05-01 15:00~2026-05-03 12:00", true, "a span"],
  ["time4", "tomorrow", false, "a word"],
  ["date2", "2026-05-01", true, "a day"],
  ["date2", "2026年5月1日", true, "a day in Chinese"],
  ["date2", "15:01", false, "a date needs a day"],
  ["name1", "王小明", true, "a name"],
  ["name1", "王".repeat(11), false, "11 characters"],
  ["name1", "Wang Xiaoming", true, "Latin letters"],
  ["name1", "王2", false, "a digit"],
  ["phrase1", "待入住", true, "a phrase"],
  ["phrase1", "已经可以入住", false, "six characters"],
  ["number1", "3.5", true, "a number"],
  ["number1", "three", false, "a word"],
  ["letter1", "abcXYZ", true, "letters"],
  ["letter1", "abc1", false, "a digit"],
  ["symbol1", "!@#", true, "symbols"],
  ["symbol1", "a", false, "a letter"],
  ["phone_number1", "+86-0766-66888866", true, "17 characters"],
  ["phone_number1", "13800001111x", false, "a letter"],
  ["car_number1", "粤A8Z888挂", true, "a plate"],
  ["colour1", "red", false, "a kind that WeChat does not have"],
  ["thing", "a", false, "a key without its number"],
];

test.each(cases)("%s %s: %s (%s)", (key, text, fits) => {
  expect(fitsField(key, text)).toBe(fits);
});
