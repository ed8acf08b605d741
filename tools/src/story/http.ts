/** What came back, with how long it took. */
export interface Answer {
  status: number;
  headers: Headers;
  /** JSON where it is JSON, otherwise text. */
  body: unknown;
  tookMs: number;
}

/** One HTTP call. @throws Error when nobody answers within ten seconds */
export async function call(
  method: string,
  url: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const began = performance.now();
  const response = await fetch(url, {
    method,
    redirect: "manual",
    signal: AbortSignal.timeout(10_000),
    ...options,
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: parsed(text),
    tookMs: performance.now() - began,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A refusal that the story did not want. */
export class Refused extends Error {
  constructor(
    what: string,
    readonly answer: Answer,
  ) {
    super(`${what} answered ${answer.status} ${short(answer.body)}`);
  }
}

/** What was sent or received, short enough for one line. */
export function short(value: unknown, length = 96): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === undefined ? "" : text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
