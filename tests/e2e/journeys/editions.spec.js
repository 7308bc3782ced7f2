// The legacy edition's dashboard, and white label: names, colours, help.
import path from "node:path";
import { axe } from "../fixtures/axe.js";
import { lostCrm as lostConnection, email, stoppedByLoss } from "../fixtures/connections.js";
import { coloured, harbour, legacyMe, withTypes } from "../fixtures/editions.js";
import { json, problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

const card = (page, name) => page.getByRole("region", { name, exact: true });

test.describe("the dashboard", () => {
  test.beforeEach(({ mock }) => {
    mock.me = legacyMe;
    mock.status = withTypes;
    mock.issues.count = 4;
  });

  test("shows the last session, both connections and the issues by type, and the controls of General", async ({ mock, open, page, panel }) => {
    await open();
    await expect(page.getByRole("button", { name: "Dashboard", exact: true })).toHaveAttribute("aria-current", "page");
    await expect(panel.label).toHaveText("Enabled");
    await expect(card(page, "Connections").getByRole("listitem")).toHaveText(["CRM · SalesforceConnected", "E-mail · ExchangeConnected"]);
    await expect(card(page, "Last session")).toContainText("Succeeded with issues");
    await expect(card(page, "What it did").locator("tbody")).toHaveCount(3);
    await expect(card(page, "Records in scope")).toBeHidden();
    await expect(panel.fact("Issues")).toHaveText("4");

    await panel.force.click();
    await mock.asking("POST /sync/force");
    await panel.pause.click();
    await expect(page.locator("#pause-choices")).toBeVisible();

    await card(page, "Issues by record type").getByRole("button", { name: "Contacts (3)" }).click();
    await expect(page).toHaveURL(/#\/issues\?type=contact$/);
    await expect(page.locator(".rows li").first()).toContainText("Contact");
    await page.getByRole("button", { name: "Dashboard", exact: true }).click();
    await card(page, "Connections").getByRole("button", { name: "Refresh or change" }).click();
    await expect(panel.heading).toHaveText("My connectivity");
  });

  test("is live: counts, connections and a newer session come by themselves", async ({ mock, open, page, panel }) => {
    await open();
    const stream = await mock.stream();
    await expect(card(page, "Last session")).toContainText("Succeeded with issues");
    await stream.send("issues", { ...withTypes.issues, total: 1, types: [{ record_type: "task", count: 1 }] });
    await expect(card(page, "Issues by record type").getByRole("button")).toHaveText(["Tasks (1)"]);
    await expect(panel.fact("Issues")).toHaveText("1");

    const newer = { ...samples.summary, id: "s-8", started_at: samples.at(-20), ended_at: samples.at(-10) };
    mock.sessions.last = { ...samples.details, summary: newer, counts: [] };
    await stream.send("status", { ...samples.good, last_attempt: newer, connections: [{ side: "crm", status: "disconnected" }] });
    await expect(card(page, "Last session").locator(".outcome")).toHaveText("Succeeded");
    await expect(card(page, "What it did")).toContainText("It changed nothing.");
    await expect(card(page, "Connections").getByRole("listitem")).toHaveText(["CRM · SalesforceDisconnected"]);
    await expect(card(page, "Issues by record type")).toContainText("All is well: no record has an issue.");
    await expect(panel.summary).toHaveText("The CRM is disconnected.");
    expect(mock.asked("GET /sessions/last")).toHaveLength(2);
  });

  test("lost access takes a person of this edition to the connections, too", async ({ mock, open, panel }) => {
    mock.connections.items = [lostConnection, email];
    mock.status = stoppedByLoss;
    await open();
    await expect(panel.heading).toHaveText("My connectivity");
  });

  test("its cards come after General's, which work meanwhile and stay where they are", async ({ mock, open, page, panel }) => {
    let release;
    mock.scriptFile("later-", () => new Promise((resolve) => (release = resolve)));
    await open();
    await expect(panel.label).toHaveText("Enabled");
    await expect(page.locator(".dashboard")).toHaveText("Looking…");
    await panel.force.focus();
    const tops = () =>
      page.evaluate(() =>
        [".tabs", ".card.status", ".actions", "main > .card:not(.status)"].map((part) =>
          Math.round(document.querySelector(`#panel ${part}`).getBoundingClientRect().top),
        ),
      );
    const before = await tops();
    release(undefined);
    await expect(card(page, "Last session")).toContainText("Succeeded with issues");
    expect(await tops()).toEqual(before);
    await expect(panel.force).toBeFocused();
  });

  test("cards that cannot be had say so, the controls go on, and trying again brings them", async ({ mock, open, page, panel, watch }) => {
    watch.allowLostRequests();
    mock.scriptFile("later-", { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Gone</h1>" });
    await open();
    await expect(page.getByText("This screen could not be loaded.")).toBeVisible();
    await panel.force.click();
    await mock.asking("POST /sync/force");
    mock.scriptFile("later-", undefined);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(card(page, "Last session")).toContainText("Succeeded with issues");
  });

  test("a last session that cannot be read is said on its card, and read again when asked", async ({ mock, open, page, watch }) => {
    watch.allowLostRequests();
    mock.script("GET /sessions/last", problem(500, "internal"), json(samples.details));
    await open();
    await expect(card(page, "Last session")).toContainText("The sync service failed.");
    await expect(card(page, "What it did")).toBeHidden();
    await card(page, "Last session").getByRole("button", { name: "Try again" }).click();
    await expect(card(page, "What it did").locator("tbody")).toHaveCount(3);
  });

  test("axe finds nothing on it", async ({ open, page }) => {
    await open();
    await expect(card(page, "What it did").locator("tbody")).toHaveCount(3);
    await axe(page);
  });

  for (const locale of ["en-GB", "de-DE"]) {
    test.describe(`in ${locale} at 256 px`, () => {
      test.use({ locale, viewport: { width: 256, height: 700 } });

      test("nothing scrolls sideways, however long the names", async ({ mock, open, page }) => {
        const { longName } = samples;
        mock.me = { ...legacyMe, product: { ...legacyMe.product, name: longName, crm_name: longName, email_name: longName } };
        mock.status = { ...withTypes, issues: { ...withTypes.issues, types: [{ record_type: longName, count: 4 }] } };
        await open();
        await expect(page.locator(".dashboard tbody")).toHaveCount(3);
        const wide = await page.evaluate(() => {
          const room = document.documentElement.clientWidth + 0.5;
          return [...document.querySelectorAll("#panel *")]
            .filter((element) => !element.closest(".unseen") && element.getBoundingClientRect().right > room)
            .map((element) => `${element.tagName}.${element.className}`);
        });
        expect(wide).toEqual([]);
      });
    });
  }
});

test("the new edition has General, and asks for nothing of the dashboard", async ({ mock, open, page, panel }) => {
  mock.me = { ...legacyMe, edition: "new" };
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await expect(card(page, "Records in scope")).toBeVisible();
  await expect(card(page, "Connections")).toHaveCount(0);
  expect(mock.asked("GET /sessions/last")).toHaveLength(0);
  await axe(page);
});

test.describe("white label", () => {
  const colours = (page) =>
    page.evaluate(() => {
      const button = getComputedStyle(document.querySelector("button.primary[aria-disabled=false]"));
      const link = getComputedStyle(document.querySelector(".ways .link"));
      return { fill: button.backgroundColor, text: button.color, link: link.color };
    });
  const own = {
    light: { fill: "rgb(15, 108, 189)", text: "rgb(255, 255, 255)", link: "rgb(15, 84, 140)" },
    dark: { fill: "rgb(17, 94, 163)", text: "rgb(255, 255, 255)", link: "rgb(98, 171, 245)" },
  };
  const theirs = {
    light: { fill: "rgb(11, 106, 91)", text: "rgb(255, 255, 255)", link: "rgb(11, 106, 91)" },
    dark: { fill: "rgb(127, 209, 193)", text: "rgb(31, 31, 31)", link: "rgb(127, 209, 193)" },
  };

  for (const [name, me, light, dark] of [
    ["both accents are used, each in its look", harbour, theirs.light, theirs.dark],
    ["accents that cannot be read give way to the panel's own", coloured("#ffcc00", "#0b6a5b"), own.light, own.dark],
    ["one accent leaves the other look as it is", coloured("#0b6a5b", null), theirs.light, own.dark],
    ["what is no colour is none", coloured("red", "#fff; color: red"), own.light, own.dark],
  ]) {
    test(name, async ({ mock, open, page }) => {
      mock.me = me;
      await open();
      await expect(page).toHaveTitle("Harbour");
      await page.emulateMedia({ colorScheme: "light" });
      expect(await colours(page)).toEqual(light);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await colours(page)).toEqual(dark);
    });
  }

  test("axe finds nothing in their colours, and forced colours stay the system's", async ({ mock, open, page, panel }) => {
    mock.me = harbour;
    await open();
    await expect(page).toHaveTitle("Harbour");
    await axe(page);
    await page.emulateMedia({ colorScheme: "light", forcedColors: "active" });
    expect((await colours(page)).fill).not.toBe(theirs.light.fill);
    await page.emulateMedia({ colorScheme: "dark", forcedColors: "none" });
    await panel.force.hover();
    await axe(page);
  });

  test("names stand in the menu, on About, and on the page of a person who signed out", async ({ mock, open, page, panel }) => {
    mock.me = harbour;
    await open();
    await panel.menu.click();
    await expect(page.locator("#menu .account")).toContainText("Harbour");
    await page.getByRole("button", { name: "About", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Harbour Sync for Sales" })).toBeVisible();
    await panel.menu.click();
    await page.getByRole("button", { name: "Sign out", exact: true }).click();
    await expect(panel.heading).toHaveText("Harbour Sync for Sales");
    await expect(page).toHaveTitle("Harbour");
  });

  test("help links and support lead out of the panel, and only to safe places", async ({ mock, open, page, panel }) => {
    mock.me = harbour;
    await open();
    await panel.menu.click();
    await page.getByRole("button", { name: "Help", exact: true }).click();
    await expect(panel.heading).toHaveText("Help");
    const links = page.locator("main a");
    await expect(links).toHaveText(["How to use it", "Privacy", "Ask support"]);
    await expect(links.first()).toHaveAttribute("href", "https://example.com/help");
    await expect(links.first()).toHaveAttribute("rel", "noopener noreferrer");
    await expect(links.last()).toHaveAttribute("href", "mailto:help@example.com");
    await axe(page);
    await page.goto(`${mock.url}#/support`);
    await expect(page.getByRole("link", { name: "Ask support" })).toBeVisible();
  });

  test("without help to offer there is no entry for it", async ({ mock, open, page, panel }) => {
    mock.me = { ...harbour, product: { ...harbour.product, support: null, links: [] } };
    await open();
    await panel.menu.click();
    await expect(page.getByText("Robin Hale")).toBeVisible();
    await expect(page.getByRole("button", { name: "Help", exact: true })).toBeHidden();
  });

  test("where support is the next step, it says where that is", async ({ mock, open, panel }) => {
    mock.me = harbour;
    const { reason } = samples.disabledByAdministrator;
    mock.status = { ...samples.disabledByAdministrator, reason: { ...reason, next_step: "contact_support" } };
    await open();
    await expect(panel.step).toHaveText("Ask support: help@example.com");
  });
});

test.describe("the service's own product file", () => {
  test.use({ serviceOptions: { product: path.join(import.meta.dirname, "../fixtures/product.toml") } });

  test("names the panel and gives the dashboard", async ({ page, panel, service }) => {
    await service.hasRun();
    await page.goto(service.url);
    await expect(page).toHaveTitle("Harbour");
    await expect(page.getByRole("button", { name: "Dashboard", exact: true })).toBeVisible();
    await expect(card(page, "Connections").getByRole("listitem")).toHaveCount(2);
    await expect(card(page, "Last session")).toContainText(/Succeeded/);
    await expect(card(page, "Issues by record type").getByRole("button").first()).toHaveText(/Contacts \(\d+\)/);
    await expect(page.locator("html")).toHaveAttribute("data-accent", "light dark");
    await expect(panel.crash).toBeHidden();
  });
});
