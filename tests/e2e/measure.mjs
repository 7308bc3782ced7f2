// How quickly the state is on screen, what it costs to send, and what the page takes of memory: `npm run measure`.
import { chromium } from "@playwright/test";
import { launchOptions } from "./fixtures/browser.js";
import { Figures } from "./fixtures/bench-file.js";
import { summary } from "./fixtures/first-status.js";
import { meWithIssues } from "./fixtures/issues.js";
import { noteWasmMemory, taken } from "./fixtures/memory.js";
import { Mock } from "./fixtures/mock.js";
import { Service } from "./fixtures/service.js";
import { noteSteps, STEPS, steps } from "./fixtures/start-steps.js";

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
  await noteSteps(page);
  await page.addInitScript(noteWasmMemory);
  const sent = new Map();
  cdp.on("Network.responseReceived", ({ requestId, response }) => sent.set(requestId, { url: response.url, bytes: 0 }));
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (sent.has(requestId)) sent.get(requestId).bytes = encodedDataLength;
  });
  await page.goto(url, { waitUntil: "commit" });
  const millis = await (await page.waitForFunction(statusIsThere)).jsonValue();
  const result = { millis, steps: await steps(page), ...(await look?.(page, cdp, sent)) };
  await context.close();
  return result;
}

async function lookAtCost(page, cdp, sent) {
  await page.waitForLoadState("load");
  const files = new Map();
  for (const { url, bytes } of sent.values()) {
    const { pathname } = new URL(url);
    const kind = pathname.startsWith("/api/") ? "API" : pathname.match(/\.(\w+)$/)?.[1] ?? "html";
    files.set(kind, (files.get(kind) ?? 0) + bytes);
  }
  return { files, ...(await taken(page, cdp)) };
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
  const { millis, steps: _, ...result } = await visit(browser, mock.url, null, look);
  mock.stop();
  return result;
}

const figures = new Figures("start", "A cold visit, step by step");
const service = await Service.start();
const browser = await chromium.launch(launchOptions);
try {
  for (const [name, slow] of Object.entries(LINES)) {
    await visit(browser, service.url, slow); // The first one warms the browser, not the page's cache.
    const visits = [];
    for (let run = 0; run < RUNS; run += 1) visits.push((await visit(browser, service.url, slow)).steps);
    const rows = STEPS.map((step) => ({ [`from the navigation, ${name}`]: step, ...summary(visits.map((steps) => steps[step])) }));
    console.table(rows);
    for (const row of rows) {
      const [step, median, least, most] = Object.values(row);
      figures.add(`${step}, ${name}`, median, "ms", `${least} to ${most} in ${RUNS} visits`);
    }
  }
  const cost = await visit(browser, service.url, null, lookAtCost);
  const files = [...cost.files].map(([kind, bytes]) => ({ kind, bytes }));
  const own = files.filter(({ kind }) => ["html", "css", "js", "wasm"].includes(kind));
  files.push({ kind: "html + css + js + wasm", bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) });
  console.log("Transferred, headers included, as this browser asks for it:");
  console.table(files);
  for (const { kind, bytes } of files) figures.add(`transferred, ${kind}`, bytes, "bytes");
  figures.add("JS heap with the status on screen", cost.heap, "bytes", `${cost.nodes} nodes, ${cost.listeners} listeners`);
  figures.add("wasm memory with the status on screen", cost.wasm, "bytes");
  figures.keep();
  console.log(`Scrolling through ${ISSUES} issues:`);
  console.table([await scrollIssues(browser)]);
  console.table([{ "JS heap, bytes": cost.heap, "wasm memory, bytes": cost.wasm, "DOM nodes": cost.nodes }]);
} finally {
  await browser.close();
  await service.stop();
}
