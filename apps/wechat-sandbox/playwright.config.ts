import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { chromiumPath, phoneUrl } from "./e2e/world";

/** Starts nothing by itself: the system runs already, `npm test` starts it, and its address comes from the environment. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  workers: 1,
  timeout: 120_000,
  // A machine of two cores runs the whole system and the browser.
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: phoneUrl,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(chromiumPath) ? { executablePath: chromiumPath } : {}),
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
});
