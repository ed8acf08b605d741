import { join } from "node:path";
import { addresses } from "./apps";
import { readArrivals, readSignIns, signInsFile } from "./demo-files";
import type { Options } from "./options";

const SIZES: Record<Options["size"], string> = {
  light: "light: PostgreSQL and nothing else",
  standard: "standard: PostgreSQL and Redis",
  full: "full: PostgreSQL, Redis and Kafka",
};

/** The table that stands under a successful start. */
export function readyText(options: Options, tookMs: number, now: Date): string {
  const at = addresses(options);
  const places = [
    ...(options.isDemo ? [["Phone", at.phone, "be the guest: browse, book, pay, show the code"]] : []),
    ["Console", at.console, "be the merchant: check guests in"],
    ["API", `${at.api}/docs`, "every call, to read and to try"],
    ["Queues", `${at.console}/ops/queues`, "for operators"],
    [
      "Logs",
      options.dataDir.endsWith(".data") ? ".data/logs" : join(options.dataDir, "logs"),
      "one file for each process",
    ],
  ];
  return [
    "",
    `looklook is ready in ${(tookMs / 1_000).toFixed(1)} s (${SIZES[options.size]})`,
    "",
    ...table(places),
    ...demoLines(options.dataDir, now),
    "",
    "Ctrl-C stops everything; the data stays.",
  ].join("\n");
}

/** One account for each kind of work, all of them at one house, and what to do with them. */
function demoLines(dataDir: string, now: Date): string[] {
  const signIns = readSignIns(dataDir);
  if (signIns.length === 0) return [];
  const expected = readArrivals(dataDir, now);
  const [guest] = expected;
  const slug = guest?.merchantSlug ?? signIns.find((one) => one.merchantSlug)?.merchantSlug;
  const shown = signIns.filter((one) => one.merchantSlug === slug || one.role === "operator");
  return [
    "",
    "  Sign in to the console as",
    ...table(shown.map(({ label, email, password }) => [label, email, password])),
    `  and ${signIns.length - shown.length} more in ${signInsFile(dataDir)}`,
    "",
    "  Try this first: on the phone page log in, book a room for tonight and pay; in the console sign in as",
    "  that house's front desk and type the code that the phone shows.",
    ...(guest
      ? [
          `  Or at once: ${guest.guestName} is expected today (${guest.title}), code ${grouped(guest.checkInCode)}.`,
        ]
      : []),
  ];
}

const grouped = (code: string) => `${code.slice(0, 4)} ${code.slice(4)}`;

/** Columns padded to their widest cell; Chinese characters take two places. */
function table(rows: (string | undefined)[][]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell ?? ""));
  return rows.map((row) =>
    `  ${row.map((cell, i) => (cell ?? "") + " ".repeat((widths[i] ?? 0) - width(cell ?? ""))).join("   ")}`.trimEnd(),
  );
}

const width = (text: string) => [...text].reduce((sum, char) => sum + (char > "\u2e7f" ? 2 : 1), 0);
