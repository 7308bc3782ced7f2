// The panel in Outlook on the web, faked at the network only: how quickly the status is there, and how it looks.
import { Figures } from "../fixtures/bench-file.js";
import { noteFirstStatus, summary } from "../fixtures/first-status.js";
import { dark, light } from "../fixtures/office-stub.js";
import { inOutlook } from "../fixtures/outlook.js";
import { keep } from "../fixtures/pictures.js";
import { tls } from "../fixtures/service.js";
import { expect, test as base } from "../fixtures/test.js";

const RUNS = 10;

const test = inOutlook(base);
test.use({ serviceOptions: tls() });

const message = { itemType: "message", internetMessageId: "<202610161126.aec833f6c651@borealkyl.example.net>" };

test("time to the status", async ({ context, outlook }) => {
  await context.addInitScript(noteFirstStatus);
  const times = [];
  // The first one warms the browser.
  for (let run = 0; run <= RUNS; run += 1) {
    await outlook.open();
    await expect(outlook.panel.label).toHaveText("Enabled");
    if (run > 0) times.push(await outlook.evaluate(() => globalThis.firstStatus));
  }
  console.log("\nOutlook on the web, from the frame's navigation to the status:");
  const [median, least, most] = Object.values(summary(times));
  console.table([summary(times)]);
  const figures = new Figures("host-outlook", "Outlook on the web");
  figures.add("from the navigation to the status", median, "ms", `${least} to ${most} in ${RUNS} visits`);
  figures.keep();
});

for (const [name, officeTheme] of Object.entries({ light, dark })) {
  test(`picture, ${name}`, async ({ outlook, page }) => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 320, height: 760 });
    await outlook.open({ officeTheme, item: message });
    await expect(outlook.panel.label).toHaveText("Enabled");
    await expect(outlook.panel.root.locator(".card.item .name")).toHaveText("Re: Good to meet you in Rotterdam");
    await expect.poll(() => outlook.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe(name);
    await keep(`outlook-${name}`, await page.screenshot());
  });
}
