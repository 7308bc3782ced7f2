// Two languages: the browser's is taken, the other is one press away, and only what is spoken is loaded.
import { silence } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

/** The tables that the page asks for. */
const tables = (page) => {
  const asked = [];
  page.on("request", (request) => {
    if (request.url().includes("/locales/")) asked.push(new URL(request.url()).pathname);
  });
  return asked;
};

test("an English browser gets English and loads no table", async ({ open, page, panel }) => {
  const asked = tables(page);
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  expect(asked).toEqual([]);
});

test("a language is switched in the menu, and kept", async ({ open, page, panel }) => {
  const asked = tables(page);
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await panel.menu.click();
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(panel.heading).toHaveText("Sync-Einstellungen");
  await expect(panel.label).toHaveText("Aktiv");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  expect(asked).toEqual(["/locales/de.json"]);
  await page.reload();
  await expect(panel.heading).toHaveText("Sync-Einstellungen");
  await page.locator("#menu-button").click();
  await page.getByRole("button", { name: "English" }).click();
  await expect(panel.heading).toHaveText("Sync settings");
  await page.reload();
  await expect(panel.label).toHaveText("Enabled");
});

test.describe("in a German browser", () => {
  test.use({ locale: "de-DE" });

  test("the panel speaks German, with German numbers and times", async ({ mock, open, page, panel }) => {
    const asked = tables(page);
    mock.status = samples.pausedUntil;
    await open();
    await expect(panel.label).toHaveText("Angehalten");
    await expect(panel.summary).toHaveText("Keine automatischen Sitzungen bis 11:59.");
    await expect(page.locator(".amount")).toHaveText("38 von 10.000");
    await expect(page.getByRole("button", { name: "Starten", exact: true })).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    expect(asked).toEqual(["/locales/de.json"]);
  });

  test("the table is on its way before the panel's own code is there", async ({ mock, open, page }) => {
    const asked = tables(page);
    mock.scriptFile("_bg.wasm", silence);
    await open();
    await expect.poll(() => asked).toEqual(["/locales/de.json"]);
    await expect.poll(() => mock.asked("GET /sync").length).toBe(1);
  });

  test("a table that cannot be had leaves English", async ({ mock, open, page, panel, watch }) => {
    watch.allowLostRequests();
    mock.scriptFile("/locales/de.json", { status: 404, headers: { "content-type": "text/html" }, body: "" });
    await open();
    await expect(panel.label).toHaveText("Enabled");
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
    await panel.menu.click();
    await expect(page.getByRole("button", { name: "Deutsch" })).toBeVisible();
  });

  test("a table that is no table leaves English", async ({ mock, open, panel }) => {
    mock.scriptFile("/locales/de.json", { status: 200, headers: { "content-type": "text/html" }, body: "<h1>Hotel</h1>" });
    await open();
    await expect(panel.label).toHaveText("Enabled");
  });
});

test.describe("in a French browser", () => {
  test.use({ locale: "fr-FR" });

  test("the panel speaks English", async ({ open, page, panel }) => {
    const asked = tables(page);
    await open();
    await expect(panel.label).toHaveText("Enabled");
    expect(asked).toEqual([]);
  });
});
