import { defineConfig } from "@playwright/test";
import { launchOptions } from "./fixtures/browser.js";

export default defineConfig({
  testDir: "journeys",
  testMatch: "*.spec.js",
  outputDir: "output",
  fullyParallel: true,
  workers: 2,
  // None where people work. Elsewhere a machine that stands still for seconds must not hide what the rest says: a journey
  // that passes only at the second try is named at the end.
  retries: Number(process.env.JOURNEY_RETRIES ?? 0),
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
