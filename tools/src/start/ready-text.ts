import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { addresses } from "./apps";
import type { Options } from "./options";

const SignIns = z.array(z.object({ role: z.string(), email: z.string(), password: z.string() }));
export type SignIn = z.infer<typeof SignIns>[number];

/** Where the seed leaves the demo sign-ins that it made. */
export const signInsFile = (dataDir: string) => join(dataDir, "demo-sign-ins.json");

/** The console's demo users, or none without demo data. */
export function demoSignIns(dataDir: string): SignIn[] {
  const file = signInsFile(dataDir);
  return existsSync(file) ? SignIns.parse(JSON.parse(readFileSync(file, "utf8"))) : [];
}

const SIZES: Record<Options["size"], string> = {
  light: "light: PostgreSQL and nothing else",
  standard: "standard: PostgreSQL and Redis",
  full: "full: PostgreSQL, Redis and Kafka",
};

/** The table that stands under a successful start. */
export function readyText(options: Options, tookMs: number, signIns: SignIn[]): string {
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
    ...(signIns.length > 0
      ? [
          "",
          "  Sign in to the console as",
          ...table(signIns.map((one) => [one.role, one.email, one.password])),
        ]
      : []),
    ...(options.isDemo ? ["", ...FIRST_STEPS] : []),
    "",
    "Ctrl-C stops everything; the data stays.",
  ].join("\n");
}

const FIRST_STEPS = [
  "  Try this first: open the phone page, log in, book tonight at any listing and pay; then open the",
  "  console beside it, sign in as that place's front desk and type the code that the phone shows.",
];

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
