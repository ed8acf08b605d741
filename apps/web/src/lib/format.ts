/** What a person reads. One formatter for each kind of value; every page uses these and no other. */

export const locales = ["zh-CN", "en"] as const;
export type Locale = (typeof locales)[number];

/** Instants are shown in the houses' time zone, whatever the reader's computer is set to. */
export const timeZone = "Asia/Shanghai";

/** `¥1,280.00`; a negative amount starts with a real minus sign (U+2212). */
export function money(amountFen: number): string {
  const abs = Math.abs(amountFen);
  const yuan = String(Math.trunc(abs / 100)).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amountFen < 0 ? "\u2212" : ""}¥${yuan}.${String(abs % 100).padStart(2, "0")}`;
}

/** `K7QM 4T9X`: a check-in code in two groups. */
export function codeGroups(code: string): string {
  return code.length > 4 ? `${code.slice(0, 4)} ${code.slice(4)}` : code;
}

/** `HSO20261123 141530 12345678`: the parts of a booking number apart, for reading aloud. */
export function bookingNoGroups(bookingNo: string): string {
  const parts = /^([A-Z]{3}\d{8})(\d{6})(\d{8})$/.exec(bookingNo);
  return parts ? parts.slice(1).join(" ") : bookingNo;
}

const weekdays = {
  "zh-CN": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"],
  en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
} as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/**
 * A calendar day: `11月23日 周一`, `Mon 23 Nov`. `day` is YYYY-MM-DD; the year is added when it is not `today`'s.
 */
export function stayDate(day: string, locale: Locale, today?: string): string {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const weekday = weekdays[locale][new Date(Date.UTC(year, month - 1, date)).getUTCDay()];
  const withYear = today !== undefined && today.slice(0, 4) !== day.slice(0, 4);
  if (locale === "zh-CN") return `${withYear ? `${year}年` : ""}${month}月${date}日 ${weekday}`;
  return `${weekday} ${date} ${months[month - 1]}${withYear ? ` ${year}` : ""}`;
}

/** YYYY-MM-DD on which an instant falls, in the houses' time zone. */
export function dayOf(at: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(at);
}

/** `14:05`, in the houses' time zone. */
export function time(at: Date): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(at);
}

/** `11月23日 周一 14:05`, `Mon 23 Nov, 14:05`. */
export function dateTime(at: Date, locale: Locale, today?: string): string {
  return `${stayDate(dayOf(at), locale, today)}${locale === "en" ? "," : ""} ${time(at)}`;
}
