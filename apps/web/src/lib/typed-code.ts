import { limits } from "@looklook/contracts";

/**
 * What stands in the check-in field. `code`: up to eight characters, made alike, for the cells. `scan`: the long text
 * of a QR code, which a hand scanner types as a keyboard would; its case matters, so it stays as it came.
 */
export type Typed = { kind: "code"; text: string; isComplete: boolean } | { kind: "scan"; text: string };

/**
 * Reads the field's text: upper case, O is 0, I and L are 1, spaces, dashes and whatever else is no letter or digit
 * dropped. The API does the same to what it receives; here it is done so that people see what will be sent.
 */
export function readTyped(raw: string): Typed {
  const text = raw.trim();
  // A compact JWS begins with a base64url `{"`. Shorter than a code's length it may still be somebody typing.
  if (/^eyJ[\w-]*/.test(text) && text.length > limits.checkInCode.length) return { kind: "scan", text };
  const code = text
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1")
    .slice(0, limits.checkInCode.length);
  return { kind: "code", text: code, isComplete: code.length === limits.checkInCode.length };
}
