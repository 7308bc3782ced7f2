// The support report: seen before it goes anywhere, copied and saved as the same text.
import { readFile } from "node:fs/promises";
import { axe } from "../fixtures/axe.js";
import { problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

const TEXT = `Support report, 2026-11-23T10:00:00.000Z

Product
  Service: 0.1.0
  Engine: local

State
  State: enabled
  Last outcome: succeeded
`;

test.beforeEach(({ mock }) => {
  mock.me = samples.ableMe;
});

test("the menu leads to the report, which says what is in it and what is not", async ({ open, page, panel }) => {
  await open();
  await panel.menu.click();
  await page.getByRole("button", { name: "Support report" }).click();
  await expect(page).toHaveURL(/#\/support$/);
  await expect(panel.heading).toHaveText("Support report");
  await expect(page.getByText(/No password, no name or address of others/)).toBeVisible();
  await expect(page.getByRole("heading", { name: "State" })).toBeVisible();
  await expect(panel.fact("Engine")).toHaveText("local");
});

test("what is copied and what is saved is what is on screen", async ({ context, mock, open, page }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(mock.url).origin });
  await open("#/support");
  await page.getByRole("button", { name: "Copy as text" }).click();
  await expect(page.getByText("Copied.").first()).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(TEXT);
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe("support-report.txt");
  expect(await readFile(await file.path(), "utf8")).toBe(TEXT);
});

test("a report that cannot be had is tried again", async ({ mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  mock.script("GET /support-report", problem(500, "internal"), undefined);
  await open("#/support");
  await expect(page.getByText("The sync service failed.")).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(panel.fact("Service")).toHaveText("0.1.0");
});

test("where support is the next step, General leads to the report", async ({ mock, open, page, panel }) => {
  const error = { source: "engine", category: "internal", code: "SW0003", message: "index out of bounds" };
  mock.status = { ...samples.failed, last_attempt: { ...samples.failed.last_attempt, error } };
  await open();
  const banner = page.locator("#panel .banner.bad");
  await expect(banner).toContainText("The sync engine had an error of its own.");
  await banner.getByRole("button", { name: "Session details" }).click();
  await expect(page).toHaveURL(/#\/sessions\/last$/);
  await panel.back.click();
  await banner.getByRole("button", { name: "Support report" }).click();
  await expect(page).toHaveURL(/#\/support$/);
});

test("a vendor without a report does not offer one", async ({ mock, open, page, panel }) => {
  mock.me = samples.me;
  mock.status = samples.failed;
  await open();
  await panel.menu.click();
  await expect(page.getByText("Robin Hale")).toBeVisible();
  await expect(page.getByRole("button", { name: "Support report" })).toHaveCount(0);
});

test.describe("at 256 px", () => {
  test.use({ viewport: { width: 256, height: 700 }, locale: "de-DE" });

  test("nothing scrolls sideways, and axe finds nothing", async ({ open, page }) => {
    await open("#/support");
    await expect(page.getByText("local")).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await axe(page);
  });
});
