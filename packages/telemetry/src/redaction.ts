/**
 * What must never reach a log, by the name of its field, however deep it lies and however it is written: `phoneNumber`,
 * `phone_number` and `PHONE-NUMBER` are one name.
 */
const secretNames = new Set(
  [
    // who somebody is, or how to act as them
    "authorization proxyAuthorization cookie setCookie password newPassword oldPassword currentPassword passwordHash",
    "token accessToken refreshToken idToken jwt sessionToken csrfToken bearer otp totp pin",
    // the door: a code in the log is a code at the desk. Error codes are called errorCode.
    "code checkInCode tradeCode jsCode qr",
    // the guest
    "openid unionid mobile phone phoneNumber purePhoneNumber idCard idNumber guestName contactName realName email",
    // WeChat
    "encryptedData iv sessionKey ciphertext paySign privateKey apiV3Key appSecret secret clientSecret",
    // ours
    "pepper encryptionKey jwtSecret nextAuthSecret databaseUrl redisUrl connectionString",
  ]
    .join(" ")
    .split(" ")
    .map(plain),
);

const redacted = "[redacted]";
/** Deeper than any of our records; what lies below is left out rather than searched. */
const depthMax = 8;

function plain(name: string): string {
  return name.replace(/[^a-zA-Z0-9]/g, "").toLowerCase();
}

/** Secrets that are known by their shape wherever a sentence quotes them: error messages of drivers do. */
const shapes: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(-----END [A-Z ]+-----|$)/g, "[pem]"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[jwt]"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 [redacted]"],
  [/(:\/\/[^:/@\s]*):[^@/\s]+@/g, "$1:[redacted]@"],
  [/(?<![\dA-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![\dA-Za-z])/g, "[id card]"],
  [/(?<![\dA-Za-z])(?:\+?86[- ]?)?1[3-9]\d{9}(?![\dA-Za-z])/g, "[mobile]"],
];

/** The text without the secrets that can be told by their shape. */
export function scrub(text: string): string {
  let scrubbed = text;
  for (const [shape, instead] of shapes) scrubbed = scrubbed.replace(shape, instead);
  return scrubbed;
}

/** A copy that may be logged: plain values, secrets replaced, errors as `describeError` has them. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return scrub(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return typeof value === "function" ? undefined : value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth >= depthMax) return "[deeper]";
  if (value instanceof Map) return redact(Object.fromEntries(value), depth);
  if (value instanceof Set) return redact([...value], depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretNames.has(plain(name)) && item !== null && item !== undefined
        ? redacted
        : redact(item, depth + 1),
    ]),
  );
}

/**
 * What a log keeps of an error: type, message, stack, a short code and the cause. Everything else that libraries hang
 * on their errors (requests, responses, queries and their values) is left out.
 */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  const described: Record<string, unknown> = {
    type: error.name,
    message: scrub(error.message),
    stack: scrub(error.stack ?? ""),
  };
  if (typeof code === "string" && /^[A-Z0-9_]{2,40}$/.test(code)) described.errorCode = code;
  if (cause instanceof Error && depth < depthMax) described.cause = describeError(cause, depth + 1);
  if (error instanceof AggregateError && depth < depthMax) {
    described.errors = error.errors.slice(0, 5).map((each) => redact(each, depth + 1));
  }
  return described;
}
