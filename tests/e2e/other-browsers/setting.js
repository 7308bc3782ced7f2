// A journey's setting: a browser for a file's journeys, and for each of them a page of its own that is listened to.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { names, start } from "./browsers.js";
import { Panel } from "./panel.js";

/** Runs journeys in each browser. `journeys` is given `journey(name, run)`, of which `run` is given the panel. */
export function inEachBrowser(journeys, options = {}) {
  for (const browser of names) {
    describe(browser, () => {
      let running;
      before(async () => void (running = await start(browser, options)));
      after(() => running?.stop());
      const journey = (name, run, { allowed = [] } = {}) =>
        test(name, { timeout: 120_000 }, async (context) => {
          const { web } = running;
          const panel = new Panel(web);
          const first = await web.getWindowHandle();
          try {
            await run(panel, { context, browser, web });
          } finally {
            await web.switchTo().defaultContent();
            for (const handle of await web.getAllWindowHandles()) {
              if (handle === first) continue;
              await web.switchTo().window(handle);
              await web.close();
            }
            await web.switchTo().window(first);
          }
          const heard = (await panel.heard()).filter((text) => !allowed.some((pattern) => pattern.test(text)));
          assert.deepEqual(heard, [], "errors that nobody expected");
        });
      journeys(journey, browser);
    });
  }
}
