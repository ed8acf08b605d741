import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserType } from "@playwright/test";
import { create } from "qrcode";
import { chromiumPath } from "./world";

const width = 640;
const height = 480;

/** A browser whose camera shows `text` as a QR code. */
export async function fakeCamera(
  chromium: BrowserType,
  text: string,
): Promise<{ browser: Browser; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "looklook-camera-"));
  const film = join(folder, "qr.y4m");
  await writeFile(film, y4m(text));
  const browser = await chromium.launch({
    ...(existsSync(chromiumPath) ? { executablePath: chromiumPath } : {}),
    args: [
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
  return {
    browser,
    async close() {
      await browser.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** A film of one picture, uncompressed (YUV4MPEG2): the code in the middle, in black on white. */
function y4m(text: string): Buffer {
  const { data, size } = create(text, { errorCorrectionLevel: "L" }).modules;
  const scale = Math.floor((height - 40) / size);
  const left = Math.floor((width - size * scale) / 2);
  const top = Math.floor((height - size * scale) / 2);
  const luma = Buffer.alloc(width * height, 235);
  for (let y = 0; y < size * scale; y += 1)
    for (let x = 0; x < size * scale; x += 1)
      if (data[Math.floor(y / scale) * size + Math.floor(x / scale)]) luma[(top + y) * width + left + x] = 16;
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const header = `YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`;
  return Buffer.concat([Buffer.from(header), Buffer.from("FRAME\n"), luma, chroma]);
}
