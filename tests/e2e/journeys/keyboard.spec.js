// The main journeys by Tab, Enter, Space, Escape and the arrows alone: at each stop the focus can be seen, nothing covers
// it, and it is the next in the order of reading. It is never lost.
import { crm, email, lostCrm, meWithConnections, statusOf, unset } from "../fixtures/connections.js";
import { legacyMe, withTypes } from "../fixtures/editions.js";
import { meWithIssues } from "../fixtures/issues.js";
import { Keyboard } from "../fixtures/keyboard.js";
import { json, problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { scenes, show } from "../fixtures/scenes.js";
import { expect, test as base } from "../fixtures/test.js";

const test = base.extend({
  keyboard: async ({ page }, use) => use(new Keyboard(page)),
});

/** Waits for a screen that has come by a key: its heading has the focus. */
async function arrives(panel, title) {
  await expect(panel.heading).toHaveText(title);
  await expect(panel.heading).toBeFocused();
}

test("the first visit: Force sync, a pause with its choices, Start", async ({ keyboard, mock, open, page, panel }) => {
  await open();
  const stream = await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await keyboard.use("Force sync");
  await mock.asking("POST /sync/force");
  await keyboard.isKept();
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
  await keyboard.use("Pause", "Space");
  await keyboard.to("Until tomorrow");
  await keyboard.to("For 1 hour", "Shift+Tab");
  mock.status = samples.pausedUntil;
  await keyboard.press("Enter");
  await mock.asking("POST /sync/pause");
  await stream.send("status", samples.pausedUntil);
  await expect(panel.start).toBeFocused();
  mock.status = samples.good;
  await keyboard.press("Space");
  await mock.asking("POST /sync/start");
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.pause).toBeFocused();
  await page.keyboard.press("Escape");
  await keyboard.isKept();
});

test("the last session, the one before, and the way back", async ({ keyboard, mock, open, panel }) => {
  mock.sessions["s-6"] = { ...samples.details, previous: null, next: "s-7" };
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await keyboard.use("Last session details");
  await arrives(panel, "Last session details");
  await expect(panel.label).toHaveText("Succeeded with issues");
  await keyboard.use("Previous");
  await arrives(panel, "Session details");
  await keyboard.to("Back", "Shift+Tab");
  await keyboard.press("Enter");
  await arrives(panel, "Sync settings");
});

