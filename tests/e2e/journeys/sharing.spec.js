// One event stream for all panels of a browser: whoever has it tells the others, and another takes over when it goes.
import { silence } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, installClock, panelOf, passUntil, setHidden, test } from "../fixtures/test.js";

/** Opens one more panel beside those that are open; it follows as soon as there is somebody to follow. */
async function another(mock, context, init) {
  const page = await context.newPage();
  if (init) await page.addInitScript(init);
  await installClock(page, samples.NOW);
  await page.goto(mock.url);
  const panel = panelOf(page);
  await expect(panel.label).toHaveText("Enabled");
  return { page, panel };
}

/** Waits until a panel follows: then it has read the status a second time. */
const follows = (mock, panels) => expect.poll(() => mock.asked("GET /sync").length).toBe(2 * panels - 1);

test("three panels of a browser have one stream, and all see what comes on it", async ({ mock, open, panel, context }) => {
  await open();
  const stream = await mock.stream();
  const second = await another(mock, context);
  await follows(mock, 2);
  const third = await another(mock, context);
  await follows(mock, 3);
  await stream.send("status", samples.paused, "e:1");
  for (const one of [panel, second.panel, third.panel]) await expect(one.label).toHaveText("Paused");
  await stream.send("status", samples.running, "e:2");
  for (const one of [panel, second.panel, third.panel]) await expect(one.label).toHaveText("Running");
  expect(mock.streams).toHaveLength(1);
  expect(mock.asked("GET /sync/events")).toHaveLength(1);
});

test("when the panel that has the stream is closed, another opens it where it was, after reading everything", async ({
  mock,
  open,
  panel,
  page,
  context,
}) => {
  await open();
  const stream = await mock.stream();
  const second = await another(mock, context);
  await follows(mock, 2);
  await stream.send("status", samples.good, "e:8");
  await expect(second.panel.since).toHaveText(/^since /);
  mock.status = samples.paused;
  await page.close();
  await stream.closed;
  await passUntil(second.page, () => mock.streams.length === 2);
  expect(mock.streams[1].lastEventId).toBe("e:8");
  await expect(second.panel.label).toHaveText("Paused");
  await mock.streams[1].send("status", samples.running, "e:9");
  await expect(second.panel.label).toHaveText("Running");
  await expect(second.panel.banner).toBeHidden();
});

test("a panel that goes to sleep hands the stream on to one that is looked at", async ({ mock, open, page, context }) => {
  await open();
  const stream = await mock.stream();
  const second = await another(mock, context);
  await follows(mock, 2);
  await setHidden(page, true);
  await page.clock.fastForward(11_000);
  await stream.closed;
  await passUntil(second.page, () => mock.streams.length === 2);
  await mock.streams[1].send("status", samples.paused);
  await expect(second.panel.label).toHaveText("Paused");
  await setHidden(page, false);
  await expect(panelOf(page).label).toHaveText("Enabled");
  await mock.streams[1].send("status", samples.running);
  await expect(panelOf(page).label).toHaveText("Running");
  expect(mock.streams).toHaveLength(2);
});

test("when the stream is lost, one panel opens it again, and all read everything", async ({ mock, open, panel, page, context }) => {
  await open();
  const first = await mock.stream();
  const second = await another(mock, context);
  await follows(mock, 2);
  mock.status = samples.paused;
  first.end();
  await expect(async () => {
    for (const one of [page, second.page]) await one.clock.runFor(1_000);
    for (const one of [panel, second.panel]) await expect(one.label).toHaveText("Paused", { timeout: 500 });
    expect(mock.streams).toHaveLength(2);
  }).toPass();
  await mock.streams[1].send("status", samples.running);
  for (const one of [panel, second.panel]) await expect(one.label).toHaveText("Running");
  expect(mock.streams).toHaveLength(2);
});

