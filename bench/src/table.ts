import type { Result } from "./compare";

/** The figures as a person reads them. */
export function tableOf(results: readonly Result[]): string {
  const head = ["pair", "against", "ours/s", "baseline/s", "ratio", "goal", "", "rounds", "by processor"];
  const rows = results.map((result) => [
    result.name,
    result.baselineName,
    whole(result.ours),
    whole(result.baseline),
    result.ratio.toFixed(2),
    result.goal === null ? "–" : `≥ ${result.goal}`,
    mark(result),
    `${result.spread[0].toFixed(2)}–${result.spread[1].toFixed(2)}`,
    result.cpuRatio === null ? "–" : result.cpuRatio.toFixed(2),
  ]);
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? "")].map((text) => text.length)),
  );
  const isNumber = (column: number) => column >= 2 && column <= 5;
  const line = (row: string[]) =>
    row
      .map((text, column) =>
        isNumber(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

function mark({ goal, ratio }: Result): string {
  if (goal === null) return "";
  return ratio >= goal ? "met" : "MISSED";
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
