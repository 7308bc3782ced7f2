import { defineConfig } from "@playwright/test";
import { accessSync } from "node:fs";
import { delimiter, join } from "node:path";

// Debian's Chromium, or the one that is named: Playwright's own browsers are never downloaded.
const onPath = () =>
  process.env.PATH.split(delimiter)
    .map((folder) => join(folder, "chromium"))
    .find((file) => {
      try {
        accessSync(file);
        return true;
      } catch {
        return false;
      }
    });

export default defineConfig({
  testDir: ".",
  outputDir: "output",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: true,
  reporter: "list",
  use: {
    viewport: { width: 320, height: 720 },
    launchOptions: {
      executablePath: process.env.CHROMIUM || onPath(),
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
