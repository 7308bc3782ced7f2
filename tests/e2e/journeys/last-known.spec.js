// What the panel remembers from one visit to the next: drawn first, with its age, and never called the present.
import { lost, problem, silence } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, setHidden, test } from "../fixtures/test.js";

const KEY = "sync-sidebar.last-known";
const kept = (page) => page.evaluate((key) => localStorage.getItem(key), KEY);

test("the next visit shows what was last known, with its age, until the service has answered", async ({ mock, open, panel, page }) => {
  mock.status = samples.paused;
  await open();
  await mock.stream();
  await expect(panel.label).toHaveText("Paused");
  await page.clock.fastForward(20_000);
  await setHidden(page, true);
  mock.script("GET /sync", silence);
  await page.clock.setFixedTime(new Date(new Date(samples.NOW).getTime() + 10 * 60_000));
  await page.reload();
  await expect(panel.label).toHaveText("Paused");
  await expect(panel.since).toHaveText(/^last known \d+ minutes ago$/);
  await expect(panel.card).toHaveClass(/unknown/);
  await expect(panel.banner).toBeHidden();
});

test("a reload within seconds does not call it the present before the service has", async ({ mock, open, panel, page }) => {
  await open();
  await mock.stream();
  await expect(panel.card).toHaveClass(/good/);
  mock.script("GET /sync", silence);
  await page.reload();
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.since).toHaveText(/^last known /);
  await expect(panel.card).not.toHaveClass(/good/);
  mock.unscript("GET /sync");
  mock.status = samples.running;
  await page.reload();
  await expect(panel.label).toHaveText("Running");
  await expect(panel.since).toHaveText(/^for /);
});

test("a service that cannot be reached leaves what was last known, with the trouble", async ({ mock, open, panel, page, watch }) => {
  watch.allowLostRequests();
  await open();
  await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  mock.script("POST /session", lost);
  await page.reload();
  await expect(panel.banner).toContainText("The sync service cannot be reached.");
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.since).toHaveText(/^last known /);
  mock.unscript("POST /session");
  await page.clock.fastForward(65_000);
  await expect(panel.since).toHaveText(/^since /);
});

test("nothing of the person is kept, and nothing at all once they have signed out", async ({ mock, open, panel, page }) => {
  mock.status = samples.disabled;
  await open();
  await mock.stream();
  await expect(panel.label).toHaveText("Disabled");
  const note = await kept(page);
  expect(note).toContain('"state":"disabled"');
  for (const word of ["Robin", "robin", "@", samples.disabled.reason.title]) expect(note).not.toContain(word);
  await panel.menu.click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(panel.root).toContainText("You are signed out.");
  expect(await kept(page)).toBe("");
});

test("who may not come in any more sees nothing of it", async ({ mock, open, panel, page, watch }) => {
  watch.allowLostRequests();
  await open();
  await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  mock.script("POST /session", problem(403, "licence_missing", { title: "Your licence does not include Sync." }));
  await page.reload();
  await expect(panel.root).toContainText("Your licence does not include Sync.");
  await expect(panel.root).not.toContainText("Enabled");
  expect(await kept(page)).toBe("");
});

const broken = {
  "is full": () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  },
  "is forbidden": () => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("forbidden", "SecurityError");
      },
    });
  },
  "is not there": () => Object.defineProperty(window, "localStorage", { get: () => null }),
  "holds rubbish": () => {
    Storage.prototype.getItem = () => '1 2 3 {"state":"enabled"';
  },
};
for (const [name, init] of Object.entries(broken)) {
  test(`where storage ${name}, the panel is as at a first visit`, async ({ mock, open, panel, page }) => {
    await page.addInitScript(init);
    await open();
    await mock.stream();
    await expect(panel.label).toHaveText("Enabled");
    mock.script("GET /sync", silence);
    await page.reload();
    await expect(panel.label).toHaveText("Looking…");
    mock.unscript("GET /sync");
    await page.reload();
    await expect(panel.label).toHaveText("Enabled");
  });
}