test("no token goes over the channel", async ({ mock, open, context, page }) => {
  await context.addInitScript(() => {
    const { postMessage } = BroadcastChannel.prototype;
    globalThis.passed = [];
    BroadcastChannel.prototype.postMessage = function (message) {
      globalThis.passed.push(JSON.stringify(message));
      return postMessage.call(this, message);
    };
  });
  await open();
  const stream = await mock.stream();
  await another(mock, context);
  await follows(mock, 2);
  await stream.send("status", samples.paused, "e:3");
  await expect(panelOf(page).label).toHaveText("Paused");
  const passed = await page.evaluate(() => globalThis.passed);
  expect(passed.some((text) => text.includes("paused"))).toBe(true);
  const tokens = mock.requests.map(({ headers }) => headers.authorization?.replace("Bearer ", "")).filter(Boolean);
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of tokens) expect(passed.join()).not.toContain(token);
});

const without = {
  "no locks": () => Object.defineProperty(Navigator.prototype, "locks", { get: () => undefined }),
  "locks that are forbidden": () => {
    LockManager.prototype.request = () => Promise.reject(new DOMException("no", "SecurityError"));
  },
  "no channel": () => {
    globalThis.BroadcastChannel = class {
      constructor() {
        throw new DOMException("no", "SecurityError");
      }
    };
  },
};
for (const [name, init] of Object.entries(without)) {
  test(`with ${name} each panel has a stream of its own`, async ({ mock, open, panel, context, page }) => {
    await page.addInitScript(init);
    await open();
    await mock.stream();
    const second = await another(mock, context, init);
    const stream = await mock.stream(2);
    await stream.send("status", samples.paused);
    await expect(second.panel.label).toHaveText("Paused");
    await expect(panel.label).toHaveText("Enabled");
  });
}

test("what other pages of the origin say on the channel changes nothing", async ({ mock, open, page, panel, context }) => {
  await open();
  const stream = await mock.stream();
  const other = await context.newPage();
  await other.route("**/other", (route) => route.fulfill({ contentType: "text/html", body: "<link rel=icon href=data:,>" }));
  await other.goto(`${mock.url}other`);
  await page.evaluate(() => {
    globalThis.heard = 0;
    new BroadcastChannel("sync-sidebar/1/").addEventListener("message", () => (globalThis.heard += 1));
  });
  const said = await other.evaluate(() => {
    const channel = new BroadcastChannel("sync-sidebar/1/");
    const lie = JSON.stringify({ state: "disabled" });
    const told = ["e", "status", lie].join("\u001e");
    const messages = [null, 7, "live", {}, [7], ["x", "status"], ["e", "status", lie], [[]], ["live"], "", told, `${told}\u001e`, "\u001e\u001e\u001e", new Uint8Array(9)];
    for (const message of messages) channel.postMessage(message);
    return messages.length;
  });
  // What the panel answers to a greeting is heard, too.
  await expect.poll(() => page.evaluate(() => globalThis.heard)).toBeGreaterThanOrEqual(said);
  await stream.send("issues", { ...samples.good.issues, total: 3 });
  await expect(panel.label).toHaveText("Enabled");
  expect(mock.streams).toHaveLength(1);
});

test("a page that comes back from the browser's cache reads everything again", async ({ mock, open, panel, page }) => {
  await open();
  const stream = await mock.stream();
  // Playwright's Chromium has no such cache; what the browser tells the page is the same.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await stream.closed;
  const before = mock.requests.length;
  await page.clock.runFor(120_000);
  expect(mock.requests).toHaveLength(before);
  mock.status = samples.paused;
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect(panel.label).toHaveText("Paused");
  await mock.stream(2);
});

test("after an hour's sleep of the machine everything is read again at once", async ({ mock, open, panel, page }) => {
  await open();
  const stream = await mock.stream();
  await expect(panel.since).toHaveText(/^since /);
  mock.script("GET /sync", silence);
  mock.status = samples.paused;
  // Timers that were due meanwhile fire late, once.
  await page.clock.fastForward(3_600_000);
  await stream.closed;
  await mock.asking("GET /sync", 2);
  await expect(panel.since).toHaveText("last known 1 hour ago");
  mock.unscript("GET /sync");
  await page.clock.fastForward(31_000);
  await passUntil(page, () => mock.streams.length === 2);
  await expect(panel.label).toHaveText("Paused");
});
