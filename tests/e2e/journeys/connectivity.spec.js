// My connectivity: how both sides are connected, and every way in which a sign-in can end.
import { chromium } from "@playwright/test";
import { axe } from "../fixtures/axe.js";
import { launchOptions } from "../fixtures/browser.js";
import { crm, email, exchange, lostCrm, meWithConnections, statusOf, stoppedByLoss, unset } from "../fixtures/connections.js";
import { html, lost, problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, panelOf, passUntil, setHidden, test } from "../fixtures/test.js";

test.beforeEach(({ mock }) => {
  mock.me = meWithConnections;
});

/** Sets what is connected, also in the status. */
function connect(mock, ...connections) {
  mock.connections.items = connections;
  mock.status = statusOf(connections);
}

const parts = (page) => {
  const card = (name) => page.getByRole("region", { name: new RegExp(`^${name}`) });
  return {
    crm: card("CRM"),
    email: card("E-mail"),
    press: (name, of = card("CRM")) => of.getByRole("button", { name, exact: true }),
    banner: card("CRM").locator(".banner:not([hidden])"),
    title: card("CRM").locator(".banner:not([hidden]) strong"),
    step: card("CRM").locator(".banner:not([hidden]) .step"),
    link: card("CRM").getByRole("link"),
  };
};

/** Opens the screen with access to the CRM lost, presses Refresh, and gives the window that opens. */
async function beginRefresh(mock, open, page) {
  connect(mock, lostCrm, email);
  await open("#/connectivity");
  const opened = page.waitForEvent("popup");
  await parts(page).press("Refresh").click();
  const window = await opened;
  await expect(window.getByRole("heading", { name: "The provider" })).toBeVisible();
  await expect(parts(page).title).toHaveText("Waiting for your sign-in");
  return window;
}

/** The provider sends the person back, and the last page tells the panel and closes the window. */
async function comeBack(mock, window) {
  const closed = window.waitForEvent("close");
  await window.goto(`${mock.url}oauth/done`).catch(() => {});
  await closed;
}

test("each side has its card, and the code is explained in plain words", async ({ mock, open, page, panel }) => {
  connect(mock, lostCrm, { ...email, status: "expiring", expires_at: samples.at(7200) });
  await open("#/connectivity");
  await expect(panel.heading).toHaveText("My connectivity");
  const { crm, email: mailbox, press } = parts(page);
  await expect(crm.locator(".since")).toHaveText("Disconnected");
  await expect(crm).toContainText("robin.hale@example.com");
  await expect(crm).toContainText("Salesforce");
  await expect(crm.locator(".explanation").first()).toContainText("Press Refresh and sign in.");
  await expect(crm.locator(".explanation p").first()).not.toHaveText("Access to the CRM has ended");
  await crm.locator("summary:visible").click();
  await expect(crm.locator("details[open] p")).toHaveText(
    "Access to the CRM has ended (invalid_grant: expired access/refresh token). expired access/refresh token",
  );
  await expect(press("Refresh")).toHaveClass(/primary/);
  await expect(mailbox.locator(".since")).toHaveText("Ends soon");
  await expect(mailbox).toContainText(/in [12] hours?/);
  await axe(page);
});

