// The panel in Outlook on the web: the real service by https, its pages and headers, in a frame of another site.
import { dark, light } from "../fixtures/office-stub.js";
import { framing, inOutlook, OUTLOOK, realOffice } from "../fixtures/outlook.js";
import { tls } from "../fixtures/service.js";
import { expect, installClock, panelOf, test as base } from "../fixtures/test.js";

const test = inOutlook(base);
test.use({ serviceOptions: tls() });

const note = (outlook) => outlook.panel.root.locator(".banner").filter({ hasText: "This panel cannot talk to Outlook." });
const mailbox = (outlook) => outlook.frame.getByRole("region", { name: /^E-mail/ });
const scheme = (outlook) => outlook.evaluate(() => getComputedStyle(document.documentElement).colorScheme);

for (const thirdParties of ["blocked", "allowed"]) {
  test.describe(`with what other sites store ${thirdParties}`, () => {
    test.use({ thirdParties });

    test("the status is on screen beside a message", async ({ outlook }) => {
      await outlook.open();
      await expect(outlook.panel.label).toHaveText("Enabled");
      await expect(outlook.panel.summary).toHaveText("7 records could not be synced.");
      const storage = await outlook.evaluate(() => {
        try {
          return localStorage.length >= 0 && "there";
        } catch (error) {
          return error.name;
        }
      });
      expect(storage).toBe(thirdParties === "blocked" ? "SecurityError" : "there");
      const width = await outlook.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(width[0]).toBeLessThanOrEqual(width[1]);
    });

    test("a person gets along in it: force, pause, screens and back", async ({ outlook }) => {
      await outlook.open();
      const { panel, frame } = outlook;
      await expect(panel.label).toHaveText("Enabled");
      await expect(panel.force).toHaveAttribute("aria-disabled", "false");
      await panel.force.click();
      await expect(panel.hint).not.toHaveText("");
      await panel.pause.click();
      await frame.getByRole("button", { name: "Until I start it" }).click();
      await expect(panel.label).toHaveText("Paused");
      await panel.start.click();
      await expect(panel.label).toHaveText(/Enabled|Running/);
      await panel.lastSession.click();
      await expect(panel.heading).toHaveText("Last session details");
      await panel.back.click();
      await expect(panel.heading).toHaveText("Sync settings");
    });
  });
}

test("what office.js takes away from the page is there again", async ({ outlook }) => {
  await outlook.open();
  await expect(outlook.panel.label).toHaveText("Enabled");
  const types = await outlook.evaluate(() => [typeof history.pushState, typeof history.replaceState]);
  expect(types).toEqual(["function", "function"]);
});

test("nobody but Outlook shows the panel in a frame, and Outlook no other page of the site", async ({ outlook, page, service, watch }) => {
  const origin = new URL(service.url).origin;
  const refused = async (from, url) => {
    await page.context().route(from, (route) => route.fulfill({ contentType: "text/html", body: framing(url) }));
    await page.goto(from);
    await expect.poll(() => page.frames().length).toBe(2);
    await expect(page.frameLocator("iframe").locator("#panel")).toHaveCount(0);
  };
  await outlook.provide({});
  watch.expectViolation(/Framing .*frame-ancestors https:\/\/outlook\.office\.com/);
  await refused("https://elsewhere.example/", `${origin}/outlook.html`);
  watch.expectViolation(/Framing .*frame-ancestors 'none'/);
  for (const path of ["/index.html", "/panel.html", "/demo/"]) await refused(`${OUTLOOK}?${path}`, origin + path);
});

test("where office.js is kept away the panel says so, and works", async ({ outlook, watch }) => {
  watch.allowLostRequests();
  await outlook.open("blocked");
  const { panel } = outlook;
  await expect(panel.label).toHaveText("Enabled");
  await expect(note(outlook)).toContainText("Allow appsforoffice.microsoft.com in your network.");
  await panel.pause.click();
  await outlook.frame.getByRole("button", { name: "Until I start it" }).click();
  await expect(panel.label).toHaveText("Paused");
});

