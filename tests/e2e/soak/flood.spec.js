// A thousand events a second for a minute.
import { Figures } from "../fixtures/bench-file.js";
import { flood, spread } from "../fixtures/flood.js";
import { keepsFlat } from "../fixtures/memory.js";
import { expect, test } from "../fixtures/test.js";

test("1,000 events a second for a minute", async ({ page, mock, panel }) => {
  const result = await flood({ page, mock, panel }, { perSecond: 1_000, seconds: 60, lookAt: [10, 30] });
  expect(result.sent).toBe(60_000);
  const figures = new Figures("flood", "The panel, 1,000 events a second for a minute");
  const { median, most } = spread(result.presses);
  figures.add("events sent", result.sent);
  figures.add("frames a second", Math.round(result.framesPerSecond));
  figures.add("from a press to its frame, median", median.toFixed(1), "ms", `at most ${most.toFixed(0)} ms in ${result.presses.length} presses`);
  figures.add("tasks of more than 50 ms", result.long.length, "", result.long.length ? `at most ${spread(result.long).most} ms` : "");
  for (const { second, heap, wasm, nodes, listeners } of result.memory) {
    figures.add(`JS heap after ${second} s`, heap, "bytes", `${nodes} nodes, ${listeners} listeners`);
    figures.add(`wasm memory after ${second} s`, wasm, "bytes");
  }
  figures.keep();
  console.log("");
  console.table(result.memory);
  console.table([{ "frames/s": result.framesPerSecond, "press, median ms": median, "press, most ms": most, presses: result.presses.length, "long tasks": result.long.length }]);
  keepsFlat(expect, result.memory[0], result.memory.at(-1));
});
