// What is said aloud: changes of state, each of them once, and nothing else.
import { lostCrm, email, meWithConnections, statusOf } from "../fixtures/connections.js";
import { html, problem } from "../fixtures/mock.js";
import { officeStub } from "../fixtures/office-stub.js";
import * as samples from "../fixtures/samples.js";
import { answered, expect, setHidden, test as base } from "../fixtures/test.js";

const test = base.extend({
  /** What the live region has said since the page was opened. The panel draws it with its first text, which is not read. */
  said: async ({ page }, use) => {
    await page.addInitScript(() => {
      globalThis.said = [];
      const watched = new WeakSet();
      const look = () => {
        for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
          if (watched.has(region) || region.closest("[hidden]")) continue;
          watched.add(region);
          new MutationObserver(() => globalThis.said.push(region.textContent)).observe(region, { childList: true, characterData: true, subtree: true });
        }
      };
      new MutationObserver(look).observe(document, { childList: true, subtree: true });
    });
    await use(() => page.evaluate(() => globalThis.said.filter((text) => text !== "")));
  },
});

/** The pages of the hosts, each as the mock serves it. */
const hosts = { tab: "", Outlook: "outlook.html", Gmail: "panel.html" };

for (const [host, address] of Object.entries(hosts)) {
  test(`${host}: changes of the state are told once each; ages, countdowns, heartbeats, counts and progress are not`, async ({ mock, open, page, panel, said }) => {
    await page.route("https://appsforoffice.microsoft.com/**", (route) => route.fulfill({ contentType: "text/javascript", body: officeStub() }));
    mock.status = samples.coolingDown;
    await open(address);
    const stream = await mock.stream();
    await expect(panel.announcement).toHaveText("Enabled");
    const before = await said();
    // That the state is known now; nothing at the first drawing, when it is not.
    expect(before).toEqual(["Enabled"]);
    const since = async () => (await said()).slice(before.length);

    const hint = await panel.hint.textContent();
    await page.clock.runFor(20_000);
    await expect(panel.hint).not.toHaveText(hint);
    await stream.send("heartbeat", { at: samples.at(20) });
    await stream.send("issues", { ...samples.good.issues, total: 3 });
    await stream.send("status", { ...samples.coolingDown, scope: { ...samples.good.scope, total: 77 } });
    await expect(page.locator(".amount")).toContainText("77");
    expect(await since()).toEqual([]);

    await stream.send("status", samples.running);
    await expect(panel.announcement).toHaveText("Running");
    for (let done = 13; done <= 37; done += 4) await stream.send("progress", { ...samples.running.running, done });
    await expect(panel.summary).toHaveText("Writing to the CRM: 37 of 38");
    await page.clock.runFor(10_000);
    await stream.send("status", { ...samples.running, since: samples.at(1) });
    expect(await since()).toEqual(["Running"]);

    await stream.send("status", samples.paused);
    await expect(panel.announcement).toHaveText("Paused");
    await stream.send("status", samples.paused);
    await stream.send("status", { ...samples.paused, scope: { ...samples.good.scope, total: 78 } });
    await expect(page.locator(".amount")).toContainText("78");
    expect(await since()).toEqual(["Running", "Paused"]);
  });
}

test("a page that is hidden says nothing, and what it shows when it is back is told once", async ({ mock, open, page, panel, said }) => {
  await open();
  const stream = await mock.stream();
  await expect(panel.announcement).toHaveText("Enabled");
  const before = (await said()).length;
  await setHidden(page, true);
  await page.clock.runFor(5 * 60_000);
  await stream.closed;
  expect((await said()).slice(before)).toEqual([]);
  mock.status = samples.paused;
  await setHidden(page, false);
  await expect(panel.announcement).toHaveText("Paused");
  expect((await said()).slice(before)).toEqual(["Paused"]);
});

test("what came of a press, and trouble on the line, are told once each, without their seconds", async ({ mock, open, page, panel, said, watch }) => {
  watch.allowLostRequests();
  mock.script("POST /sync/force", problem(429, "too_soon", { retry_at: samples.at(50) }));
  await open();
  const stream = await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  const before = (await said()).length;
  const since = async () => (await said()).slice(before);
  await panel.force.click();
  await expect(page.getByRole("button", { name: "Dismiss" })).toBeVisible();
  await page.clock.runFor(5_000);
  expect(await since()).toHaveLength(1);
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(panel.announcement).toHaveText("Enabled");
  mock.script("GET /sync", html(502, { "retry-after": "60" }));
  mock.script("GET /sync/events", html(502, { "retry-after": "60" }));
  stream.end();
  await expect(panel.banner).toBeVisible();
  await expect.poll(async () => (await since()).slice(2)).not.toEqual([]);
  const trouble = (await since()).slice(2);
  await page.clock.runFor(15_000);
  expect((await since()).slice(2)).toEqual(trouble);
  expect(new Set(trouble).size).toBe(trouble.length);
});

test("a connection that is lost is told on its screen, and one that is checked again is not", async ({ mock, open, page, said }) => {
  mock.me = meWithConnections;
  await open("#/connectivity");
  const stream = await mock.stream();
  await expect(page.locator(".connection .since").first()).toHaveText("Connected");
  const before = (await said()).length;
  const since = async () => (await said()).slice(before);
  await stream.send("connection", { ...mock.connections.side("crm"), checked_at: samples.at(0) });
  // What is still on its way when the clock is put forward would be late.
  await answered(mock, page);
  await page.clock.runFor(30_000);
  expect(await since()).toEqual([]);
  mock.connections.items = [lostCrm, email];
  mock.status = statusOf([lostCrm, email]);
  await stream.send("connection", lostCrm);
  await expect(page.locator(".connection .since").first()).toHaveText("Disconnected");
  await expect.poll(since).toHaveLength(1);
});
