// What a panel costs that nobody looks at, and one that is hidden: an hour of each, by a simulated clock.
import { Figures } from "../fixtures/bench-file.js";
import { noteWasmMemory, taken } from "../fixtures/memory.js";
import { at } from "../fixtures/samples.js";
import { expect, setHidden, test } from "../fixtures/test.js";

/** Seconds between heartbeats: one that is late on the way must not look like silence. */
const STEP = 5;

test("an idle panel costs one stream, and a hidden one nothing", async ({ page, mock, open, panel }) => {
  await page.addInitScript(noteWasmMemory);
  await open();
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  const cdp = await page.context().newCDPSession(page);
  // Everything of the start has been asked for once the product's name is known.
  await mock.asking("GET /me");
  const hour = async () => {
    const before = mock.requests.length;
    for (let second = STEP; second <= 3_600; second += STEP) {
      if (stream.isOpen) await stream.send("heartbeat", { at: at(second) });
      await page.clock.fastForward(STEP * 1_000);
    }
    return mock.requests.length - before;
  };
  const figures = new Figures("idle", "An hour of an idle panel, by a simulated clock");
  const idle = await hour();
  figures.add("requests while visible", idle, "", "beside the one open stream");
  expect(idle, "requests of an idle hour").toBe(0);
  expect(stream.isOpen).toBe(true);
  expect(mock.streams).toHaveLength(1);
  const visible = await taken(page, cdp);
  figures.add("JS heap while visible", visible.heap, "bytes", `${visible.nodes} nodes, ${visible.listeners} listeners`);
  figures.add("wasm memory while visible", visible.wasm, "bytes");
  await setHidden(page, true);
  await page.clock.fastForward(11_000);
  await stream.closed;
  const hidden = await hour();
  figures.add("requests while hidden", hidden, "", "and no stream");
  expect(hidden).toBe(0);
  expect(mock.streams).toHaveLength(1);
  figures.keep();
});
