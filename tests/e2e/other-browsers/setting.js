// A journey's setting: a browser for a file's journeys, and for each of them a page of its own that is listened to.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { names, start } from "./browsers.js";
import { Panel } from "./panel.js";

/** As in `playwright.config.js`: none where people work, one elsewhere, in a browser started anew. */
const RETRIES = Number(process.env.JOURNEY_RETRIES ?? 0);
/** WebKit's driver sometimes answers no more. */
const LONGEST = 60_000;

/** The outcome of `work`, unless that takes too long. */
async function inTime(work) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`nothing came of it within ${LONGEST / 1000} s`)), LONGEST);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs journeys in each browser. `journeys` is given `journey(name, run)`, of which `run` is given the panel. */
export function inEachBrowser(journeys, options = {}) {
  for (const browser of names) {
    describe(browser, () => {
      let running;
      before(async () => void (running = await start(browser, options)));
      after(() => running?.stop());
      const once = async (run, allowed, context) => {
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
      };
      const journey = (name, run, { allowed = [] } = {}) =>
        test(name, { timeout: (RETRIES + 1) * (LONGEST + 30_000) }, async (context) => {
          for (let tries = 0; ; tries += 1) {
            try {
              return await inTime(once(run, allowed, context));
            } catch (error) {
              if (tries === RETRIES) throw error;
              console.log(`again: ${browser}, ${name}: ${error.message}`);
              await running.stop();
              running = await start(browser, options);
            }
          }
        });
      journeys(journey, browser);
    });
  }
}
