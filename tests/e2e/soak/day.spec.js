// Eight hours open, by a simulated clock.
import { Figures } from "../fixtures/bench-file.js";
import { day } from "../fixtures/day.js";
import { keepsFlat } from "../fixtures/memory.js";
import { expect, test } from "../fixtures/test.js";

test("8 hours open, with 10,000 updates", async ({ page, mock, panel, watch }) => {
  // The mock refuses old tokens and cuts streams.
  watch.allowLostRequests();
  const result = await day({ page, mock, panel }, { cycles: 200, warm: 20, hours: 8, atOnce: 10 }, async (cycle) => {
    if (cycle % 20 === 0) console.log(`  ${cycle / 2} %`);
  });
  expect(result.updates).toBeGreaterThanOrEqual(10_000);
  const figures = new Figures("day", "The panel, open for 8 hours by a simulated clock");
  figures.add("updates", result.updates);
  figures.add("streams opened, requests made", result.streams, "", `${result.requests} requests`);
  for (const [when, taken] of [["after warming up", result.warmed], ["at the end", result.ended]]) {
    figures.add(`JS heap ${when}`, taken.heap, "bytes", `${taken.nodes} nodes, ${taken.listeners} listeners`);
    figures.add(`wasm memory ${when}`, taken.wasm, "bytes");
  }
  figures.keep();
  console.log("");
  console.table([result.warmed, result.ended]);
  keepsFlat(expect, result.warmed, result.ended);
});
