// The whole of it: the sidebar on the real service, which really syncs a mailbox folder.
import { readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { PAGE_POLICY } from "../fixtures/site.js";
import { expect, panelOf, test } from "../fixtures/test.js";

const contact = (first, last, more = "") =>
  ["BEGIN:VCARD", "VERSION:3.0", `FN:${first} ${last}`, `N:${last};${first};;;`, more, "END:VCARD", ""]
    .filter((line, index, all) => line !== "" || index === all.length - 1)
    .join("\r\n");

/** Writes a contact into the mailbox, as a mail program would. */
const writeContact = (service, file, text) => writeFile(path.join(service.mailbox, "contacts", file), text);

/** Presses Force sync and waits for the session to have ended. */
async function force(page) {
  const panel = panelOf(page);
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  const answer = page.waitForResponse((response) => response.url().endsWith("/sync/force"));
  await panel.force.click();
  expect((await answer).status()).toBe(202);
}

const amount = (page) => page.locator(".amount");

test("the first visit shows the real state of a real sync", async ({ service, page, panel }) => {
  const response = await page.goto(service.url);
  expect(response.headers()["content-security-policy"]).toBe(PAGE_POLICY);
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.summary).toHaveText("7 records could not be synced.");
  await expect(panel.step).toHaveText("See Issues for what to correct.");
  await expect(panel.fact("Last success")).toContainText("just now");
  await expect(panel.fact("Last attempt")).toContainText("Succeeded with issues");
  await expect(panel.fact("Next run")).toContainText("every 30 min");
  await expect(amount(page)).toHaveText("39 of 10,000");
  await panel.menu.click();
  await expect(page.getByText("robin.hale@example.com")).toBeVisible();
});

test("Force sync runs a session: the count changes, and the CRM's refusals are told with their reasons", async ({
  service,
  page,
  panel,
}) => {
  await page.goto(service.url);
  await expect(amount(page)).toHaveText("39 of 10,000");
  await writeContact(service, "nele-journey.vcf", contact("Nele", "Journey", "EMAIL:nele.journey@example.com"));
  await writeContact(service, "bad-address.vcf", contact("Bad", "Address", "EMAIL:bad(at)example.com"));
  await force(page);
  await expect(amount(page)).toHaveText("40 of 10,000");
  await expect(panel.summary).toHaveText("8 records could not be synced.");

  await panel.lastSession.click();
  await expect(panel.heading).toHaveText("Last session details");
  await expect(panel.label).toHaveText("Succeeded with issues");
  await expect(panel.fact("Trigger")).toHaveText("Force sync");
  const row = page.locator("tbody", { hasText: "Contacts to the CRM" });
  await expect(row.locator("td")).toHaveText(["1", "0", "0", "0", "6"]);
  const refused = page.getByRole("listitem").filter({ hasText: "Bad Address" });
  await expect(refused).toContainText("Email: invalid email address: bad(at)example.com");
  await expect(refused).toContainText("INVALID_EMAIL_ADDRESS · Email");
  await expect(refused).toContainText("Failed · Contacts · to the CRM");
  await expect(page.getByRole("listitem").filter({ hasText: "REQUIRED_FIELD_MISSING" })).toContainText("Amara");
});

test("a contact that is put right is synced by the next session", async ({ service, page, panel }) => {
  await page.goto(service.url);
  await expect(panel.summary).toHaveText("7 records could not be synced.");
  await writeContact(service, "amara.vcf", contact("Amara", "Okafor", "EMAIL:amara@atlasfresh.example.net"));
  await force(page);
  await expect(panel.summary).toHaveText("6 records could not be synced.");
  await expect(amount(page)).toHaveText("40 of 10,000");
});

test("the last session's details: every row, skipped records with reasons, previous and next, copy as text", async ({
  service,
  page,
  panel,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(service.url).origin });
  await page.goto(service.url);
  await force(page);
  await expect(panel.hint).toHaveText(/again in/);
  await panel.lastSession.click();
  await expect(panel.fact("Trigger")).toHaveText("Force sync");
  await expect(page.locator("thead th")).toHaveText(["Created", "Updated", "Deleted", "Skipped", "Failed"]);
  await expect(page.locator("tbody")).toHaveCount(6);

  await page.getByRole("button", { name: "Previous" }).click();
  await expect(panel.heading).toHaveText("Session details");
  await expect(panel.fact("Trigger")).toHaveText("Schedule");
  await expect(page.locator("tbody", { hasText: "Contacts to the CRM" }).locator("td")).toHaveText(["35", "0", "0", "0", "5"]);
  const skipped = page.getByRole("listitem").filter({ hasText: "NO_MATCHING_CONTACT" });
  await expect(skipped).toHaveCount(7);
  await expect(skipped.first()).toContainText("Nobody in this message is a contact in the CRM.");
  await expect(skipped.first()).toContainText("Skipped · E-mails · to the CRM");
  await expect(page).toHaveURL(/#\/sessions\/s-/);

  await page.getByRole("button", { name: "Copy as text" }).click();
  await expect(page.locator(".banner", { hasText: "Copied." })).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain("Succeeded with issues");
  expect(text).toContain("Contacts, to the CRM\t35\t0\t0\t0\t5");
  expect(text).toMatch(/Amara\tREQUIRED_FIELD_MISSING · LastName\t/);

  await page.getByRole("button", { name: "Next" }).click();
  await expect(panel.heading).toHaveText("Last session details");
  await expect(panel.fact("Trigger")).toHaveText("Force sync");
  await panel.back.click();
  await expect(panel.heading).toHaveText("Sync settings");
});