test("issues: a search, a filter, a retry, one that is opened, muted, and its record", async ({ keyboard, mock, open, page, panel }) => {
  mock.me = meWithIssues;
  mock.status = samples.issues;
  mock.issues.count = 30;
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await keyboard.use(/^Issues \(/);
  await expect(page.locator(".rows li:not(.unread)").first()).toBeVisible();
  await keyboard.use(/^Retry: A field that the CRM requires/);
  await mock.asking("POST /issues/retry");
  await keyboard.isKept();
  await keyboard.to("Search names and messages");
  await page.keyboard.type("example 7");
  await page.clock.runFor(400);
  await expect(page.locator("h2#records")).toContainText("1 record");
  await keyboard.isKept();
  for (const _letter of "example 7") await keyboard.press("Backspace");
  await page.clock.runFor(400);
  await expect(page.locator("h2#records")).toContainText("30 records");
  await keyboard.to("Type");
  await page.keyboard.type("Ev");
  await expect(page.locator("h2#records")).toContainText("10 records");
  await keyboard.use("Clear filters");
  await expect(page.locator("h2#records")).toContainText("30 records");
  await keyboard.isKept();
  await keyboard.use(/^Ana Example 0/);
  await arrives(panel, "Issue");
  await keyboard.use("Mute");
  await mock.asking("POST /issues/i-0/mute");
  await expect(page.getByRole("button", { name: "Unmute" })).toBeVisible();
  await keyboard.isKept();
  await keyboard.use("Show in Local CRM");
  await arrives(panel, "Record");
  await keyboard.to("Back", "Shift+Tab");
  await keyboard.press("Enter");
  await arrives(panel, "Issue");
});

test("history: a filter, and a row that opens", async ({ keyboard, mock, open, page, panel }) => {
  mock.me = samples.ableMe;
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await keyboard.use("History");
  await expect(page.locator(".rows li:not(.unread)").first()).toBeVisible();
  await keyboard.to("Outcome");
  await page.keyboard.type("Fa");
  await expect(page.locator(".rows li:not(.unread) strong").first()).toHaveText("Failed");
  await keyboard.use(/^Failed/);
  await arrives(panel, /ession details$/);
  await keyboard.to("Back", "Shift+Tab");
  await keyboard.press("Enter");
  await arrives(panel, "Sync settings");
});

test("connectivity: check, refresh and give up, and the form of a change", async ({ keyboard, mock, open, page, panel }) => {
  mock.me = meWithConnections;
  mock.connections.items = [lostCrm, email];
  mock.status = statusOf([lostCrm, email]);
  await open();
  await expect(panel.summary).toHaveText("The CRM is disconnected.");
  await keyboard.use("My connectivity");
  await arrives(panel, "My connectivity");
  await keyboard.use("Check now");
  await mock.asking("POST /connections/crm/check");
  await keyboard.isKept();
  await keyboard.to("Refresh", "Shift+Tab");
  const opened = page.waitForEvent("popup");
  await keyboard.press("Enter");
  const window = await opened;
  await page.bringToFront();
  await expect(page.getByRole("button", { name: "Give up" })).toBeVisible();
  await keyboard.isKept();
  await keyboard.use("Give up");
  await expect(page.getByRole("button", { name: "Give up" })).toBeHidden();
  await keyboard.isKept();
  await keyboard.use("Change");
  await expect(page.getByLabel("Connect to")).toBeVisible();
  await keyboard.to("Connect to");
  await page.keyboard.type("Salesforce (own");
  await keyboard.to("Domain");
  await page.keyboard.type("larkfield.my.salesforce.com");
  await keyboard.use("Cancel");
  await expect(page.getByLabel("Connect to")).toBeHidden();
  await keyboard.isKept();
  if (!window.isClosed()) await window.close();
});

test("signing in at a provider, the menu, and signing out", async ({ keyboard, mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  mock.organisation.name = "Larkfield ID";
  await open();
  await expect(page.locator(".entrance p")).toHaveText("Sign in at Larkfield ID to see how your sync stands.");
  const opened = page.waitForEvent("popup");
  await keyboard.use("Sign in");
  const window = await opened;
  await window.getByRole("heading", { name: "Larkfield ID" }).waitFor();
  const closed = window.waitForEvent("close");
  await window.keyboard.press("Tab");
  await window.keyboard.press("Enter").catch(() => {});
  await closed;
  await page.bringToFront();
  await arrives(panel, "Sync settings");
  await keyboard.to("Menu", "Shift+Tab");
  await keyboard.press("Enter");
  await expect(page.locator("#menu").getByRole("button", { name: "Sync settings" })).toBeFocused();
  await keyboard.use("Sign out");
  await expect(page.locator(".entrance p")).toHaveText("You are signed out.");
  await keyboard.isKept();
});

test("the open menu: nothing that it covers can be reached, and Escape leads back", async ({ keyboard, open, page, panel }) => {
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await keyboard.use("Menu");
  await expect(page.locator("#menu").getByRole("button", { name: "Sync settings" })).toBeFocused();
  expect(await keyboard.walk()).toEqual(["Help", "Deutsch", "About", "Sign out"]);
  await keyboard.to("About");
  await keyboard.press("Escape");
  await expect(panel.menu).toBeFocused();
  await keyboard.to("General");
});

test("a notice is dismissed, and the focus stays near", async ({ keyboard, mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  mock.script("POST /sync/force", problem(409, "already_running"));
  await open();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await keyboard.use("Force sync");
  await keyboard.use("Dismiss");
  await expect(page.getByRole("button", { name: "Dismiss" })).toBeHidden();
  await keyboard.isKept();
});

test("the legacy dashboard leads to the issues of a type", async ({ keyboard, mock, open, page }) => {
  mock.me = legacyMe;
  mock.status = withTypes;
  mock.issues.count = 4;
  await open();
  await expect(page.locator(".dashboard tbody").first()).toBeVisible();
  await keyboard.use("Contacts (3)");
  await expect(page).toHaveURL(/#\/issues\?type=contact$/);
  await keyboard.isKept();
});

const walked = [
  "issues", "running", "paused", "lostCrm", "failedDetails", "pauseChoices", "menuLost", "away", "refused", "session", "sessionLong", "issuesList", "history",
  "issue", "record", "activity", "supportReport", "connectivity", "connectivityWaiting", "connectivityExchange", "connectivityExchangeRefused",
  "setUp", "dashboard", "itemFailed", "outlookBlocked", "gmail", "help", "about", "signInAtProvider", "signIn", "stopped", "laterMissing",
];
for (const name of walked) {
  test(`there is a way through the page and back, past every control: ${name}`, async ({ keyboard, page, watch }) => {
    test.setTimeout(90_000);
    watch.allowLostRequests();
    watch.allow(/Sync Sidebar has stopped/);
    const mock = await show(page, scenes[name]);
    const there = await keyboard.walkThrough();
    const back = await keyboard.walkThrough("Shift+Tab");
    // Rows come and go on the way; a history of many is in `history.spec.js`.
    if ((await page.locator(".rows").count()) === 0) {
      expect(there).toHaveLength(await keyboard.controls());
      expect(back.reverse()).toEqual(there);
    }
    watch.end();
    mock.stop();
  });
}

test("a session that runs is cancelled", async ({ keyboard, mock, open, page, panel }) => {
  mock.me = samples.ableMe;
  mock.status = samples.running;
  mock.sessions["s-8"] = samples.unfinished;
  await open("#/sessions/s-8");
  const stream = await mock.stream();
  await keyboard.use("Cancel this session");
  await mock.asking("POST /sessions/s-8/cancel");
  await keyboard.isKept();
  const cancelled = { ...samples.summary, id: "s-8", outcome: "cancelled", ended_at: samples.at(3) };
  mock.sessions["s-8"] = { ...samples.unfinished, summary: cancelled };
  mock.status = { ...samples.good, last_attempt: cancelled };
  await stream.send("status", mock.status);
  await expect(panel.label).toHaveText("Cancelled");
  await expect(page.getByRole("button", { name: /Cancel/ })).toBeHidden();
  await keyboard.isKept();
});

test("issues are saved as a file, and the support report is copied and saved", async ({ keyboard, mock, open, page, panel, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(mock.url).origin });
  mock.me = { ...meWithIssues, capabilities: [...samples.ableMe.capabilities, ...meWithIssues.capabilities] };
  mock.status = samples.issues;
  mock.issues.count = 30;
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await keyboard.use(/^Issues \(/);
  await expect(page.locator(".rows li:not(.unread)").first()).toBeVisible();
  const issues = page.waitForEvent("download");
  await keyboard.use("Save as CSV");
  expect((await issues).suggestedFilename()).toMatch(/\.csv$/);
  await keyboard.isKept();
  await keyboard.to("Menu", "Shift+Tab");
  await keyboard.press("Enter");
  await expect(page.locator("#menu").getByRole("button", { name: "Sync settings" })).toBeFocused();
  await keyboard.use("Support report");
  await arrives(panel, "Support report");
  await keyboard.use("Copy as text");
  await expect(page.getByText("Copied.").first()).toBeVisible();
  await keyboard.isKept();
  const report = page.waitForEvent("download");
  await keyboard.use("Download");
  await report;
  await keyboard.isKept();
});

test("another kind of mailbox: Exchange, with a login and a password", async ({ keyboard, mock, open, page }) => {
  mock.me = meWithConnections;
  await open("#/connectivity");
  const mailbox = page.getByRole("region", { name: /^E-mail/ });
  await mailbox.getByRole("button", { name: "Refresh", exact: true }).focus();
  await keyboard.use("Change");
  await keyboard.to("Connect to");
  await page.keyboard.type("Ex");
  await keyboard.to("Login");
  await page.keyboard.type("EXAMPLE\\robin");
  await keyboard.to("Password");
  await page.keyboard.type("Tr0ub4dor&3");
  await keyboard.press("Enter");
  await mock.asking("PUT /connections/email/credentials");
  await expect(mailbox).toContainText("You signed in as EXAMPLE\\robin.");
  await keyboard.isKept();
});

test("Set up Sync: both sides, and the first session", async ({ keyboard, mock, open, page, panel }) => {
  mock.me = meWithConnections;
  mock.connections.items = [unset(crm), unset(email)];
  mock.status = statusOf(mock.connections.items, samples.notSetUp);
  await open();
  await keyboard.use("Set up Sync");
  await arrives(panel, "Set up Sync");
  await keyboard.use("Connect");
  await keyboard.isKept();
  const opened = page.waitForEvent("popup");
  await keyboard.use("Sign in");
  const window = await opened;
  await window.getByRole("heading", { name: "The provider" }).waitFor();
  await page.bringToFront();
  await keyboard.isKept();
  mock.connections.end("succeeded", { account: "robin.hale@example.com" });
  const closed = window.waitForEvent("close");
  await window.goto(`${mock.url}oauth/done`).catch(() => {});
  await closed;
  const steps = page.locator(".steps li");
  await expect(steps).toHaveText([/CRM.*done/, /E-mail.*now/, /First session/]);
  await keyboard.isKept();
  mock.connections.change("email", { status: "connected", account: "robin.hale@example.com" });
  await (await mock.stream()).send("connection", mock.connections.side("email"), "c-2");
  await expect(page.getByText("Both sides are connected.")).toBeVisible();
  await keyboard.isKept();
  mock.script("POST /sync/start", json(samples.running));
  await keyboard.to("Start", "Shift+Tab");
  await keyboard.press("Enter");
  await arrives(panel, "Sync settings");
  await expect(panel.label).toHaveText("Running");
});

/**
 * The panel in a frame of a page in which somebody writes a mail, as in Outlook on the web: the focus was on Start, the
 * person has gone to the mail, and Start goes by itself.
 */
async function startHasGone(mock, page) {
  mock.status = samples.pausedUntil;
  mock.reshape = (_path, answer) => {
    const policy = answer.headers["content-security-policy"].replace("frame-ancestors 'none'", "frame-ancestors 'self'");
    return { ...answer, headers: { ...answer.headers, "content-security-policy": policy } };
  };
  const body = '<textarea></textarea><iframe src="/" width="320" height="700"></iframe>';
  await page.route(`${mock.url}mail`, (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(`${mock.url}mail`);
  const frame = page.frames().find((frame) => frame !== page.mainFrame());
  const mail = page.locator("textarea");
  const start = frame.getByRole("button", { name: "Start", exact: true });
  const stream = await mock.stream();
  await start.focus();
  await mail.focus();
  await stream.send("status", samples.good);
  await expect(frame.locator("#state .label")).toHaveText("Enabled");
  await expect(start).toBeHidden();
  return { frame, mail };
}

test("what goes by itself takes the keyboard from nobody who is at work in the page around the panel", async ({ mock, page }) => {
  const { mail } = await startHasGone(mock, page);
  await page.keyboard.type("Dear Robin, ");
  await expect(mail).toHaveValue("Dear Robin, ");
});

test("who comes back into the panel finds the focus beside what has gone", async ({ mock, page }) => {
  const { frame } = await startHasGone(mock, page);
  await frame.evaluate(() => window.focus());
  await expect.poll(() => frame.evaluate(() => document.activeElement.tagName)).toBe("BUTTON");
});
