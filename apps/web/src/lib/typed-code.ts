import { limits } from "@looklook/contracts";

/**
 * What stands in the check-in field. `code`: up to eight characters, made alike, for the cells. `scan`: the long text
 * of a QR code, which a hand scanner types as a keyboard would; its case matters, so it stays as it came.
 */
export interface Typed {
  kind: "code" | "scan";
  text: string;
  /** Nothing is missing any more, as far as its shape tells. */
  isComplete: boolean;
}

/**
 * Reads the field's text: upper case, O is 0, I and L are 1, spaces, dashes and whatever else is no letter or digit
 * dropped. The API does the same to what it receives; here it is done so that people see what will be sent.
 */
export function readTyped(raw: string): Typed {
  const text = raw.trim();
  // A compact JWS begins with a base64url `{"`. Up to a code's length it may still be somebody typing a code.
  const mayBeScan = text.startsWith("eyJ");
  if (mayBeScan && text.length > limits.checkInCode.length)
    return { kind: "scan", text, isComplete: wholeScan.test(text) };
  const code = text
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1")
    .slice(0, limits.checkInCode.length);
  return { kind: "code", text: code, isComplete: code.length === limits.checkInCode.length && !mayBeScan };
}

/** Header, payload and an Ed25519 signature: 64 bytes are 86 characters. A slow scanner's half line is none. */
const wholeScan = /^[\w-]+\.[\w-]+\.[\w-]{86}$/;