test("where something else comes in the place of office.js it is the same", async ({ outlook }) => {
  await outlook.open((route) => route.fulfill({ contentType: "text/javascript", body: "/* Please sign in to the network */" }));
  await expect(note(outlook)).toContainText("The network kept Outlook's script away.");
  await expect(outlook.panel.label).toHaveText("Enabled");
});

test("an office.js that never comes holds nothing up, and is told of in the end", async ({ outlook, page }) => {
  await installClock(page, new Date());
  await outlook.open(() => {});
  await expect(outlook.panel.label).toHaveText("Enabled");
  await expect(async () => {
    await page.clock.runFor(1_000);
    await expect(note(outlook)).toContainText("does not answer", { timeout: 100 });
  }).toPass();
});

test("an Outlook that never answers is told of, and the panel works", async ({ outlook, page }) => {
  await installClock(page, new Date());
  await outlook.open({ silent: true });
  await expect(outlook.panel.label).toHaveText("Enabled");
  await expect(async () => {
    await page.clock.runFor(1_000);
    await expect(note(outlook)).toContainText("Outlook's script does not answer.", { timeout: 100 });
  }).toPass();
  await expect(note(outlook)).toContainText("Reload the panel, or close and open it again.");
  await expect(outlook.panel.force).toHaveAttribute("aria-disabled", "false");
});

test("an Outlook that answers is not told of", async ({ outlook, page }) => {
  await installClock(page, new Date());
  await outlook.open();
  await expect(outlook.panel.label).toHaveText("Enabled");
  await page.clock.runFor(10_000);
  await expect(note(outlook)).toHaveCount(0);
});

test.describe("Microsoft's own office.js", () => {
  test("finds itself outside of Outlook, and the panel does not mind", async ({ outlook, page, service }) => {
    await installClock(page, new Date());
    await outlook.provide(realOffice);
    const reports = [];
    await page.context().route("https://telemetryservice.firstpartyapps.oaspapps.com/**", (route) => {
      reports.push(route.request().url());
      return route.fulfill({ contentType: "text/html", body: "<!doctype html>" });
    });
    await page.goto(`${service.url}outlook.html`);
    await expect(panelOf(page).label).toHaveText("Enabled");
    await expect(async () => {
      await page.clock.runFor(100);
      expect(await page.evaluate(() => [globalThis.hostState, Office.context.mailbox])).toEqual(["ready", undefined]);
    }).toPass();
    expect(await page.evaluate(() => typeof history.pushState)).toBe("function");
    // The policy lets its frame for reports be.
    await expect.poll(() => reports.length).toBe(1);
    await page.clock.runFor(10_000);
    await expect(page.getByText("This panel cannot talk to Outlook.")).toHaveCount(0);
  });

  test("waits for good where nobody answers it, and the panel says so", async ({ outlook, page, watch }) => {
    watch.allowLostRequests();
    // It throws a text in the end.
    watch.allow(/^page error: /);
    await installClock(page, new Date());
    await page.context().route("https://ajax.aspnetcdn.com/**", (route) => route.abort());
    await outlook.open(realOffice);
    await expect(outlook.panel.label).toHaveText("Enabled");
    await expect(async () => {
      await page.clock.runFor(1_000);
      await expect(note(outlook)).toContainText("does not answer", { timeout: 100 });
    }).toPass();
  });
});

