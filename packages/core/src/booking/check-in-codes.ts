/** Makes, finds, shows and signs check-in codes. Keys live outside the database; their ids stand beside what they made. */
export interface CheckInCodes {
  /** Eight characters of Crockford base32, from the CSPRNG that was handed in. */
  create(): string;
  /** HMAC-SHA256 under the current pepper. */
  hmac(code: string): { hmac: Buffer; keyId: string };
  /** The same under every pepper still in use, current first: how a typed code is looked up. */
  hmacs(code: string): Buffer[];
  /** AES-256-GCM, bound to the booking's number. */
  seal(code: string, bookingNo: string): string;
  open(sealed: string, bookingNo: string): string;
  /** A compact JWS (Ed25519) for the QR code: bookingNo, code, merchant, dates, kid; no name, no phone. */
  sign(facts: {
    bookingNo: string;
    code: string;
    merchantId: number;
    checkInDate: string;
    checkOutDate: string;
  }): Promise<string>;
  /** The facts of a QR text of ours, or null. */
  verify(text: string): Promise<{ bookingNo: string; code: string; merchantId: number } | null>;
}
