// How quickly the state is on screen, what it costs to send, and what the page takes of memory: `npm run measure`.
import { chromium } from "@playwright/test";
import { launchOptions } from "./fixtures/browser.js";
import { noteFirstStatus, summary } from "./fixtures/first-status.js";
import { meWithIssues } from "./fixtures/issues.js";
import { Mock } from "./fixtures/mock.js";
import { Service } from "./fixtures/service.js";

const RUNS = 10;

const LINES = {
  plain: null,
  // Lighthouse's "Slow 4G": 1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back; and a processor four times slower.
  "CPU ×4, Slow 4G": {
    cpu: 4,
    network: { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 },
  },
};

const statusIsThere = () => globalThis.firstStatus;

async function visit(browser, url, slow, look) {
  const context = await browser.newContext({ viewport: { width: 320, height: 760 }, locale: "en-GB" });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  if (slow) {
    await cdp.send("Network.emulateNetworkConditions", slow.network);
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slow.cpu });
  }
  await page.addInitScript(noteFirstStatus);
  await page.addInitScript(() => {
    const { instantiate, instantiateStreaming } = WebAssembly;
    const note = (result) => {
      const exports = (result.instance ?? result).exports;
      // The later module has the first one's.
      window.wasmMemory ??= Object.values(exports).find((value) => value instanceof WebAssembly.Memory);
      return result;
    };
    WebAssembly.instantiate = (...words) => instantiate.apply(WebAssembly, words).then(note);
    WebAssembly.instantiateStreaming = (...words) => instantiateStreaming.apply(WebAssembly, words).then(note);
  });
  const sent = new Map();
  cdp.on("Network.responseReceived", ({ requestId, response }) => sent.set(requestId, { url: response.url, bytes: 0 }));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (sent.has(requestId)) sent.get(requestId).bytes = encodedDataLength;
  });
  await page.goto(url, { waitUntil: "commit" });
  const millis = await (await page.waitForFunction(statusIsThere)).jsonValue();
  const result = { millis, ...(await look?.(page, cdp, sent)) };
  await context.close();
  return result;
}

async function lookAtCost(page, cdp, sent) {
  await page.waitForLoadState("load");
  await cdp.send("Performance.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const metric = (name) => metrics.find((metric) => metric.name === name)?.value;
  const files = new Map();
  for (const { url, bytes } of sent.values()) {
    const { pathname } = new URL(url);
    const kind = pathname.startsWith("/api/") ? "API" : pathname.match(/\.(\w+)$/)?.[1] ?? "html";
    files.set(kind, (files.get(kind) ?? 0) + bytes);
  }
  return {
    files,
    heap: metric("JSHeapUsedSize"),
    nodes: metric("Nodes"),
    wasm: await page.evaluate(() => window.wasmMemory?.buffer.byteLength),
  };
}

const ISSUES = 10_000;

/** Scrolls a list to its end, a screen a frame, and counts the rows that were drawn on the way. */
const scrollThrough = (total) =>
  new Promise((resolve) => {
    const list = document.querySelector(".rows");
    const seen = new Set();
    let most = 0;
    const began = performance.now();
    const step = () => {
      for (const row of list.children) seen.add(row.getAttribute("aria-posinset"));
      most = Math.max(most, document.querySelectorAll("#panel *").length);
      const known = Number(list.dataset.rows);
      if (known >= total && seen.has(String(total))) return resolve({ millis: performance.now() - began, rows: seen.size, most });
      scrollBy(0, innerHeight);
      requestAnimationFrame(step);
    };
    step();
  });

async function lookAtScrolling(page, cdp) {
  await page.locator(".rows li").first().waitFor();
  const before = await lookAtCost(page, cdp, new Map());
  const { millis, rows, most } = await page.evaluate(scrollThrough, ISSUES);
  const after = await lookAtCost(page, cdp, new Map());
  return {
    "rows drawn": rows,
    "rows per second": Math.round((rows * 1000) / millis),
    "most DOM nodes": most,
    "JS heap before": before.heap,
    "JS heap after": after.heap,
    "wasm before": before.wasm,
    "wasm after": after.wasm,
  };
}

async function scrollIssues(browser) {
  const mock = await new Mock().start();
  mock.me = meWithIssues;
  mock.issues.count = ISSUES;
  // The page begins with the status, and goes on to the issues.
  const look = async (page, cdp) => {
    await page.evaluate(() => (location.hash = "#/issues"));
    return lookAtScrolling(page, cdp);
  };
  const { millis, ...result } = await visit(browser, mock.url, null, look);
  mock.stop();
  return result;
}

const service = await Service.start();
const browser = await chromium.launch(launchOptions);
try {
  const rows = [];
  for (const [name, slow] of Object.entries(LINES)) {
    await visit(browser, service.url, slow); // The first one warms the browser, not the page's cache.
    const times = [];
    for (let run = 0; run < RUNS; run += 1) times.push((await visit(browser, service.url, slow)).millis);
    rows.push({ "navigation to status": name, ...summary(times) });
  }
  console.table(rows);
  const cost = await visit(browser, service.url, null, lookAtCost);
  const files = [...cost.files].map(([kind, bytes]) => ({ kind, bytes }));
  const own = files.filter(({ kind }) => ["html", "css", "js", "wasm"].includes(kind));
  files.push({ kind: "html + css + js + wasm", bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) });
  console.log("Transferred, headers included, as this browser asks for it:");
  console.table(files);
  console.log(`Scrolling through ${ISSUES} issues:`);
  console.table([await scrollIssues(browser)]);
  console.table([{ "JS heap, bytes": cost.heap, "wasm memory, bytes": cost.wasm, "DOM nodes": cost.nodes }]);
} finally {
  await browser.close();
  await service.stop();
}
