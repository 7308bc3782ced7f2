// How long from navigation to the status on screen, and what the page weighs: medians of ten visits with an empty cache,
// against the real service on this machine. `npm run measure`; the environment is that of the journeys.
import { chromium } from "@playwright/test";
import { launchOptions } from "./fixtures/browser.js";
import { Service } from "./fixtures/service.js";

const visits = 10;
const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const conditions = [
  { name: "plain" },
  // Slow 4G as Lighthouse has it: 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back; and a quarter of the processor.
  { name: "CPU x4, Slow 4G", cpu: 4, network: { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 } },
];

const service = await Service.start();
const browser = await chromium.launch(launchOptions);
const rows = [];
for (const { name, cpu, network } of conditions) {
  const seen = { painted: [], status: [], bytes: [], heap: [], nodes: [] };
  for (let visit = 0; visit < visits; visit += 1) {
    const context = await browser.newContext({ viewport: { width: 320, height: 720 } });
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Network.enable");
    await devtools.send("Performance.enable");
    if (cpu) await devtools.send("Emulation.setCPUThrottlingRate", { rate: cpu });
    if (network) await devtools.send("Network.emulateNetworkConditions", { offline: false, ...network });
    let bytes = 0;
    devtools.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    // The page says itself when the status is there: asking it from outside would count the asking.
    await page.addInitScript(() => {
      const look = () => {
        const card = document.querySelector("main .status:not(.loading)");
        if (card?.querySelector(".since")?.textContent) globalThis.statusAt = performance.now();
        else requestAnimationFrame(look);
      };
      look();
    });
    await page.goto(service.url, { waitUntil: "commit" });
    await page.waitForFunction(() => globalThis.statusAt, null, { timeout: 60_000 });
    seen.status.push(await page.evaluate(() => globalThis.statusAt));
    seen.painted.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0));
    const { metrics } = await devtools.send("Performance.getMetrics");
    const metric = (wanted) => metrics.find((one) => one.name === wanted).value;
    seen.heap.push(metric("JSHeapUsedSize"));
    seen.nodes.push(metric("Nodes"));
    seen.bytes.push(bytes);
    await context.close();
  }
  rows.push({
    conditions: name,
    "first paint, ms": Math.round(median(seen.painted)),
    "status on screen, ms": Math.round(median(seen.status)),
    "transferred with headers, kB": (median(seen.bytes) / 1000).toFixed(1),
    "JS heap, MB": (median(seen.heap) / 1e6).toFixed(1),
    nodes: median(seen.nodes),
  });
}
console.table(rows);
await browser.close();
await service.stop();
