import { defineConfig } from "@playwright/test";
import { launchOptions } from "./fixtures/browser.js";

export default defineConfig({
  testDir: "journeys",
  testMatch: "*.spec.js",
  outputDir: "output",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["./fixtures/count-reporter.js"]],
  use: {
    browserName: "chromium",
    launchOptions,
    viewport: { width: 320, height: 760 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    screenshot: "only-on-failure",
  },
});
