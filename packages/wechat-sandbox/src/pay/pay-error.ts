import type { z } from "zod";

/** A refusal of Pay v3: HTTP status and WeChat's JSON `{code, message, detail}`. */
export class PayError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly detail?: Record<string, unknown>,
  ) {
    super(message);
    this.name = "PayError";
  }

  toBody() {
    return { code: this.code, message: this.message, ...(this.detail ? { detail: this.detail } : {}) };
  }
}

/** Parses a request's parameters. @throws PayError 400 PARAM_ERROR that names the first bad field */
export function parseParams<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  location: "body" | "query",
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  let found: unknown = value;
  for (const key of path) found = (found as Record<PropertyKey, unknown> | undefined)?.[key];
  throw new PayError(400, "PARAM_ERROR", `参数错误: ${path.join(".")} ${issue?.message ?? ""}`.trim(), {
    field: `/${path.join("/")}`,
    value: found ?? null,
    issue: issue?.message ?? "",
    location,
  });
}
