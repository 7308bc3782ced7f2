// For everybody: the menu, the controls and the headings by keyboard. Whole journeys by keyboard are in `keyboard.spec.js`,
// each screen in each look in `matrix.spec.js`, what is said aloud in `announcements.spec.js`.
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

test("the menu opens and closes by keyboard, and the focus comes back to its button", async ({ open, panel, page }) => {
  await open();
  // The skeleton has nothing to focus: a Tab that comes before the panel is drawn would go past it.
  await expect(panel.menu).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(panel.menu).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel.menu).toHaveAttribute("aria-expanded", "true");
  await expect(page.locator("#menu").getByRole("button", { name: "Sync settings" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel.menu).toHaveAttribute("aria-expanded", "false");
  await expect(panel.menu).toBeFocused();
});

test("the menu closes by a click beside it", async ({ open, panel, page }) => {
  await open();
  await panel.menu.click();
  await expect(panel.menu).toHaveAttribute("aria-expanded", "true");
  await page.mouse.click(310, 700);
  await expect(panel.menu).toHaveAttribute("aria-expanded", "false");
});

test("every way from the menu leads to a screen whose heading has the focus", async ({ open, panel, page }) => {
  await open();
  await panel.menu.press("Enter");
  await expect(page.getByRole("button", { name: "Sync settings" })).toBeFocused();
  await page.getByRole("button", { name: "About" }).press("Enter");
  await expect(panel.heading).toHaveText("About");
  await expect(panel.heading).toBeFocused();
  await expect(page).toHaveURL(/#\/about$/);
  await page.keyboard.press("Shift+Tab");
  await expect(panel.back).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel.heading).toHaveText("Sync settings");
  await expect(panel.heading).toBeFocused();
});

test("Force sync, Pause with its choices, and Start work by keyboard", async ({ mock, open, panel, page }) => {
  await open();
  const stream = await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await panel.force.press("Enter");
  await mock.asking("POST /sync/force");
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");

  await panel.pause.press("Enter");
  await expect(panel.pause).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Until I start it" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel.pause).toHaveAttribute("aria-expanded", "false");
  await expect(panel.pause).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(panel.pause).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "For 1 hour" })).toBeFocused();
  mock.status = samples.pausedUntil;
  await page.keyboard.press("Enter");
  await mock.asking("POST /sync/pause");
  await stream.send("status", samples.pausedUntil);
  await expect(panel.label).toHaveText("Paused");
  // The pressed choice has gone; whoever works by keyboard must not be thrown to the top of the page.
  await expect(panel.start).toBeFocused();
  mock.status = samples.good;
  await page.keyboard.press("Enter");
  await mock.asking("POST /sync/start");
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.pause).toBeFocused();
});

test("Last session details and back work by keyboard, with the focus on the heading", async ({ open, panel, page }) => {
  await open();
  await panel.lastSession.press("Enter");
  await expect(panel.heading).toHaveText("Last session details");
  await expect(panel.heading).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(panel.back).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel.heading).toBeFocused();
  await expect(panel.heading).toHaveText("Sync settings");
});

test("a control that cannot be used stays within reach and explains itself", async ({ mock, open, panel, page }) => {
  mock.status = samples.paused;
  await open();
  await expect(panel.force).toHaveAttribute("aria-disabled", "true");
  await panel.force.focus();
  await expect(panel.force).toBeFocused();
  await expect(panel.force).toHaveAccessibleDescription("Paused: press Start first.");
  await expect(page.locator("#panel button[disabled]")).toHaveCount(0);
});

test("targets are at least 24 pixels", async ({ open, panel, page }) => {
  await open();
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
  await panel.pause.click();
  await panel.menu.click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("#panel button, #panel a")]
      .map((element) => [element.textContent, element.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(([name, box]) => `${name}: ${box.width}×${box.height}`),
  );
  expect(small).toEqual([]);
});
