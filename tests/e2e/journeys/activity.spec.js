// The activity: who did what, in words, day by day.
import { axe } from "../fixtures/axe.js";
import { problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

test.beforeEach(({ mock }) => {
  mock.me = samples.ableMe;
});

const entries = (page) => page.locator(".entries li");

test("General leads to the activity, which says who did what", async ({ open, page, panel }) => {
  await open();
  await page.getByRole("button", { name: "Activity" }).click();
  await expect(page).toHaveURL(/#\/activity$/);
  await expect(panel.heading).toHaveText("Activity");
  await expect(entries(page).nth(0)).toContainText("You paused sync until");
  await expect(entries(page).nth(1)).toContainText("You started sync.");
  await expect(entries(page).nth(2)).toContainText("The engine slowed down.");
  await expect(entries(page).nth(2)).toContainText("The CRM's daily allowance of calls is used up.");
  await expect(entries(page).nth(3)).toContainText("The engine stopped itself.");
  await expect(entries(page).nth(3)).toContainText("Too many sessions in a row have failed.");
  await expect(entries(page).nth(4)).toContainText("Kim Tanaka forced a session.");
  const days = page.locator("main h2");
  await expect(days.first()).toHaveText("Monday, 23 November 2026");
  await expect(days.nth(1)).toHaveText("Sunday, 22 November 2026");
  await panel.back.click();
  await expect(panel.label).toHaveText("Enabled");
});

test("older entries are read on, with Try again after a failure", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  mock.script("GET /activity", undefined, problem(503, "down"), undefined);
  await open("#/activity");
  await expect(entries(page)).toHaveCount(50);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByText("The sync service failed.")).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(entries(page)).toHaveCount(60);
  await expect(page.getByRole("button", { name: "Show more" })).toBeHidden();
});

test("nothing done yet is said, and a vendor without activity has no link to it", async ({ mock, open, page, panel }) => {
  mock.past.activity = 0;
  await open("#/activity");
  await expect(page.getByText("Nothing has been done yet.")).toBeVisible();
  mock.me = samples.me;
  await page.reload();
  await panel.back.click();
  await expect(panel.label).toHaveText("Enabled");
  await expect(page.getByRole("button", { name: "Activity" })).toHaveCount(0);
});

for (const [locale, word] of [
  ["en-GB", "You paused sync"],
  ["de-DE", "Sie haben Sync bis"],
]) {
  test.describe(locale, () => {
    test.use({ locale, viewport: { width: 256, height: 700 } });

    test("nothing scrolls sideways at 256 px, and axe finds nothing", async ({ open, page }) => {
      await open("#/activity");
      await expect(entries(page).first()).toContainText(word);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
      await axe(page);
    });
  });
}
