// Pictures of every state at 320 px, light and dark: `npm run screenshots -- <folder> [scene…]`.
import { chromium } from "@playwright/test";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { launchOptions } from "./fixtures/browser.js";
import { scenes, show } from "./fixtures/scenes.js";

const folder = process.argv[2];
if (!folder) {
  console.error("Say where to: npm run screenshots -- <folder>");
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const looks = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
};

const browser = await chromium.launch(launchOptions);
let taken = 0;
const only = process.argv.slice(3);
for (const [look, options] of Object.entries(looks)) {
  for (const [name, scene] of Object.entries(scenes)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const context = await browser.newContext({
      viewport: { width: 320, height: 760 },
      deviceScaleFactor: 2,
      locale: scene.locale ?? "en-GB",
      timezoneId: "Europe/Berlin",
      ...options,
    });
    const page = await context.newPage();
    const mock = await show(page, scene);
    await page.screenshot({ path: path.join(folder, `${name}-${look}.png`), fullPage: true, animations: "disabled" });
    taken += 1;
    await context.close();
    mock.stop();
  }
}
await browser.close();
console.log(`${taken} pictures in ${folder}`);