test("the look is Outlook's, and changes with it", async ({ outlook, page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await outlook.open({ officeTheme: dark });
  await expect(outlook.panel.label).toHaveText("Enabled");
  await expect.poll(() => scheme(outlook)).toBe("dark");
  await outlook.evaluate((theme) => globalThis.outlook.setTheme(theme), light);
  await expect.poll(() => scheme(outlook)).toBe("light");
  await outlook.evaluate((theme) => globalThis.outlook.setTheme(theme), dark);
  await expect.poll(() => scheme(outlook)).toBe("dark");
});

test("an Outlook that does not tell its colours leaves the choice to the browser", async ({ outlook, page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await outlook.open({ officeTheme: undefined, sets: { Mailbox: 1.5 } });
  await expect(outlook.panel.label).toHaveText("Enabled");
  expect(await scheme(outlook)).toBe("light dark");
  expect(await outlook.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches)).toBe(true);
});

test("the language is Outlook's, whatever the browser's is", async ({ outlook }) => {
  await outlook.open({ displayLanguage: "de-DE" });
  await expect(outlook.panel.heading).toHaveText("Sync-Einstellungen");
  await expect(outlook.frame.locator("html")).toHaveAttribute("lang", "de");
});

test("another mailbox than the one that is synced is told of", async ({ outlook }) => {
  await outlook.open({ userProfile: { emailAddress: "ada.marsh@example.com", displayName: "Ada Marsh" } });
  await expect(outlook.frame.getByText("You see the sync of robin.hale@example.com.")).toBeVisible();
  await expect(outlook.frame.getByText("The mailbox that is open here is another one: ada.marsh@example.com.")).toBeVisible();
});

test.describe("beside the selected item", () => {
  const message = (internetMessageId) => ({ itemType: "message", internetMessageId, itemId: "AAMk" });
  const contract = message("<202610050912.c95049e812ab@kestrelfoods.example.net>");
  const badge = message("<202610010700.fa44585feb40@frostlinefair.example.com>");
  const elsewhere = message("<1@elsewhere.example.org>");
  const select = (outlook, item) => outlook.evaluate((item) => globalThis.outlook.select(item), item);
  const card = (outlook) => outlook.panel.root.locator(".card.item");

  test("it says how the message stands, and follows a pinned panel's selection, also to nothing", async ({ outlook, watch }) => {
    // What the service does not know.
    watch.allow(/404/);
    await outlook.open({ item: contract });
    await expect(card(outlook)).toContainText("This message");
    await expect(card(outlook).locator(".state")).toContainText("Synced");
    await expect(card(outlook).locator(".name")).toHaveText("Logger contract for next year");
    await select(outlook, badge);
    await expect(card(outlook).locator(".name")).toHaveText("Your badge for Frostline Fair");
    await select(outlook, null);
    await expect(card(outlook)).toContainText("Select a message or a meeting to see whether it is synced.");
    await expect(card(outlook).locator(".name")).toBeHidden();
    await select(outlook, elsewhere);
    await expect(card(outlook)).toContainText("It is not in the mailbox that is synced");
    await select(outlook, { itemType: "message" });
    await expect(card(outlook)).toContainText("It has not been sent yet.");
    await select(outlook, { itemType: "appointment", itemId: "AAMkMeeting" });
    await expect(card(outlook)).toContainText("This meeting");
    await expect(card(outlook).locator(".state")).toContainText("Not known");
    await select(outlook, contract);
    await expect(card(outlook).locator(".name")).toHaveText("Logger contract for next year");
  });

  test("one's own meeting is a draft only where Outlook says so", async ({ outlook, watch }) => {
    watch.allow(/404/);
    await outlook.open({ item: { itemType: "appointment", saved: "AAMkOwn" } });
    await expect(card(outlook)).toContainText("It was not found in the calendar that is synced");
    await select(outlook, { itemType: "appointment", saved: "" });
    await expect(card(outlook)).toContainText("It has not been saved yet.");
    // An older Outlook cannot be asked.
    await select(outlook, { itemType: "appointment" });
    await expect(card(outlook)).toContainText("It was not found in the calendar that is synced");
  });

  test("an answer about the former item that comes late changes nothing", async ({ outlook, page, watch }) => {
    // The panel gives up what it no longer needs, and the service does not know everything.
    watch.allowLostRequests();
    let letGo;
    const held = new Promise((resolve) => (letGo = resolve));
    let asked = false;
    await page.context().route(/\/api\/v1\/items\/.*kestrelfoods/, async (route) => {
      asked = true;
      await held;
      await route.continue().catch(() => {});
    });
    await outlook.open({ item: contract });
    await expect.poll(() => asked).toBe(true);
    await select(outlook, badge);
    await expect(card(outlook).locator(".name")).toHaveText("Your badge for Frostline Fair");
    letGo();
    await page.context().unroute(/\/api\/v1\/items\/.*kestrelfoods/);
    // What is asked afterwards is answered afterwards.
    await select(outlook, elsewhere);
    await expect(card(outlook)).toContainText("It is not in the mailbox that is synced");
    await select(outlook, badge);
    await expect(card(outlook).locator(".name")).toHaveText("Your badge for Frostline Fair");
  });
});

test.describe("a connection's sign-in", () => {
  const open = async (outlook, given) => {
    await outlook.open(given);
    const { panel, frame } = outlook;
    await expect(panel.label).toHaveText("Enabled");
    await panel.menu.click();
    await frame.locator("#menu").getByRole("button", { name: /^My connectivity/ }).click();
    await expect(mailbox(outlook).locator(".since")).toHaveText("Connected");
    return mailbox(outlook);
  };

  test("goes through Outlook's dialog, and its end is seen", async ({ outlook, page }) => {
    const card = await open(outlook);
    const opened = page.waitForEvent("popup");
    await card.getByRole("button", { name: "Refresh", exact: true }).click();
    const dialog = await opened;
    await dialog.getByRole("link", { name: /Robin Hale/ }).click();
    await dialog.getByRole("button", { name: "Allow", exact: true }).click();
    await expect(card.locator(".banner:not([hidden])")).toContainText("You signed in as robin.hale@example.com.");
    const [first] = await outlook.evaluate(() => globalThis.outlook.calls);
    expect(first.displayDialogAsync).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/oauth\/start\//);
  });

  for (const [code, words, step] of [
    [12002, "Outlook could not load the sign-in's page.", "Check your connection, then press Open window."],
    [12003, "Outlook opens encrypted pages only, and the sign-in led to another one.", "Serve the sidebar and the provider by https."],
    [12004, "Outlook does not trust the sign-in's address.", "List the sidebar's own address under AppDomains"],
    [12005, "Outlook opens windows of encrypted pages only.", "Serve the sidebar by https."],
    [12009, "You chose Ignore when Outlook asked whether the window may open.", "Press Open window, and choose Allow."],
    [12011, "The browser blocked the window", "Allow pop-ups for Outlook, then press Open window."],
    [5001, "Outlook gave no reason that this panel knows.", "Press Open window to try again."],
  ]) {
    test(`says what Outlook's error ${code} means, and can be gone on with`, async ({ outlook, page }) => {
      const card = await open(outlook, { dialogErrors: [code] });
      await card.getByRole("button", { name: "Refresh", exact: true }).click();
      await expect(card).toContainText(words);
      await expect(card).toContainText(step);
      // One whose page could not be shown is not left open: Outlook has one dialog at a time.
      await expect.poll(() => page.context().pages().length).toBe(1);
      const opened = page.waitForEvent("popup");
      await card.getByRole("button", { name: "Open window", exact: true }).click();
      await expect((await opened).getByRole("link", { name: /Robin Hale/ })).toBeVisible();
    });
  }

  test("says that the window was closed", async ({ outlook, page }) => {
    const card = await open(outlook);
    const opened = page.waitForEvent("popup");
    await card.getByRole("button", { name: "Refresh", exact: true }).click();
    await (await opened).close();
    await expect(card).toContainText("The window was closed before the end");
    await expect(card.getByRole("button", { name: "Open window", exact: true })).toBeVisible();
  });

  test("passes over that Outlook takes a closed dialog for an open one for a while", async ({ outlook, page }) => {
    const card = await open(outlook, { dialogErrors: [12007, 12007] });
    const opened = page.waitForEvent("popup");
    await card.getByRole("button", { name: "Refresh", exact: true }).click();
    await expect((await opened).getByRole("link", { name: /Robin Hale/ })).toBeVisible();
  });

  test("says that another dialog is open when it stays so", async ({ outlook }) => {
    const card = await open(outlook, { dialogErrors: Array(5).fill(12007) });
    await card.getByRole("button", { name: "Refresh", exact: true }).click();
    await expect(card).toContainText("Another window of this panel is still open in Outlook.");
    await expect(card).toContainText("Close it, then press Open window.");
  });
});
