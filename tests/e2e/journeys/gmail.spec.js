// The panel beside Gmail: the real extension and the real service in Chromium; Gmail is a page that stands in for it.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { ID, INBOX, expect, launch, openGmail, packExtension, test } from "../fixtures/gmail-test.js";

const kept = (worker) => worker.evaluate(() => chrome.storage.session.get(null)).then(Object.values);

/** A browser whose own page of extensions is open: it notes what is wrong with them only for developers. */
async function launchLoader(testInfo, watch) {
  const browser = await launch(testInfo.outputPath("profile"));
  await watch.over(browser);
  const page = await browser.newPage();
  await page.goto("chrome://extensions/");
  await page.evaluate(() => chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true }));
  const session = await browser.browser().newBrowserCDPSession();
  return { browser, page, load: (path) => session.send("Extensions.loadUnpacked", { path }) };
}

/** The names of the extensions that the browser has. */
async function names(page) {
  return page.evaluate(async () => (await chrome.developerPrivate.getExtensionsInfo()).map(({ name }) => name));
}

/** What the browser has to say of the extensions that it has. */
async function complaints(page) {
  return page.evaluate(async () => {
    const all = await chrome.developerPrivate.getExtensionsInfo();
    return all.flatMap(({ name, manifestErrors, runtimeErrors, runtimeWarnings, disableReasons }) => [
      ...[...manifestErrors, ...runtimeErrors].map(({ message }) => `${name}: ${message}`),
      ...runtimeWarnings.map((warning) => `${name}: ${warning}`),
      ...Object.entries(disableReasons).filter(([, holds]) => holds === true).map(([reason]) => `${name}: ${reason}`),
    ]);
  });
}

test.describe("Chromium's own loader", () => {
  for (const [name, id, origin, ...more] of [
    ["development", ID, "http://127.0.0.1:8080", "--development"],
    ["development by https", ID, "https://localhost:8443", "--development"],
    ["an organisation", ID, "https://sync.example.com"],
    // The browser makes an id of the folder's path.
    ["the Web Store, which gives it its id", expect.stringMatching(/^[a-p]{32}$/), "https://sync.example.com", "--no-key"],
  ]) {
    test(`finds nothing in the extension for ${name}`, async ({ watch }, testInfo) => {
      const { browser, page, load } = await launchLoader(testInfo, watch);
      const folder = await packExtension(origin, testInfo.outputPath("extension"), ...more);
      expect(await load(folder)).toEqual({ id });
      expect(await names(page)).toContain(more.includes("--development") ? "Sync Sidebar (development)" : "Sync Sidebar");
      expect(await complaints(page)).toEqual([]);
      await browser.close();
    });
  }

  test("would find what is wrong", async ({ watch }, testInfo) => {
    const { browser, page, load } = await launchLoader(testInfo, watch);
    let count = 0;
    const change = async (from, to) => {
      const folder = await packExtension("http://127.0.0.1:8080", testInfo.outputPath(`extension-${++count}`), "--development");
      const file = path.join(folder, "manifest.json");
      await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
      return load(folder);
    };
    await expect(change("'wasm-unsafe-eval'", "'unsafe-inline'")).rejects.toThrow(/Insecure CSP value/);
    await expect(change("__MSG_action__", "__MSG_gone__")).rejects.toThrow(/gone/);
    await change('"identity"', '"everything"');
    await expect.poll(() => complaints(page).then((all) => all.join())).toContain("everything");
    await browser.close();
  });
});

