// Pictures of the panel at 320 px, light and dark, in every state that a service can tell: `npm run screenshots -- <folder>`.
// The page is the real one; only the API's answers are made up.
import { chromium } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { answerApi, json, states } from "./api.js";
import config from "./playwright.config.js";
import { Service } from "./service.js";

const folder = process.argv[2] ?? "output/screenshots";
mkdirSync(folder, { recursive: true });
const service = await new Service().start();
const browser = await chromium.launch(config.use.launchOptions);
for (const colorScheme of ["light", "dark"]) {
  for (const locale of ["en-GB", "de-DE"]) {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, colorScheme, locale });
    const take = async (name, act, status) => {
      const page = await context.newPage();
      if (status !== "real") await answerApi(page, { "GET /sync": status === null ? "never" : json(status) });
      await page.goto(service.url);
      await page.locator(status === null ? "main .status.loading" : "main .status:not(.loading)").waitFor();
      if (locale === "de-DE") await page.locator("html[lang=de]").waitFor();
      await act?.(page);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${locale.slice(0, 2)}.png`), fullPage: true });
      await page.close();
    };
    for (const [name, [status]] of Object.entries(states)) await take(name, undefined, status);
    await take("loading", undefined, null);
    await take("error-details", (page) => page.locator(".banner .link").first().click(), states["mailbox-lost"][0]);
    await take("menu", (page) => page.locator("#menu-button").click(), states.good[0]);
    await take("pause-choices", (page) => page.locator("[aria-controls=pause-choices]").click(), states.good[0]);
    await take("real", undefined, "real");
    await take("real-session", async (page) => {
      await page.locator(".card .link").click();
      await page.locator("table").waitFor();
    }, "real");
    await context.close();
  }
}
await browser.close();
await service.sweep();
