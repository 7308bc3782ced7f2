// A person and a real sync.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./fixtures.js";

const button = (page, name) => page.getByRole("button", { name, exact: true });
const card = (page) => page.locator(".status");

test("a first visit shows the real state of a real sync", async ({ page, service }) => {
  await page.goto(service.url);
  await expect(page.getByRole("heading", { name: "Sync settings" })).toBeVisible();
  await expect(card(page)).toContainText("Enabled");
  await expect(card(page)).toContainText("6 records could not be synced.");
  await expect(page.getByText("35 of 10,000")).toBeVisible();
});

test("a mended contact is synced by Force sync, and the details say so", async ({ page, service }) => {
  await page.goto(service.url);
  await expect(card(page)).toContainText("6 records could not be synced.");
  const file = join(service.mailbox, "contacts/amara.vcf");
  const broken = readFileSync(file, "utf8");
  writeFileSync(file, broken.replace(/^N:.*$/m, "N:Okafor;Amara;;;").replace(/^FN:.*$/m, "FN:Amara Okafor"));
  await button(page, "Force sync").click();
  await expect(card(page)).toContainText("5 records could not be synced.");
  await expect(page.getByText("36 of 10,000")).toBeVisible();

  await button(page, "Last session details").click();
  await expect(page.getByRole("heading", { name: "Last session details" })).toBeFocused();
  await expect(card(page)).toContainText("Succeeded with issues");
  await expect(page.getByText("Jonas Weber")).toBeVisible();
  await expect(page.getByText("INVALID_EMAIL_ADDRESS · Email")).toBeVisible();
  await button(page, "Previous").click();
  await expect(page.getByRole("heading", { name: "Session details" })).toBeVisible();
  await expect(page.getByText("Amara", { exact: true })).toBeVisible();
});

test("Refresh appears when a newer session has ended, and reads it", async ({ page, service, context }) => {
  await page.goto(service.url);
  await expect(card(page)).toContainText("6 records");
  await button(page, "Last session details").click();
  await expect(card(page)).toContainText("Succeeded with issues");
  await expect(button(page, "Refresh")).toBeHidden();
  const other = await context.newPage();
  await other.goto(service.url);
  await button(other, "Force sync").click();
  await expect(page.getByText("A newer session has ended.")).toBeVisible();
  await button(page, "Refresh").click();
  await expect(button(page, "Refresh")).toBeHidden();
  await expect(page.getByText("A newer session has ended.")).toBeHidden();
});

test("a pause is seen in every tab at once, and Start ends it", async ({ page, service, context }) => {
  const other = await context.newPage();
  await other.goto(service.url);
  await page.goto(service.url);
  await expect(card(other)).toContainText("Enabled");
  await button(page, "Pause").click();
  await button(page, "For 1 hour").click();
  for (const tab of [page, other]) {
    await expect(card(tab)).toContainText("Paused");
    await expect(card(tab)).toContainText("No automatic sessions until");
    await expect(tab.getByText("Paused: press Start first.")).toBeVisible();
    await expect(tab.getByText("New messages are not saved to the CRM")).toBeVisible();
  }
  await button(other, "Start").click();
  await expect(card(page)).toContainText("Enabled");
});

test("a cool-down says why and until when, and ends by itself", async ({ page, service }) => {
  await service.kill();
  await service.start({ forceGap: "4s" });
  await page.goto(service.url);
  const force = button(page, "Force sync");
  await expect(force).toHaveAttribute("aria-disabled", "false");
  await force.click();
  await expect(page.getByText(/Force sync again in \d seconds?\./)).toBeVisible();
  await expect(force).toHaveAttribute("aria-disabled", "true");
  await expect(force).toHaveAccessibleDescription(/again in/);
  await expect(force).toHaveAttribute("aria-disabled", "false", { timeout: 10_000 });
});

test("a service that is gone is no failed sync, and is found again", async ({ page, service, expected }) => {
  // Tokens live in memory: the restarted service refuses the old one once.
  expected.push(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|401/);
  await page.goto(service.url);
  await expect(card(page)).toContainText("Enabled");
  await service.kill();
  const banner = page.locator(".banner", { hasText: "The sync service cannot be reached." });
  await expect(banner).toBeVisible({ timeout: 15_000 });
  await expect(card(page)).toContainText("last known");
  await expect(card(page)).toHaveClass(/unknown/);
  await service.start();
  await expect(banner).toBeHidden({ timeout: 30_000 });
  await expect(card(page)).toContainText("since");
});

test("the session's text goes to the clipboard", async ({ page, service, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(service.url);
  await expect(card(page)).toContainText("6 records");
  await button(page, "Last session details").click();
  await button(page, "Copy as text").click();
  await expect(page.locator(".banner strong", { hasText: "Copied." })).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain("Succeeded with issues");
  expect(text).toContain("Contacts, to the CRM\t35\t0\t0\t0\t5");
});

test("signing out leaves nothing on screen, and signing in brings it back", async ({ page, service }) => {
  await page.goto(service.url);
  await expect(card(page)).toContainText("Enabled");
  await button(page, "Menu").click();
  await expect(page.getByText("robin.hale@example.com")).toBeVisible();
  await button(page, "Sign out").click();
  await expect(page.getByText("You are signed out.", { exact: true }).first()).toBeVisible();
  await expect(card(page)).toHaveCount(0);
  await button(page, "Sign in").click();
  await expect(card(page)).toContainText("Enabled");
});