test("a lost side is marked on the menu, and is the first thing on General, which leads to it", async ({ mock, open, page, panel }) => {
  connect(mock, lostCrm, email);
  await open();
  await expect(panel.summary).toHaveText("The CRM is disconnected.");
  await expect(page.getByRole("button", { name: "Menu: Disconnected" })).toBeVisible();
  await page.getByRole("button", { name: "Menu: Disconnected" }).click();
  await expect(page.locator("#menu").getByRole("button", { name: /My connectivity.*Disconnected/ })).toBeVisible();
  await axe(page);
  await page.keyboard.press("Escape");
  await panel.card.getByRole("button", { name: "My connectivity" }).click();
  await expect(panel.heading).toHaveText("My connectivity");
  await expect(page).toHaveURL(/#\/connectivity$/);
});

test("a vendor without connections shows none of it", async ({ mock, open, page, panel }) => {
  mock.me = samples.me;
  mock.status = stoppedByLoss;
  await open();
  await expect(panel.summary).toHaveText("The CRM is disconnected.");
  await panel.menu.click();
  await expect(page.getByText("My connectivity")).toHaveCount(0);
});

test("Check now is one command, and its answer is the card", async ({ mock, open, page }) => {
  await open("#/connectivity");
  const { crm, press } = parts(page);
  await expect(crm.locator(".since")).toHaveText("Connected");
  const check = mock.asking("POST /connections/crm/check");
  await press("Check now").click();
  expect((await check).headers["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);
  await expect(crm.locator("dl > div", { hasText: "Last check" })).toContainText("just now");
  expect(mock.asked("POST /connections/crm/check")).toHaveLength(1);
});

test("a lost answer is resolved by reading, and nothing is sent twice", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  await open("#/connectivity");
  mock.script("POST /connections/crm/check", lost);
  await parts(page).press("Check now").click();
  await expect(parts(page).title).toHaveText("The connection was not checked");
  await expect(parts(page).banner).toContainText("Press again.");
  expect(mock.asked("POST /connections/crm/check")).toHaveLength(1);
});

test("the cards follow the stream", async ({ mock, open, page }) => {
  await open("#/connectivity");
  const { crm } = parts(page);
  await expect(crm.locator(".since")).toHaveText("Connected");
  const stream = await mock.stream();
  // The panel reads the status after such an event, and the cards where they differ from it: both tell the same here, or
  // the card would be as it was before.
  mock.connections.change("crm", lostCrm);
  await stream.send("connection", lostCrm, "c-1");
  await expect(crm.locator(".since")).toHaveText("Disconnected");
});

test("without a stream the cards are read again when the status tells of a change", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  mock.script("GET /sync/events", html(502));
  await open("#/connectivity");
  await expect(parts(page).crm.locator(".since")).toHaveText("Connected");
  connect(mock, lostCrm, email);
  const asked = mock.asked("GET /connections").length;
  await passUntil(page, () => mock.asked("GET /connections").length > asked);
  await expect(parts(page).crm.locator(".since")).toHaveText("Disconnected");
});

test("finished: the window tells, closes, and the resource says that it worked", async ({ mock, open, page, panel }) => {
  const window = await beginRefresh(mock, open, page);
  expect(JSON.parse(mock.asked("POST /connections/crm/authorize")[0].body)).toEqual({ intent: "refresh" });
  await expect(parts(page).banner).toContainText("Sign in as robin.hale@example.com in the window that has opened.");
  await axe(page);
  mock.connections.end("succeeded", { account: "robin.hale@example.com" });
  await comeBack(mock, window);
  const { title, crm, banner, press } = parts(page);
  await expect(title).toHaveText("Connected");
  await expect(banner).toContainText("You signed in as robin.hale@example.com.");
  await expect(crm.locator(".since")).toHaveText("Connected");
  await expect(panel.announcement).toHaveText("Connected");
  await axe(page);
  await press("Dismiss").click();
  await expect(banner).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Menu", exact: true })).toBeVisible();
});

const endings = {
  refused: {
    status: "refused",
    more: { cause: { code: "access_denied", title: "Access was refused", detail: "The person did not allow it.", next_step: "retry" } },
    title: "Access was not allowed",
    words: "Nothing was changed.",
    step: "Sign in once more and allow everything that is asked.",
  },
  "somebody else's account": {
    status: "wrong_account",
    more: { account: "noor@example.com", cause: { code: "wrong_account", title: "You signed in as somebody else", detail: null, next_step: "retry" } },
    title: "You signed in as somebody else",
    words: "You signed in as noor@example.com. robin.hale@example.com was expected. Nothing was changed.",
    step: "Press Refresh and sign in as robin.hale@example.com, or press Change to take another account.",
  },
  "wrong kind": {
    status: "wrong_kind",
    more: { account: "training@example.com", cause: { code: "wrong_kind", title: "This account belongs to a sandbox", detail: null, next_step: "retry" } },
    title: "This account is not of Salesforce",
    words: "You signed in as training@example.com. Nothing was changed.",
    step: "Press Change and choose the kind that fits, or sign in with another account.",
  },
  "too late": {
    status: "expired",
    more: { cause: { code: "authorization_expired", title: "The sign-in took too long", detail: null, next_step: "retry" } },
    title: "The sign-in took too long",
    words: "Nothing was changed.",
    step: "Press Refresh to begin again.",
  },
  failed: {
    status: "failed",
    more: { cause: { code: "issuer_mismatch", title: "The provider's answer was not accepted", detail: "It came from another provider.", next_step: "retry" } },
    title: "The sign-in did not work",
    words: "Another provider than the one that was asked has answered, so nothing was changed.",
    step: "Press Refresh to begin again.",
  },
};

for (const [name, { status, more, title, words, step }] of Object.entries(endings)) {
  test(`${name}: words and a next step of its own`, async ({ mock, open, page }) => {
    const window = await beginRefresh(mock, open, page);
    mock.connections.end(status, more);
    await comeBack(mock, window);
    const shown = parts(page);
    await expect(shown.title).toHaveText(title);
    await expect(shown.banner).toContainText(words);
    await expect(shown.step).toHaveText(step);
    await expect(shown.press("Refresh")).toHaveAttribute("aria-disabled", "false");
    await axe(page);
  });
}

test("expired while nobody came back: the resource is read without any message", async ({ mock, open, page }) => {
  await beginRefresh(mock, open, page);
  mock.connections.end("expired");
  await expect(parts(page).title).toHaveText("The sign-in took too long");
});

test("closed: no ending yet, the link goes on working, and the window opens again", async ({ mock, open, page, context }) => {
  const window = await beginRefresh(mock, open, page);
  await window.close();
  const { title, banner, link, press } = parts(page);
  await expect(title).toHaveText("The window was closed before the end");
  await expect(banner).toContainText("Nothing was changed. Press Open window to go on, or use the link below.");
  await expect(link).toHaveAttribute("href", `${mock.url}oauth/start/a-1`);
  await expect(link).toHaveAttribute("rel", /noopener/);
  await axe(page);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await press("Copy link").click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${mock.url}oauth/start/a-1`);
  const again = page.waitForEvent("popup");
  await press("Open window").click();
  await expect((await again).getByRole("heading", { name: "The provider" })).toBeVisible();
  await expect(title).toHaveText("Waiting for your sign-in");
  expect(mock.asked("POST /connections/crm/authorize")).toHaveLength(1);
});

test("blocked: said at once, with the link, and a press opens it", async ({ mock, open, page }) => {
  await page.addInitScript(() => {
    const open = window.open.bind(window);
    window.open = (...given) => {
      window.open = open;
      return given && null;
    };
  });
  connect(mock, lostCrm, email);
  await open("#/connectivity");
  const { title, banner, link, press } = parts(page);
  await press("Refresh").click();
  await expect(title).toHaveText("The browser blocked the window");
  await expect(banner).toContainText("Press Open window, or allow pop-ups for this page, or use the link below.");
  await expect(link).toHaveText(`${mock.url}oauth/start/a-1`);
  await axe(page);
  const opened = page.waitForEvent("popup");
  await press("Open window").click();
  await expect((await opened).getByRole("heading", { name: "The provider" })).toBeVisible();
  await expect(title).toHaveText("Waiting for your sign-in");
});

test("a browser that blocks pop-ups lets the window open, however late the address comes", async ({ mock, watch }) => {
  const browser = await chromium.launch({ ...launchOptions, ignoreDefaultArgs: ["--disable-popup-blocking"] });
  try {
    const page = await browser.newPage();
    await watch.over(page.context());
    connect(mock, lostCrm, email);
    let answer;
    const asked = new Promise((resolve) => {
      mock.script("POST /connections/crm/authorize", () => new Promise((send) => resolve((answer = send))), undefined);
    });
    await page.goto(`${mock.url}#/connectivity`);
    const opened = page.waitForEvent("popup");
    await parts(page).press("Refresh").click();
    const window = await opened;
    await asked;
    await expect(window.getByText("Opening the sign-in…")).toBeVisible();
    // The press is over for the browser: from now on it lets nothing open.
    const later = () =>
      new Promise((tell) => setTimeout(() => tell([navigator.userActivation.isActive, window.open("about:blank", "another")]), 6_000));
    expect(await page.evaluate(later)).toEqual([false, null]);
    answer(undefined);
    await expect(window.getByRole("heading", { name: "The provider" })).toBeVisible();
    await expect(parts(page).title).toHaveText("Waiting for your sign-in");
  } finally {
    await browser.close();
  }
});