test("the browser's own back and forward lead through the screens", async ({ service, page, panel }) => {
  await page.goto(service.url);
  await panel.lastSession.click();
  await expect(panel.fact("Trigger")).toHaveText("Schedule");
  await page.goBack();
  await expect(panel.heading).toHaveText("Sync settings");
  await page.goForward();
  await expect(panel.heading).toHaveText("Last session details");
  await expect(panel.fact("Trigger")).toHaveText("Schedule");
});

test("Refresh appears when a newer session has ended, and reads it", async ({ service, page, panel, context }) => {
  await page.goto(`${service.url}#/sessions/last`);
  await expect(panel.fact("Trigger")).toHaveText("Schedule");
  const refresh = page.getByRole("button", { name: "Refresh" });
  await expect(refresh).toBeHidden();
  const other = await context.newPage();
  await other.goto(service.url);
  await force(other);
  await expect(page.getByText("A newer session has ended.")).toBeVisible();
  await expect(panel.fact("Trigger")).toHaveText("Schedule");
  await refresh.click();
  await expect(panel.fact("Trigger")).toHaveText("Force sync");
  await expect(refresh).toBeHidden();
});

for (const [choice, summary, next] of [
  ["Until I start it", "No automatic sessions until somebody presses Start.", "none planned"],
  ["For 1 hour", /^No automatic sessions until .+\.$/, /in (1 hour|59 minutes)/],
  ["Until tomorrow", /^No automatic sessions until .+00:00\.$/, /in \d+ (hour|minute|second)s?/],
]) {
  test(`the pause "${choice}" holds until Start`, async ({ service, page, panel }) => {
    await page.goto(service.url);
    await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
    await panel.pause.click();
    await page.getByRole("button", { name: choice }).click();
    await expect(panel.label).toHaveText("Paused");
    await expect(panel.summary).toHaveText(summary);
    await expect(panel.fact("Next run")).toContainText(next);
    await expect(panel.hint).toHaveText("Paused: press Start first.");
    await expect(page.getByRole("heading", { name: "What does not work now" })).toBeVisible();
    await page.reload();
    await expect(panel.label).toHaveText("Paused");
    await panel.start.click();
    await expect(panel.label).toHaveText("Enabled");
    await expect(panel.pause).toBeVisible();
    await expect(panel.fact("Next run")).toContainText(/in \d+ minutes|now/);
  });
}

test("another tab sees a pause and a start live", async ({ service, page, panel, context }) => {
  const other = await context.newPage();
  await other.goto(service.url);
  const seen = panelOf(other);
  await expect(seen.label).toHaveText("Enabled");
  await page.goto(service.url);
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
  await panel.pause.click();
  await page.getByRole("button", { name: "Until I start it" }).click();
  await expect(seen.label).toHaveText("Paused");
  await expect(seen.start).toBeVisible();
  await panel.start.click();
  await expect(seen.label).toHaveText("Enabled");
});

test.describe("with a cool-down that can be watched", () => {
  test.use({ serviceOptions: { "force-gap": "6s" } });

  test("the cool-down counts down, says why, and the control comes back", async ({ service, page, panel }) => {
    await page.goto(service.url);
    await expect(panel.force).toHaveAttribute("aria-disabled", "false");
    await force(page);
    await expect(panel.hint).toHaveText(/^Force sync again in \d seconds?\.$/);
    await expect(panel.force).toHaveAttribute("aria-disabled", "true");
    const left = async () => Number((await panel.hint.textContent()).match(/\d+/)?.[0] ?? 0);
    const first = await left();
    await expect.poll(left).toBeLessThan(first);
    await expect(panel.force).toHaveAttribute("aria-disabled", "false");
    await expect(panel.hint).toHaveText("");
    await force(page);
  });
});

test("a mailbox that has gone is told before everything else, and its return too", async ({ service, page, panel }) => {
  await page.goto(service.url);
  await expect(panel.label).toHaveText("Enabled");
  const contacts = path.join(service.mailbox, "contacts");
  const kept = (await readdir(contacts)).length;
  expect(kept).toBe(40);
  await rm(service.mailbox, { recursive: true });
  await force(page);
  await expect(panel.summary).toHaveText("The mailbox is disconnected.");
  await expect(panel.card).toHaveClass(/bad/);
  await expect(amount(page)).toHaveText("39 of 10,000");
});

test("a service that has gone is told apart from a failed sync, and the panel recovers by itself", async ({
  service,
  page,
  panel,
  watch,
}) => {
  watch.allowLostRequests();
  await page.goto(service.url);
  await expect(panel.label).toHaveText("Enabled");
  await service.kill();
  await expect(panel.banner).toContainText("The sync service cannot be reached.");
  await expect(panel.banner).toContainText("Your sync goes on without this panel.");
  await expect(panel.since).toHaveText(/^last known /);
  await expect(panel.card).toHaveClass(/unknown/);
  await expect(panel.root).not.toContainText("failed");
  await service.run();
  await expect(panel.banner).toBeHidden({ timeout: 20_000 });
  await expect(panel.since).toHaveText(/^since /);
  await expect(panel.label).toHaveText("Enabled");
});

test("a service killed in the middle of a command: its outcome is read, and it is not sent again", async ({
  service,
  page,
  panel,
  watch,
}) => {
  watch.allowLostRequests();
  const sent = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().endsWith("/sync/pause")) sent.push(request);
  });
  await page.goto(service.url);
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
  service.freeze();
  await panel.pause.click();
  await page.getByRole("button", { name: "Until I start it" }).click();
  await expect(panel.hint).toHaveText("Pausing…");
  await service.kill();
  await expect(panel.hint).toHaveText("No answer came. Checking whether it was done…");
  await service.run();
  await expect(page.locator(".banner", { hasText: "Sync was not paused." })).toContainText("Press again.", { timeout: 20_000 });
  await expect(panel.label).toHaveText("Enabled");
  expect(sent).toHaveLength(1);
});
