// Addresses from the API: only those of the web that are encrypted, of a mailbox, or of the host itself become links.
import { lostCrm, email, statusOf } from "../../fixtures/connections.js";
import { ADDRESSES } from "../../fixtures/hostile.js";
import { json } from "../../fixtures/mock.js";
import { furnish, meWithEverything } from "../../fixtures/screens.js";
import * as samples from "../../fixtures/samples.js";
import { expect, test } from "../../fixtures/test.js";

// A link that is not shown leads nowhere: it has an empty address.
const protocols = (page) =>
  page.evaluate(() => {
    const links = [...document.querySelectorAll("#panel a[href]")].filter((link) => link.checkVisibility() || link.getAttribute("href") !== "");
    return links.map((link) => new URL(link.href).protocol);
  });
const hacked = (page) => page.evaluate(() => globalThis.hacked);

test("a record's links", async ({ mock, open, page, panel }) => {
  furnish(mock);
  await open("#/about");
  for (const [number, url] of [...ADDRESSES, "mailto:robin@example.com", "https://crm.example.com/1"].entries()) {
    mock.issues.change("i-1", { name: `Record ${number}`, links: [{ side: "crm", url, record: null }, { side: "email", url, record: null }] });
    await page.evaluate(() => (location.hash = "#/issues/i-1"));
    await expect(panel.root.getByRole("heading", { name: `Record ${number}` })).toBeVisible();
    const good = url === "https://crm.example.com/1";
    expect(await protocols(page), JSON.stringify(url)).toEqual(good ? ["https:", "https:"] : []);
    await page.evaluate(() => (location.hash = "#/about"));
    await expect(panel.heading).toHaveText(/^About/);
  }
  expect(await hacked(page)).toBeUndefined();
});

test("Help's links, and where support is", async ({ mock, open, page, panel }) => {
  for (const url of ADDRESSES) {
    mock.me = { ...meWithEverything, product: { ...samples.me.product, support: url, links: [{ topic: "guide", url }, { topic: "privacy", url: "https://example.com/privacy" }] } };
    // The same address again would not load the page anew.
    await page.goto("about:blank");
    await open("#/help");
    await expect(panel.root.getByRole("link", { name: /Privacy/ })).toBeVisible();
    expect(await protocols(page), JSON.stringify(url)).toEqual(["https:"]);
  }
  expect(await hacked(page)).toBeUndefined();
});

test("where a sign-in begins: no window is sent there, and no link leads there", async ({ mock, open, page, panel, context }) => {
  mock.me = meWithEverything;
  const been = [];
  context.on("request", (request) => been.push(request.url()));
  mock.connections.items = [lostCrm, email];
  mock.status = statusOf(mock.connections.items);
  await open("#/connectivity");
  const card = page.getByRole("region", { name: /^CRM/ });
  for (const url of ADDRESSES) {
    mock.script("POST /connections/crm/authorize", () => {
      const authorization = { id: "a-1", side: "crm", intent: "refresh", kind: "salesforce", domain: null, status: "pending", url };
      mock.connections.authorization = { ...authorization, created_at: samples.at(0), expires_at: samples.at(600), expected_account: null, account: null, cause: null };
      return json(mock.connections.authorization, 201);
    });
    const opened = page.waitForEvent("popup");
    await card.getByRole("button", { name: "Refresh", exact: true }).click();
    const window = await opened;
    await mock.asking("POST /connections/crm/authorize", ADDRESSES.indexOf(url) + 1);
    // The window may be closed meanwhile: its clock goes with it.
    await page.clock.runFor(2_000).catch((error) => {
      if (!window.isClosed()) throw error;
    });
    await expect(panel.crash).toBeHidden();
    expect(await protocols(page), JSON.stringify(url)).toEqual([]);
    if (!window.isClosed()) await window.waitForEvent("close");
    await card.getByRole("button", { name: "Give up" }).click();
  }
  expect(await hacked(page)).toBeUndefined();
  expect(been.filter((url) => !url.startsWith(mock.url))).toEqual([]);
});

test("where a sign-in to the service begins", async ({ mock, open, page, panel, context, watch }) => {
  test.setTimeout(90_000);
  watch.allowLostRequests();
  mock.organisation.name = "Larkfield ID";
  const been = [];
  context.on("request", (request) => been.push(request.url()));
  for (const url of ADDRESSES) {
    mock.script("POST /session/sign-ins", json({ id: "p-1", url, expires_at: samples.at(600) }, 201));
    await open();
    const opened = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const window = await opened;
    // It is told, and can be begun again.
    await expect(page.locator(".entrance p")).not.toHaveText("Opening the sign-in…");
    await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
    await expect(panel.crash).toBeHidden();
    if (!window.isClosed()) await window.waitForEvent("close");
  }
  expect(await hacked(page)).toBeUndefined();
  expect(been.filter((url) => !url.startsWith(mock.url))).toEqual([]);
});