test("the focus stays on the card whose controls give way to the sign-in", async ({ mock, open, page }) => {
  connect(mock, crm, email);
  let answer;
  mock.script("POST /connections/email/authorize", () => new Promise((send) => (answer = send)), undefined);
  await open("#/connectivity");
  const { email: mailbox, press } = parts(page);
  const opened = page.waitForEvent("popup");
  await press("Refresh", mailbox).press("Enter");
  await expect(mailbox.locator(".banner:focus")).toContainText("Opening the sign-in…");
  await opened;
  await expect.poll(() => answer).toBeTruthy();
  answer(undefined);
  await expect(mailbox.locator(".banner:focus")).toContainText("Waiting for your sign-in");
  await page.keyboard.press("Tab");
  await expect(press("Open window", mailbox)).toBeFocused();
});

test("given up: one command, and the window closes", async ({ mock, open, page }) => {
  const window = await beginRefresh(mock, open, page);
  const closed = window.waitForEvent("close");
  await parts(page).press("Give up").click();
  await closed;
  await expect(parts(page).title).toHaveText("The sign-in was given up");
  await expect(parts(page).step).toHaveText("Press Refresh to begin again.");
  await axe(page);
});

test("a sign-in that cannot begin says why, and its window closes", async ({ mock, open, page, watch }) => {
  watch.allow(/409/);
  connect(mock, lostCrm, email);
  mock.script("POST /connections/crm/authorize", problem(409, "kind_not_offered", { title: "This kind is not offered" }));
  await open("#/connectivity");
  const opened = page.waitForEvent("popup");
  await parts(page).press("Refresh").click();
  const window = await opened;
  if (!window.isClosed()) await window.waitForEvent("close");
  await expect(parts(page).title).toHaveText("The sign-in could not begin");
  await expect(parts(page).banner).toContainText("This kind of connection is not offered here.");
});

