import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { chromiumPath, readWorld } from "./e2e/world";

const { consoleUrl } = readWorld();

/** Starts nothing by itself: the system runs already, `npm test` starts it, and its addresses come from the environment. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 2,
  timeout: 120_000,
  // A machine of two cores runs the whole system and the browsers.
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: consoleUrl,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(chromiumPath) ? { executablePath: chromiumPath } : {}),
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
});
