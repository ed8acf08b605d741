import { type Day, weekdayOf } from "./calendar";

export type Language = "zh" | "en";

/** What a person reads for an amount in yuan; fen are shown where there are any. */
export function money(yuan: number): string {
  const fen = Math.round(yuan * 100);
  const whole = fen % 100 === 0;
  const text = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(Math.abs(fen) / 100);
  return `${fen < 0 ? "−" : ""}¥${text}`;
}

/** A price in the narrow cell of a calendar. */
export function shortMoney(yuan: number): string {
  return yuan >= 10_000 ? `${Math.round(yuan / 1_000) / 10}w` : String(Math.round(yuan));
}

const weekdays = {
  zh: ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
  en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
} as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

export function dayText(day: Day, language: Language, withWeekday = true): string {
  const [, month = 1, date = 1] = day.split("-").map(Number);
  const weekday = weekdays[language][weekdayOf(day)];
  if (language === "zh") return `${month}月${date}日${withWeekday ? ` ${weekday}` : ""}`;
  return `${withWeekday ? `${weekday} ` : ""}${date} ${months[month - 1]}`;
}

export function monthText(id: string, language: Language): string {
  const [year, month = 1] = id.split("-").map(Number);
  return language === "zh" ? `${year}年${month}月` : `${months[month - 1]} ${year}`;
}

export const weekdayLetters = {
  zh: ["日", "一", "二", "三", "四", "五", "六"],
  en: ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"],
} as const;

/** Local date and time of a unix second. */
export function instantText(seconds: number, language: Language): string {
  return new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Asia/Shanghai",
  }).format(new Date(seconds * 1_000));
}

/** Minutes and seconds until `untilSeconds`, never below zero; hours are counted as minutes. */
export function countdown(untilSeconds: number, nowMs: number): { isOver: boolean; text: string } {
  const left = Math.max(0, Math.ceil(untilSeconds - nowMs / 1_000));
  return {
    isOver: left === 0,
    text: `${String(Math.floor(left / 60)).padStart(2, "0")}:${String(left % 60).padStart(2, "0")}`,
  };
}

/** A check-in code as people read it out: `K7QM 4T9X`. */
export function codeText(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1 ");
}

/** `199 0000 1001`, for a number of eleven digits. */
export function mobileText(mobile: string): string {
  return mobile.replace(/^(\d{3})(\d{4})(\d{4})$/, "$1 $2 $3");
}

/** Pictures are the api's; they come through the page's own server like everything else. */
export function pictureUrl(address: string): string {
  const path = address.replace(/^https?:\/\/[^/]+/, "");
  return path.startsWith("/static/") ? `/bridge${path}` : address;
}
