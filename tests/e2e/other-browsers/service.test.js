// The real service in each browser: it really syncs, stops, comes back, and loses and regains access.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { served, until } from "./panel.js";
import { inEachBrowser } from "./setting.js";

const LABEL = ".card.status .label";
const SUMMARY = ".card.status .summary";

inEachBrowser((journey, browser) => {
  const at = (name, run) =>
    journey(name, async (panel, setting) => {
      const service = await served();
      setting.context.after(() => service.stop());
      await run(panel, service, setting);
    });

  at("the first visit, Force sync, and what the session did", async (panel, service) => {
    await panel.open(service.url);
    await panel.says(LABEL, "Enabled");
    await panel.says(SUMMARY, "7 records could not be synced.");
    await panel.says(".amount", "39 of 10,000");
    const card = ["BEGIN:VCARD", "VERSION:3.0", "FN:Nele Journey", "N:Journey;Nele;;;", "EMAIL:nele@example.com", "END:VCARD", ""];
    await writeFile(path.join(service.mailbox, "contacts/nele.vcf"), card.join("\r\n"));
    await panel.press("Force sync");
    await panel.says(".amount", "40 of 10,000");
    await panel.press("Last session details");
    await until(async () => assert.ok((await panel.texts("dd")).includes("Force sync")));
    await panel.press("Previous");
    await until(async () => assert.ok((await panel.texts("dd")).includes("Schedule")));
    await panel.press("Next");
    await until(async () => assert.ok((await panel.texts("dd")).includes("Force sync")));
    await panel.press("Back");
    await panel.says(LABEL, "Enabled");
  });

  at("a pause holds over a reload, until Start", async (panel, service) => {
    await panel.open(service.url);
    await panel.press("Pause");
    await panel.press("Until I start it");
    await panel.says(LABEL, "Paused");
    await panel.open(service.url);
    await panel.says(LABEL, "Paused");
    await panel.press("Start");
    await panel.says(LABEL, "Enabled");
  });

  // WebKit's driver shows one of several windows only, and the panel in a hidden one waits to be shown.
  if (browser !== "webkit") {
    at("another window sees a pause and a start", async (panel, service, { web }) => {
      await panel.open(service.url);
      const first = await web.getWindowHandle();
      await web.switchTo().newWindow("window");
      const second = await web.getWindowHandle();
      await panel.open(service.url);
      for (const [presses, label] of [[["Pause", "Until I start it"], "Paused"], [["Start"], "Enabled"]]) {
        await web.switchTo().window(second);
        for (const name of presses) await panel.press(name);
        await panel.says(LABEL, label);
        await web.switchTo().window(first);
        await panel.says(LABEL, label);
      }
    });
  }

  at("a service that is killed is told apart from a failed sync, and its return is noticed", async (panel, service) => {
    await panel.open(service.url);
    await panel.says(LABEL, "Enabled");
    await service.kill();
    await panel.says("main > .banner.warning strong", "The sync service cannot be reached.");
    await panel.says(".card.status .since", /^last known /);
    await service.run();
    await panel.misses("main > .banner.warning");
    await panel.says(".card.status .since", /^since /);
    await panel.says(LABEL, "Enabled");
  });

  at("access is given in a window of the provider's", async (panel, service, { web }) => {
    await panel.open(`${service.url}#/connectivity`);
    await panel.says(".connection:nth-child(2) .since", "Connected");
    const before = await web.getAllWindowHandles();
    await panel.press("Refresh", ".connection:nth-child(2)");
    await panel.other(before);
    await until(async () => (await web.findElement({ partialLinkText: "Robin Hale" })).click());
    await until(async () => (await web.findElement({ xpath: "//button[normalize-space() = 'Allow']" })).click());
    // It closes where its way back was not cut: a browser that cuts it says to the panel that it is closed.
    await until(async () => assert.deepEqual(await web.getAllWindowHandles(), before));
    await web.switchTo().window(before[0]);
    await panel.says(".connection:nth-child(2) .banner strong", "Connected");
    await panel.says(".connection:nth-child(2) .banner p", /robin\.hale@example\.com/);
  });
});
