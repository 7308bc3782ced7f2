// Under load and for long: what `npm run soak` does for a minute and for eight hours, in short.
import { day } from "../fixtures/day.js";
import { flood } from "../fixtures/flood.js";
import { keepsFlat } from "../fixtures/memory.js";
import * as samples from "../fixtures/samples.js";
import { expect, setHidden, test } from "../fixtures/test.js";

test("a thousand events a second leave nothing behind, and the last one shows", async ({ page, mock, panel }) => {
  const { memory, sent, presses } = await flood({ page, mock, panel }, { perSecond: 1_000, seconds: 5, lookAt: [2] });
  expect(sent).toBe(5_000);
  expect(presses.length).toBeGreaterThan(0);
  keepsFlat(expect, memory[0], memory[1]);
});

test("a thousand updates, and all that happens to an open panel, leave nothing behind", async ({ page, mock, panel, watch }) => {
  test.slow();
  watch.allowLostRequests();
  const { warmed, ended, updates } = await day({ page, mock, panel }, { cycles: 20, warm: 10, hours: 0.3, atOnce: 10 });
  expect(updates).toBeGreaterThanOrEqual(1_000);
  keepsFlat(expect, warmed, ended);
});

test("a hidden panel asks for one frame, however much comes, and draws the last of it when it is shown", async ({ page, mock, panel }) => {
  // A browser gives a hidden page no frames.
  await page.addInitScript(() => {
    const frame = requestAnimationFrame.bind(globalThis);
    globalThis.held = [];
    globalThis.requestAnimationFrame = (draw) => (document.hidden ? globalThis.held.push(draw) : frame(draw));
    addEventListener("visibilitychange", () => !document.hidden && globalThis.held.splice(0).forEach((draw) => frame(draw)), true);
  });
  mock.status = samples.running;
  await page.goto(mock.url);
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Running");
  await setHidden(page, true);
  for (let number = 1; number <= 1_000; number += 1) {
    await stream.send("progress", { ...samples.running.running, done: number % 39 }, `e-${number}`);
  }
  mock.status = samples.paused;
  await stream.send("status", samples.paused, "e-last");
  await expect.poll(() => page.evaluate(() => globalThis.held.length)).toBe(1);
  expect(await panel.label.textContent()).toBe("Running");
  await setHidden(page, false);
  await expect(panel.label).toHaveText("Paused");
});
