/** Finds a QR code in a picture and answers with its text, or null. */
export type QrReader = (source: HTMLVideoElement) => Promise<string | null>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface NativeDetector {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** This document came without leave to compile WebAssembly; loading the page again brings it. */
export class NeedsReload extends Error {
  constructor() {
    super("WebAssembly is not allowed in this document");
    this.name = "NeedsReload";
  }
}

/**
 * The browser's own QR reader where there is one, else ZXing's, whose WebAssembly file comes from our own origin.
 * @throws NeedsReload when this document's policy forbids WebAssembly: it was opened on another page of the console
 */
export async function createQrReader(): Promise<QrReader> {
  const detector = (await nativeDetector()) ?? (await zxingDetector());
  return async (source) => (await detector.detect(source))[0]?.rawValue ?? null;
}

async function nativeDetector(): Promise<Detector | null> {
  const Native = (globalThis as { BarcodeDetector?: NativeDetector }).BarcodeDetector;
  if (!Native || !(await Native.getSupportedFormats()).includes("qr_code")) return null;
  return new Native({ formats: ["qr_code"] });
}

async function zxingDetector(): Promise<Detector> {
  if (!mayCompile()) throw new NeedsReload();
  const { BarcodeDetector, prepareZXingModule } = await import("barcode-detector/ponyfill");
  const file = new URL("zxing-wasm/reader/zxing_reader.wasm", import.meta.url).href;
  prepareZXingModule({ overrides: { locateFile: () => file } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}

/** Whether the smallest module there is compiles here. */
function mayCompile(): boolean {
  try {
    new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    return true;
  } catch {
    return false;
  }
}
