import { consoleSessionCookie } from "@looklook/contracts";
import { expect, test } from "vitest";
import { dayOfSeconds, secondsOfDay } from "./bridge/dictionary";
import { goJson } from "./bridge/go-json";
import { cleanPath } from "./bridge/handler";
import { consoleTokenOf } from "./console-caller";
import { callerAddress } from "./http";

test.each([
  ["10.0.0.1", undefined, 0, "10.0.0.1"],
  ["10.0.0.1", "6.6.6.6", 0, "10.0.0.1"],
  ["10.0.0.1", "6.6.6.6, 1.2.3.4", 1, "1.2.3.4"],
  ["10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2", 2, "1.2.3.4"],
  ["10.0.0.1", "1.2.3.4", 5, "1.2.3.4"],
  ["10.0.0.1", undefined, 1, "10.0.0.1"],
  [undefined, undefined, 0, ""],
])(
  "of %s with X-Forwarded-For %s behind %i proxies the caller is %j",
  (remote, forwarded, trusted, caller) => {
    expect(callerAddress(remote, forwarded, trusted)).toBe(caller);
  },
);

test.each([
  ["/a/b/", "/a/b"],
  ["//a///b", "/a/b"],
  ["/a/./b/../c?x=/../", "/a/c"],
  ["/../a", "/a"],
  ["/", "/"],
])("path %s is %s", (path, clean) => {
  expect(cleanPath(path)).toBe(clean);
});

test("JSON is written as Go writes it", () => {
  expect(goJson({ a: "<b>&\u2028\u2029", 湖: 1.5, n: null })).toBe(
    '{"a":"\\u003cb\\u003e\\u0026\\u2028\\u2029","湖":1.5,"n":null}',
  );
});

test.each([
  ["2026-05-04T00:00:00+08:00", "2026-05-04"],
  ["2026-05-03T23:59:59+08:00", "2026-05-03"],
  ["2028-02-29T12:00:00+08:00", "2028-02-29"],
])("%s is the day %s, wherever the process runs", (instant, day) => {
  expect(dayOfSeconds(Math.floor(new Date(instant).getTime() / 1_000))).toBe(day);
  expect(secondsOfDay(day)).toBe(new Date(`${day}T00:00:00+08:00`).getTime() / 1_000);
});

test.each([
  [Number.MAX_SAFE_INTEGER, "9999-12-31"],
  [-1, "1970-01-01"],
])("seconds that no calendar holds, %d, are its last or first day", (seconds, day) => {
  expect(dayOfSeconds(seconds)).toBe(day);
});

test.each([
  [undefined, null],
  ["", null],
  ["a=b", null],
  [`${consoleSessionCookie.http}=x`, "x"],
  [`a=b; ${consoleSessionCookie.http}=x==; c=d`, "x=="],
  [`${consoleSessionCookie.http}=planted; ${consoleSessionCookie.https}=ours`, "ours"],
])("cookies %j carry the token %j", (header, token) => {
  expect(consoleTokenOf(header)).toBe(token);
});
