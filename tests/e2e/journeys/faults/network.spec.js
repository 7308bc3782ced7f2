// The network fails: nothing gets through, or nothing comes back.
import { expect, faulty, test } from "../../fixtures/fault.js";
import { stalled, silence } from "../../fixtures/mock.js";
import * as samples from "../../fixtures/samples.js";
import { tls } from "../../fixtures/service.js";
import { passUntil } from "../../fixtures/test.js";

const API = "**/api/v1/**";
const UNREACHABLE = "The sync service cannot be reached.";
const SILENT = "The sync service does not answer.";

test.beforeEach(({ watch }) => watch.allowLostRequests());

/** The panel is open, and its stream with it. */
async function live({ mock, open, panel }) {
  await open();
  await expect(panel.card).toHaveClass(/good/);
  return mock.stream();
}

faulty("offline at the start", "the page is there, the service is not", async ({ open, page, panel, unbroken }) => {
  // The page itself is there, as it is from the browser's cache.
  await page.route(API, (route) => route.abort("internetdisconnected"));
  await page.addInitScript(() => Object.defineProperty(navigator, "onLine", { configurable: true, get: () => !globalThis.isOffline }));
  await page.addInitScript(() => (globalThis.isOffline = true));
  await open();
  await unbroken.seen("You are offline.");
  await expect(panel.label).toHaveText("Not known");
  await page.unroute(API);
  await page.evaluate(() => {
    globalThis.isOffline = false;
    dispatchEvent(new Event("online"));
  });
  await unbroken.recovers(undefined, 2_000);
  await expect(panel.label).toHaveText("Enabled");
});

faulty("offline in between", "and back", async ({ mock, open, panel, context, unbroken }) => {
  const stream = await live({ mock, open, panel });
  await context.setOffline(true);
  stream.destroy();
  await unbroken.seen("You are offline.");
  await expect(panel.announcement).toHaveText("You are offline.");
  await expect(panel.since).toHaveText(/^last known /);
  mock.status = samples.paused;
  await context.setOffline(false);
  await unbroken.recovers(undefined, 2_000);
  await expect(panel.label).toHaveText("Paused");
});

for (const place of ["at the start", "in between"]) {
  faulty("DNS failure", place, async ({ mock, open, page, panel, unbroken }) => {
    if (place === "in between") {
      const stream = await live({ mock, open, panel });
      await page.route(API, (route) => route.abort("namenotresolved"));
      stream.destroy();
    } else {
      await page.route(API, (route) => route.abort("namenotresolved"));
      await open();
    }
    await unbroken.seen(UNREACHABLE);
    mock.status = samples.paused;
    await page.unroute(API);
    await unbroken.recovers();
    await expect(panel.label).toHaveText("Paused");
  });

  // What is never let out of the browser has no connection, whatever it waits for.
  faulty("connect time-out", place, async ({ mock, open, page, panel, unbroken }) => {
    let tried = 0;
    const never = () => void (tried += 1);
    if (place === "in between") {
      const stream = await live({ mock, open, panel });
      await page.route("**/api/v1/sync", never);
      stream.destroy();
      await passUntil(page, () => tried > 0);
    } else {
      await page.route("**/api/v1/sync", never);
      await open();
      await expect.poll(() => tried).toBeGreaterThan(0);
    }
    await expect(panel.crash).toBeHidden();
    await page.clock.fastForward(31_000);
    await unbroken.seen(SILENT);
    mock.status = samples.paused;
    await page.unroute("**/api/v1/sync");
    await unbroken.recovers(undefined, 95_000);
    await expect(panel.label).toHaveText("Paused");
  });
}

for (const [name, answer] of [["nothing comes", silence], ["the half of it comes", stalled]]) {
  faulty("read time-out", name, async ({ mock, open, page, panel, unbroken }) => {
    const stream = await live({ mock, open, panel });
    const asked = mock.asked("GET /sync").length;
    mock.script("GET /sync", answer);
    stream.end();
    await passUntil(page, () => mock.asked("GET /sync").length > asked);
    await page.clock.fastForward(31_000);
    await unbroken.seen(SILENT);
    mock.status = samples.paused;
    mock.unscript("GET /sync");
    await unbroken.recovers(undefined, 95_000);
    await expect(panel.label).toHaveText("Paused");
  });

  faulty("read time-out", `${name} on the way in`, async ({ mock, open, page, panel, unbroken }) => {
    mock.script("POST /session", answer);
    await open();
    await mock.asking("POST /session");
    // Time runs from when the panel takes what was asked for before the wasm came.
    await expect(panel.root).not.toHaveAttribute("aria-busy");
    await page.clock.fastForward(31_000);
    await unbroken.seen(SILENT);
    mock.unscript("POST /session");
    await unbroken.recovers(undefined, 95_000);
    await expect(panel.label).toHaveText("Enabled");
  });
}

test.describe("by https", () => {
  test.use({ serviceOptions: tls(), ignoreHTTPSErrors: true });

  faulty("TLS failure", "in between, where the port speaks no TLS any more", async ({ service, page, panel, unbroken }) => {
    await page.goto(service.url);
    await expect(panel.label).toHaveText("Enabled");
    const host = new URL(service.url).host;
    const refused = page.waitForEvent("requestfailed", (request) => /ERR_SSL/.test(request.failure()?.errorText));
    await service.kill();
    const { "tls-certificate": _, "tls-key": __, ...plain } = service.options;
    service.options = plain;
    await service.run(host);
    await refused;
    await unbroken.seen(UNREACHABLE);
    await service.kill();
    Object.assign(service.options, tls());
    await service.run(host);
    await expect.poll(() => unbroken.healthy(), { timeout: 25_000 }).toBe(true);
    unbroken.note("recovered", "by itself, at the next try");
  });
});