test("the panel opens by its button beside Gmail, shows how the real sync stands, and closes when Gmail is left", async ({ page, sidePanel, worker }) => {
  await openGmail(page, "ada@example.com");
  expect(await sidePanel.target()).toBeUndefined();
  await sidePanel.press(page);
  await sidePanel.attach();
  await expect.poll(() => sidePanel.text(".card.status .label")).toMatch(/Enabled|Running/);
  await expect.poll(() => sidePanel.text(".card.status .summary")).toBe("7 records could not be synced.");
  await sidePanel.click("Force sync");
  await expect.poll(() => sidePanel.text("#action-hint")).not.toBe("");
  expect(await sidePanel.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  // The browser gives extensions' pages a smaller text than others.
  expect(await sidePanel.evaluate("getComputedStyle(document.querySelector('.card.status .summary')).fontSize")).toBe("14px");

  await page.goto("https://elsewhere.example/");
  await expect.poll(() => sidePanel.target()).toBeUndefined();
  await sidePanel.press(page).catch(() => {});
  expect(await sidePanel.target()).toBeUndefined();
  expect(await kept(worker)).toEqual([]);
});

test("each tab's account is known to the panel as long as the tab shows it, and no other page's", async ({ context, page, worker, sidePanel }) => {
  await openGmail(page, "ada@example.com");
  await expect.poll(() => kept(worker)).toEqual(["ada@example.com"]);
  const other = await context.newPage();
  await openGmail(other, "bo@example.org");
  await expect.poll(() => kept(worker).then((all) => all.sort())).toEqual(["ada@example.com", "bo@example.org"]);
  // A message that flashes in the title says nothing of the account.
  await other.evaluate(() => (document.title = "Cleo says: eve@example.com is here"));
  await other.evaluate(() => (document.title = "Inbox - bo@example.net - Gmail"));
  await expect.poll(() => kept(worker).then((all) => all.sort())).toEqual(["ada@example.com", "bo@example.net"]);

  await sidePanel.press(other);
  await sidePanel.attach();
  await expect.poll(() => sidePanel.evaluate("globalThis.hostAccount ?? ''")).toBe("bo@example.net");
  await other.evaluate(() => (document.title = "Inbox - cleo@example.net - Gmail"));
  await expect.poll(() => sidePanel.evaluate("globalThis.hostAccount ?? ''")).toBe("cleo@example.net");

  await other.close();
  await expect.poll(() => kept(worker)).toEqual(["ada@example.com"]);
  await page.goto("https://elsewhere.example/");
  await expect.poll(() => kept(worker)).toEqual([]);
  await page.goto(INBOX);
  expect(await kept(worker)).toEqual([]);
});

test.describe("where people sign in", () => {
  test.use({ organised: true });

  const entrance = (sidePanel) => sidePanel.text(".entrance p");

  /** Presses what opens a sign-in's window, and gives the window. */
  async function opened(context, press) {
    const window = context.waitForEvent("page");
    await press();
    return window;
  }

  const answer = (window, name) => window.getByRole("link", { name }).click().catch(() => expect.poll(() => window.isClosed()).toBe(true));

  test.beforeEach(async ({ page, sidePanel, watch }) => {
    // The first thing that the panel asks is whether it is signed in already.
    watch.allowLostRequests();
    await openGmail(page, "ada@larkfield.example.com");
    await sidePanel.press(page);
    await sidePanel.attach();
    await expect.poll(() => entrance(sidePanel)).toBe("Sign in at Larkfield ID to see how your sync stands.");
  });

  test("a person signs in through the browser's window, and need not again", async ({ context, service, sidePanel }) => {
    expect(service.url).toMatch(/^https:/);
    const window = await opened(context, () => sidePanel.click("Sign in"));
    await answer(window, "Ada Larkfield");
    await expect.poll(() => sidePanel.text(".card.status .summary")).toBe("7 records could not be synced.");
    expect(window.isClosed()).toBe(true);
    // The renewal cookie, kept for the extension's pages alone.
    const cookies = await context.cookies();
    const renewal = cookies.filter(({ name }) => name === "__Host-sync-renewal");
    expect(renewal).toMatchObject([{ httpOnly: true, secure: true, sameSite: "None", partitionKey: `chrome-extension://${ID}` }]);
    await sidePanel.reload();
    await expect.poll(() => sidePanel.text(".card.status .summary")).toBe("7 records could not be synced.");
  });

  test("what was refused can be read, and is told when one goes back", async ({ context, sidePanel }) => {
    const window = await opened(context, () => sidePanel.click("Sign in"));
    await answer(window, "Refuse");
    await expect(window.getByRole("heading", { name: "You did not sign in" })).toBeVisible();
    await answer(window, "Go back to the sidebar");
    await expect.poll(() => entrance(sidePanel)).toBe("Access was not allowed. Sign in again and allow it.");
  });

  test("a window that is closed leaves a sign-in that can be begun again", async ({ context, sidePanel }) => {
    const first = await opened(context, () => sidePanel.click("Sign in"));
    await first.close();
    await expect.poll(() => entrance(sidePanel)).toContain("closed");
    const window = await opened(context, () => sidePanel.click("Open window"));
    await answer(window, "Ada Larkfield");
    await expect.poll(() => sidePanel.text(".card.status .label")).toMatch(/Enabled|Running/);
  });

  /** Signs in, and begins to connect the mailbox: its card, and the window that the browser opens for it. */
  async function beginMailbox(context, sidePanel) {
    await answer(await opened(context, () => sidePanel.click("Sign in")), "Ada Larkfield");
    await expect.poll(() => sidePanel.text(".card.status .label")).toMatch(/Enabled|Running/);
    // The same page in a tab: it is signed in by the same cookie.
    const panel = await context.newPage();
    await panel.setViewportSize({ width: 360, height: 760 });
    await panel.goto(`chrome-extension://${ID}/panel.html#/connectivity`);
    const mailbox = panel.getByRole("region", { name: /^E-mail/ });
    await mailbox.getByRole("button", { name: "Change", exact: true }).click();
    const kind = panel.getByLabel("Connect to");
    if (await kind.isVisible()) await kind.selectOption({ label: "Gmail" });
    const window = await opened(context, () => mailbox.getByRole("button", { name: "Sign in", exact: true }).click());
    return { mailbox, window };
  }

  test("a mailbox is connected through the browser's window, which asks whose sync it is", async ({ context, sidePanel }) => {
    const { mailbox, window } = await beginMailbox(context, sidePanel);
    await window.getByRole("button", { name: "That is me" }).click();
    await answer(window, "Ada Larkfield");
    await expect(mailbox.locator(".banner:not([hidden])")).toContainText("You signed in as ada@larkfield.example.com.");
    await expect.poll(() => window.isClosed()).toBe(true);
  });

  test("the link for any browser ends in a tab with a page that can be read, after the browser's window was closed", async ({ context, sidePanel }) => {
    const { mailbox, window } = await beginMailbox(context, sidePanel);
    await expect(window.getByRole("button", { name: "That is me" })).toBeVisible();
    await window.close();
    const link = await mailbox.locator('a[href*="/oauth/start/"]').getAttribute("href");
    expect(new URL(link).search).toBe("");
    const tab = await context.newPage();
    await tab.goto(link);
    await tab.getByRole("button", { name: "That is me" }).click();
    await tab.getByRole("link", { name: "Ada Larkfield" }).click();
    await expect(tab.getByRole("heading", { name: "The mailbox is connected: Gmail" })).toBeVisible();
    await expect(tab.getByText("You can close this window")).toBeVisible();
    expect(tab.url()).toMatch(/\/oauth\/callback\?/);
    await expect(mailbox.locator(".banner:not([hidden])")).toContainText("You signed in as ada@larkfield.example.com.");
  });
});
