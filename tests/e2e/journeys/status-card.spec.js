// Every state of the status card in the right words, with the next step that helps.
import { silence } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { cases } from "../fixtures/status-cases.js";
import { expect, test } from "../fixtures/test.js";

for (const [name, expected] of Object.entries(cases)) {
  test(`the state "${name}" is told in its words, with its next step`, async ({ mock, open, panel }) => {
    mock.status = samples.states[name];
    await open();
    await expect(panel.label).toHaveText(expected.label);
    await expect(panel.summary).toHaveText(expected.summary);
    await expect(panel.card).toHaveClass(new RegExp(`\\b${expected.tone}\\b`));
    await expect(panel.card).not.toHaveClass(/loading/);
    if (expected.step === null) {
      await expect(panel.step).toBeHidden();
    } else {
      await expect(panel.step).toHaveText(expected.step);
      await expect(panel.step).toHaveClass(expected.byItself ? "step passes" : "step");
    }
  });
}

test("nothing is said of the state before it is known", async ({ mock, open, panel }) => {
  mock.script("GET /sync", silence);
  await open();
  await mock.asking("GET /sync");
  await expect(panel.label).toHaveText("Looking…");
  await expect(panel.card).toHaveClass(/loading/);
  await expect(panel.root).not.toContainText("in sync");
  await expect(panel.force).toHaveAttribute("aria-disabled", "true");
});

test("a running session shows how far it is, and how long it runs", async ({ mock, open, panel }) => {
  mock.status = samples.running;
  await open();
  await expect(panel.progress).toHaveAttribute("value", "12");
  await expect(panel.progress).toHaveAttribute("max", "38");
  await expect(panel.since).toHaveText(/^for \d+ s$/);
  await expect(panel.hint).toHaveText("A session is running.");
  await expect(panel.fact("Next run")).toContainText("running now");
});

test("a session that still counts shows a bar without a value", async ({ mock, open, panel }) => {
  mock.status = samples.runningUncounted;
  await open();
  await expect(panel.summary).toHaveText("Reading the mailbox");
  await expect(panel.progress).not.toHaveAttribute("value");
  await expect(panel.progress).toHaveAttribute("aria-hidden", "false");
});

test("the last success and the last attempt are two facts", async ({ mock, open, panel }) => {
  mock.status = { ...samples.failed, last_success: samples.at(-3 * 3600) };
  await open();
  await expect(panel.fact("Last success")).toContainText("3 hours ago");
  await expect(panel.fact("Last attempt")).toContainText("2 minutes ago");
  await expect(panel.fact("Last attempt")).toContainText("Failed");
  await expect(panel.fact("Next run")).toContainText("in 28 minutes");
  await expect(panel.fact("Next run")).toContainText("every 30 min");
});

test("a throttled engine says why it runs so seldom, and what is left of the CRM's calls", async ({ mock, open, panel }) => {
  mock.status = samples.throttled;
  await open();
  await expect(panel.fact("Next run")).toContainText("every 2 h 30 min, to spare the CRM's allowance");
  await expect(panel.fact("CRM calls today")).toHaveText("14,800 of 15,000");
});

test("without a session yet the facts say never", async ({ mock, open, panel }) => {
  mock.status = samples.noSessionYet;
  await open();
  await expect(panel.fact("Last success")).toHaveText("never");
  await expect(panel.fact("Last attempt")).toHaveText("never");
});

test("a failed session's own words are one tap away", async ({ mock, open, panel, page }) => {
  mock.status = samples.lostMailbox;
  await open();
  const words = page.getByText("No such file or directory: mailbox/contacts");
  await expect(page.getByText("The mailbox could not be read.")).toBeVisible();
  await expect(words).toBeHidden();
  await page.getByRole("button", { name: "Show details" }).click();
  await expect(words).toBeVisible();
  await expect(panel.fact("Where")).toHaveText("Mailbox");
  await expect(panel.fact("Code")).toHaveText("MAILBOX_UNREADABLE");
  await page.getByRole("button", { name: "Hide details" }).click();
  await expect(words).toBeHidden();
});

test("what does not work while paused is listed", async ({ mock, open, page }) => {
  mock.status = samples.paused;
  await open();
  await expect(page.getByRole("heading", { name: "What does not work now" })).toBeVisible();
  await expect(page.getByRole("listitem")).toHaveText([
    "Contacts are not kept the same on both sides",
    "New messages are not saved to the CRM",
  ]);
});

test("the words of a later version are shown as they are, and nothing breaks", async ({ mock, open, panel, page }) => {
  mock.status = samples.fromTheFuture;
  mock.sessions.last = samples.futureDetails;
  await open();
  await expect(panel.label).toHaveText("winding down");
  await expect(panel.fact("Last attempt")).toContainText("nearly succeeded");
  await expect(panel.fact("poem")).toContainText("only sonnets");
  await expect(page.getByRole("listitem")).toHaveText("poem sync");
  await panel.lastSession.click();
  await expect(panel.label).toHaveText("nearly succeeded");
  await expect(panel.fact("Trigger")).toHaveText("by magic");
  await expect(page.getByRole("listitem")).toContainText("sung · poem · to_moon");
});

test("records in scope above the limit are marked", async ({ mock, open, page }) => {
  mock.status = { ...samples.good, scope: { ...samples.good.scope, total: 10_004 } };
  await open();
  const scope = page.locator(".card", { has: page.getByRole("heading", { name: "Records in scope" }) });
  await expect(scope.locator(".amount")).toHaveText("10,004 of 10,000");
  await expect(scope).toHaveClass(/bad/);
});

test("a control that the vendor lacks is not shown", async ({ mock, open, panel }) => {
  mock.me = { ...samples.me, capabilities: ["sessions"] };
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.force).toBeHidden();
  await expect(panel.pause).toBeHidden();
  await expect(panel.start).toBeHidden();
});

test("a vendor that cannot end a pause by itself offers no times", async ({ mock, open, panel, page }) => {
  mock.me = { ...samples.me, capabilities: ["force", "pause"] };
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await panel.pause.click();
  await expect(page.locator("#pause-choices button")).toHaveText(["Until I start it"]);
});

test("a vendor without sessions offers no details of them", async ({ mock, open, panel }) => {
  mock.me = { ...samples.me, capabilities: ["force", "pause", "pause_until"] };
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await mock.asking("GET /me");
  await expect(panel.lastSession).toBeHidden();
});

test("no step is named whose control cannot be used", async ({ mock, open, panel }) => {
  mock.status = { ...samples.disabled, reason: { ...samples.disabled.reason, next_step: "retry" } };
  await open();
  await expect(panel.label).toHaveText("Disabled");
  const step = await panel.step.textContent();
  const usable = (await panel.force.getAttribute("aria-disabled")) === "false";
  expect(step.includes("Press Force sync") && !usable, `"${step}" beside a Force sync that cannot be used`).toBe(false);
});