test("a message of another origin or shape is not even a reason to read", async ({ mock, open, page }) => {
  await beginRefresh(mock, open, page);
  // Time stands still: nothing is read for another reason.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
  const asked = () => mock.asked("GET /authorizations/a-1").length;
  const before = asked();
  const post = (data, origin) =>
    page.evaluate(([data, origin]) => dispatchEvent(new MessageEvent("message", { data, origin })), [data, origin]);
  const hint = { type: "sync-sidebar:authorization", id: "a-1", status: "succeeded" };
  const own = new URL(mock.url).origin;
  await post(hint, "https://evil.example");
  await post({ ...hint, id: "a-2" }, own);
  await post({ ...hint, type: "other" }, own);
  await post("sync-sidebar:authorization", own);
  await post(null, own);
  await post({ ...hint, id: 7 }, own);
  expect(asked()).toBe(before);
  await post(hint, own);
  await mock.asking("GET /authorizations/a-1", before + 1);
  await expect(parts(page).title).toHaveText("Waiting for your sign-in");
});

test("the resource is read when the panel comes back on screen", async ({ mock, open, page }) => {
  await beginRefresh(mock, open, page);
  await setHidden(page, true);
  mock.connections.end("succeeded", { account: "robin.hale@example.com" });
  await setHidden(page, false);
  await expect(parts(page).title).toHaveText("Connected");
});

