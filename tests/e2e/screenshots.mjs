// Pictures of the panel at 320 px, light and dark, in every state that a service can tell: `npm run screenshots -- <folder>`.
// The page is the real one; only the API's answers are made up.
import { chromium } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { launchOptions } from "./fixtures/browser.js";
import { Mock, silence } from "./fixtures/mock.js";
import { NOW, lostMailbox, good, states } from "./fixtures/samples.js";
import { Service } from "./fixtures/service.js";
import { installClock } from "./fixtures/test.js";

const folder = process.argv[2] ?? "output/screenshots";
mkdirSync(folder, { recursive: true });
const service = await Service.start();
const browser = await chromium.launch(launchOptions);
for (const colorScheme of ["light", "dark"]) {
  for (const locale of ["en-GB", "de-DE"]) {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, colorScheme, locale });
    const take = async (name, act, status) => {
      const page = await context.newPage();
      const mock = status === "real" ? undefined : await new Mock().start();
      if (mock) {
        await installClock(page, NOW);
        mock.status = status;
        if (status === null) mock.script("GET /sync", silence);
      }
      await page.goto(mock?.url ?? service.url);
      await page.locator(status === null ? "main .status.loading" : "main .status:not(.loading)").waitFor();
      if (locale === "de-DE") await page.locator("html[lang=de]").waitFor();
      await act?.(page);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${locale.slice(0, 2)}.png`), fullPage: true });
      await page.close();
      mock?.stop();
    };
    for (const [name, status] of Object.entries(states)) await take(name, undefined, status);
    await take("loading", undefined, null);
    await take("error-details", (page) => page.locator(".banner .link").first().click(), lostMailbox);
    await take("menu", (page) => page.locator("#menu-button").click(), good);
    await take("pause-choices", (page) => page.locator("[aria-controls=pause-choices]").click(), good);
    await take("real", undefined, "real");
    await take("real-session", async (page) => {
      await page.locator(".card .link").click();
      await page.locator("table").waitFor();
    }, "real");
    await context.close();
  }
}
await browser.close();
await service.stop();
