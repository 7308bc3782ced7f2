// The card of the selected message or meeting in each of its states, in Outlook's page. How it follows what Outlook selects
// is in `outlook.spec.js`.
import { axe } from "../fixtures/axe.js";
import { meWithItems } from "../fixtures/issues.js";
import { problem } from "../fixtures/mock.js";
import { officeStub } from "../fixtures/office-stub.js";
import { sticking } from "../fixtures/sticking.js";
import { expect, installClock, test as base } from "../fixtures/test.js";
import { longName, NOW } from "../fixtures/samples.js";

const message = (id) => ({ itemType: "message", internetMessageId: `<${id}>` });
const meeting = (id) => ({ itemType: "appointment", itemId: id });

const test = base.extend({
  /** Opens Outlook's page beside an item. */
  beside: async ({ mock, page }, use) => {
    mock.me = meWithItems;
    await use(async (item) => {
      await page.route("https://appsforoffice.microsoft.com/**", (route) =>
        route.fulfill({ contentType: "text/javascript", body: officeStub({ item }) }));
      await installClock(page, NOW);
      await page.goto(`${mock.url}outlook.html`);
      const card = page.locator(".card.item");
      await expect(async () => {
        await page.clock.runFor(300);
        await expect(card).toBeVisible({ timeout: 100 });
        await expect(card).not.toContainText("Looking…", { timeout: 100 });
      }).toPass();
      return card;
    });
  },
});

const states = {
  synced: { item: message("synced@example.com"), says: ["This message", "Synced", "Lunch on Thursday", "02s-17"] },
  queued: { item: message("queued@example.com"), says: ["Waiting for the next session", "Offer", "Next run"] },
  "left alone": { item: message("left-alone@example.com"), says: ["Not synced", "Newsletter"] },
  failed: { item: message("failed@example.com"), says: ["Could not be synced", "Project plan"] },
  meeting: { item: meeting("meeting-1"), says: ["This meeting", "Synced", "Review"] },
  "too far ahead": { item: meeting("meeting-far"), says: ["This meeting", "Not synced", "Trade fair"] },
  "not known": { item: message("nobody@example.com"), says: ["Not synced", "It is not in the mailbox that is synced"], lost: true },
  draft: { item: { itemType: "message" }, says: ["It has not been sent yet."] },
  nothing: { item: null, says: ["Select a message or a meeting to see whether it is synced."] },
};

for (const [name, { item, says, lost }] of Object.entries(states)) {
  test(`one that is ${name} is told of, can be read in every look, and has room at 256 px`, async ({ beside, page, watch }) => {
    if (lost) watch.allowLostRequests();
    const card = await beside(item);
    for (const words of says) await expect(card).toContainText(words);
    await page.setViewportSize({ width: 256, height: 700 });
    expect(await sticking(page)).toEqual([]);
    await axe(page);
  });
}

test("a long subject has room", async ({ beside, mock, page }) => {
  mock.items.known["long@example.com"] = { ...mock.items.known["synced@example.com"], name: longName, crm_id: longName };
  await beside(message("long@example.com"));
  await page.setViewportSize({ width: 256, height: 700 });
  expect(await sticking(page)).toEqual([]);
});

test("one that failed leads to its issue", async ({ beside, mock, panel }) => {
  mock.issues.count = 3;
  const card = await beside(message("failed@example.com"));
  await card.getByRole("button", { name: /issue/i }).click();
  await expect(panel.heading).toHaveText("Issue");
});

test("one that cannot be read says so, and is read at the next try", async ({ beside, mock, page, watch }) => {
  watch.allowLostRequests();
  const call = "GET /items/%3Csynced%40example.com%3E";
  mock.script(call, problem(500, "internal"));
  const card = await beside(message("synced@example.com"));
  await expect(card).toContainText("Not known");
  await expect(card).not.toContainText("Synced");
  mock.unscript(call);
  await card.getByRole("button", { name: "Try again", exact: true }).click();
  await expect(async () => {
    await page.clock.runFor(300);
    await expect(card).toContainText("Synced", { timeout: 100 });
  }).toPass();
});