test("a panel that is opened anew takes up the sign-in that is under way", async ({ mock, open, page }) => {
  await (await beginRefresh(mock, open, page)).close();
  mock.connections.change("crm", { authorization: "a-1" });
  await page.reload();
  await expect(parts(page).title).toHaveText("A sign-in is under way");
  await axe(page);
  const opened = page.waitForEvent("popup");
  await parts(page).press("Open window").click();
  await expect((await opened).getByRole("heading", { name: "The provider" })).toBeVisible();
});

test("Change: a kind is chosen, with a domain where it needs one", async ({ mock, open, page }) => {
  await open("#/connectivity");
  const { press, crm, title } = parts(page);
  await press("Change").click();
  await expect(press("Change")).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByLabel("Connect to").locator("option")).toHaveText(["Salesforce", "Salesforce (sandbox)", "Salesforce (own domain)"]);
  await page.getByLabel("Connect to").focus();
  await page.getByLabel("Connect to").selectOption({ label: "Salesforce (own domain)" });
  await expect(page.getByLabel("Connect to")).toBeFocused();
  await axe(page);
  await press("Sign in").click();
  expect(mock.asked("POST /connections/crm/authorize")).toHaveLength(0);
  await page.getByRole("textbox", { name: "Domain" }).fill("acme.my.site.com");
  const opened = page.waitForEvent("popup");
  await page.getByRole("textbox", { name: "Domain" }).press("Enter");
  const window = await opened;
  await expect(window.getByRole("heading", { name: "The provider" })).toBeVisible();
  const { body } = await mock.asking("POST /connections/crm/authorize");
  expect(JSON.parse(body)).toEqual({ intent: "change", kind: "salesforce_custom", domain: "acme.my.site.com" });
  mock.connections.end("succeeded", { account: "robin@acme.example.com" });
  mock.connections.change("crm", { kind: "salesforce_custom", domain: "acme.my.site.com" });
  await comeBack(mock, window);
  await expect(title).toHaveText("Connected");
  await expect(crm).toContainText("Salesforce (own domain)");
  await expect(page.getByRole("textbox", { name: "Domain" })).toHaveCount(0);
});

test("Exchange: the password is in its field and in one request, and gone when it has been taken", async ({ mock, open, page }) => {
  await open("#/connectivity");
  const mailbox = parts(page).email;
  await parts(page).press("Change", mailbox).click();
  await page.getByLabel("Connect to").selectOption({ label: "Exchange" });
  await expect(mailbox).toContainText("Exchange Online has ended this way of access.");
  await mailbox.getByText("More", { exact: true }).click();
  await axe(page);
  await page.getByLabel("Login").fill("EXAMPLE\\robin");
  await page.getByLabel("Password").fill("Tr0ub4dor&3");
  await page.getByLabel("EWS address").fill("https://mail.example.com/EWS/Exchange.asmx");
  await page.getByLabel("Login").press("Enter");
  const { body, headers } = await mock.asking("PUT /connections/email/credentials");
  expect(JSON.parse(body)).toEqual({
    intent: "change",
    login: "EXAMPLE\\robin",
    password: "Tr0ub4dor&3",
    ews_url: "https://mail.example.com/EWS/Exchange.asmx",
  });
  expect(headers["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);
  await expect(mailbox.locator(".banner:not([hidden])")).toContainText("You signed in as EXAMPLE\\robin.");
  await expect(page.getByLabel("Password")).toHaveCount(0);
  expect(await page.content()).not.toContain("Tr0ub4dor");
});

test("Exchange: a refused login leaves the form, and says why", async ({ mock, open, page, watch }) => {
  watch.allow(/409/);
  connect(mock, crm, exchange);
  mock.script("PUT /connections/email/credentials", problem(409, "login_refused", { detail: "The server said no (401). Nothing was changed." }));
  await open("#/connectivity");
  const mailbox = parts(page).email;
  await parts(page).press("Refresh", mailbox).click();
  await expect(page.getByLabel("Login")).toHaveValue("EXAMPLE\\robin");
  await expect(page.getByLabel("Login")).not.toBeEditable();
  await page.getByLabel("Password").fill("wrong");
  await parts(page).press("Sign in", mailbox).click();
  await expect(mailbox.locator(".banner:not([hidden]) strong")).toHaveText("The mailbox was not connected");
  await expect(mailbox).toContainText("The server refused the login or the password.");
  await expect(page.getByLabel("Password")).toHaveValue("wrong");
  await axe(page);
});

test("an engine that lost access opens the way back once, and not again after the person leaves", async ({ mock, open, page, panel }) => {
  mock.connections.items = [lostCrm, email];
  mock.status = stoppedByLoss;
  await open();
  await expect(panel.heading).toHaveText("My connectivity");
  await expect(panel.heading).toBeFocused();
  await panel.back.click();
  await expect(panel.label).toHaveText("Disabled");
  const stream = await mock.stream();
  await stream.send("status", stoppedByLoss, "s-1");
  await expect(panel.heading).toHaveText("Sync settings");
  await expect(panel.card.getByRole("button", { name: "My connectivity" })).toBeVisible();
});

test("Set up Sync leads through the CRM, the mailbox and the first session", async ({ mock, open, page, panel }) => {
  mock.connections.items = [unset(crm), unset(email)];
  mock.status = statusOf(mock.connections.items, samples.notSetUp);
  await open();
  await expect(panel.card.getByRole("button", { name: "Set up Sync" })).toBeVisible();
  await panel.menu.click();
  await page.locator("#menu").getByRole("button", { name: "Set up Sync" }).click();
  await expect(panel.heading).toHaveText("Set up Sync");
  const steps = page.locator(".steps li");
  await expect(steps).toHaveText([/CRM.*now/, /E-mail/, /First session/]);
  await expect(parts(page).email).toHaveCount(0);
  await axe(page);
  await parts(page).press("Connect").click();
  const opened = page.waitForEvent("popup");
  await parts(page).press("Sign in").click();
  const window = await opened;
  await expect(window.getByRole("heading", { name: "The provider" })).toBeVisible();
  mock.connections.end("succeeded", { account: "robin.hale@example.com" });
  await comeBack(mock, window);
  await expect(steps).toHaveText([/CRM.*done/, /E-mail.*now/, /First session/]);
  await expect(parts(page).email).toBeVisible();
  mock.connections.change("email", { status: "connected", account: "robin.hale@example.com" });
  await (await mock.stream()).send("connection", mock.connections.side("email"), "c-2");
  await expect(page.getByText("Both sides are connected.")).toBeVisible();
  await axe(page);
  mock.script("POST /sync/start", () => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(samples.running) }));
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await expect(panel.heading).toHaveText("Sync settings");
  await expect(panel.label).toHaveText("Running");
});

test("in German, too", async ({ mock, open, page, panel }) => {
  connect(mock, lostCrm, email);
  await page.addInitScript(() => localStorage.setItem("sync-sidebar.language", "de"));
  await open("#/connectivity");
  await expect(panel.heading).toHaveText("Meine Verbindungen");
  await expect(parts(page).crm.locator(".since")).toHaveText("Getrennt");
  await expect(parts(page).crm).toContainText("Drücken Sie auf Aktualisieren und melden Sie sich an.");
});

test("nothing scrolls sideways from 256 px up, and every control is large enough", async ({ mock, open, page }) => {
  connect(mock, { ...lostCrm, account: `${samples.longName}@example.com` }, email);
  await page.setViewportSize({ width: 256, height: 700 });
  await open("#/connectivity");
  const { press } = parts(page);
  await press("Change").click();
  await expect(page.getByLabel("Connect to")).toBeVisible();
  const opened = page.waitForEvent("popup");
  await press("Refresh").click();
  await opened;
  await expect(parts(page).link).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(256);
  const small = await page.locator("main :is(button, summary, input, select):visible").evaluateAll((controls) =>
    controls.map((control) => control.getBoundingClientRect()).filter(({ width, height }) => width < 24 || height < 24).length,
  );
  expect(small).toBe(0);
});
