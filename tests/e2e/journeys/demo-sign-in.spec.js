// Getting access back at the real service, with its demo in the place of the providers.
import { expect, panelOf, pressLast, test } from "../fixtures/test.js";

const mailbox = (page) => page.getByRole("region", { name: /^E-mail/ });
const banner = (page) => mailbox(page).locator(".banner:not([hidden])");
const press = (page, name) => mailbox(page).getByRole("button", { name, exact: true }).click();

// A sign-in is a window, two pages and a redirection each time, and some journeys have three of them: where the machine is
// busy they need more than the usual half minute, and it would be a press that is called too late.
test.describe.configure({ timeout: 90_000 });

/** Opens My connectivity, and ends the access to the mailbox at the provider, where there is one to end. */
async function open(service, page) {
  await page.goto(`${service.url}#/connectivity`);
  await expect(mailbox(page).locator(".since")).toHaveText("Connected");
}

/** Presses a button that opens the sign-in's window, and chooses an account there. */
async function signIn(page, button, account) {
  const opened = page.waitForEvent("popup");
  await press(page, button);
  const window = await opened;
  await window.getByRole("link", { name: account }).click();
  return window;
}

async function decide(window, decision) {
  const closed = window.waitForEvent("close");
  await pressLast(window, window.getByRole("button", { name: decision, exact: true }));
  await closed;
}

/** Gives access to the mailbox, and takes it back at the provider: the panel notices by Check now. */
async function loseAccess(service, page, context) {
  await decide(await signIn(page, "Refresh", /Robin Hale/), "Allow");
  await expect(banner(page).locator("strong")).toHaveText("Connected");
  const provider = await context.newPage();
  await provider.goto(`${service.url}demo/`);
  await provider.getByRole("button", { name: "Change the password" }).first().click();
  await provider.close();
  // Back to the panel's tab: a browser draws no other, and does not always go there by itself.
  await page.bringToFront();
  await press(page, "Check now");
  await expect(mailbox(page).locator(".since")).toHaveText("Disconnected");
}

test("access that was lost comes back by signing in again, and sync goes on by itself", async ({ service, page, panel, context }) => {
  await open(service, page);
  await loseAccess(service, page, context);
  await expect(mailbox(page).locator(".step").first()).toHaveText("Press Refresh and sign in.");
  await panel.back.click();
  await expect(panel.summary).toHaveText("The mailbox is disconnected.");
  await expect(panel.label).toHaveText("Disabled");
  await panel.card.getByRole("button", { name: "My connectivity" }).click();
  await decide(await signIn(page, "Refresh", /Robin Hale/), "Allow");
  await expect(banner(page)).toContainText("You signed in as robin.hale@example.com.");
  await expect(mailbox(page).locator(".since")).toHaveText("Connected");
  await panel.back.click();
  await expect(panel.label).toHaveText(/Enabled|Running/);
});

test("the panel opens the way back by itself when it finds sync stopped", async ({ service, page, panel, context }) => {
  await open(service, page);
  await loseAccess(service, page, context);
  const another = await context.newPage();
  await another.goto(service.url);
  await expect(panelOf(another).heading).toHaveText("My connectivity");
  await panelOf(another).back.click();
  await expect(panelOf(another).label).toHaveText("Disabled");
});

test("what is refused changes nothing", async ({ service, page }) => {
  await open(service, page);
  await decide(await signIn(page, "Refresh", /Robin Hale/), "Refuse");
  await expect(banner(page).locator("strong")).toHaveText("Access was not allowed");
  await expect(banner(page)).toContainText("Nothing was changed.");
  await expect(banner(page).locator(".step")).toHaveText("Sign in once more and allow everything that is asked.");
  await expect(mailbox(page).locator(".since")).toHaveText("Connected");
});

test("somebody else's account is not taken by Refresh, and is by Change", async ({ service, page }) => {
  await open(service, page);
  await decide(await signIn(page, "Refresh", /Robin Hale/), "Allow");
  await expect(banner(page).locator("strong")).toHaveText("Connected");
  await decide(await signIn(page, "Refresh", /Noor Castellan/), "Allow");
  await expect(banner(page).locator("strong")).toHaveText("You signed in as somebody else");
  await expect(banner(page)).toContainText("You signed in as noor.castellan@example.com. robin.hale@example.com was expected.");
  await expect(mailbox(page)).toContainText("robin.hale@example.com");
  await press(page, "Change");
  await decide(await signIn(page, "Sign in", /Noor Castellan/), "Allow");
  await expect(banner(page)).toContainText("You signed in as noor.castellan@example.com.");
  await expect(mailbox(page).locator(".of strong")).toHaveText("noor.castellan@example.com");
});

test("another kind than was asked for, and an answer that came too late", async ({ service, page }) => {
  await open(service, page);
  await decide(await signIn(page, "Refresh", /Training/), "Allow");
  await expect(banner(page).locator("strong")).toContainText("This account is not of");
  await decide(await signIn(page, "Refresh", /Robin Hale/), "Allow, but too late");
  await expect(banner(page).locator("strong")).toHaveText("The sign-in took too long");
  await expect(banner(page).locator(".step")).toHaveText("Press Refresh to begin again.");
});

test("closed and finished in another browser: the link alone is enough", async ({ service, page, browser }) => {
  await open(service, page);
  const opened = page.waitForEvent("popup");
  await press(page, "Refresh");
  await (await opened).close();
  await expect(banner(page).locator("strong")).toHaveText("The window was closed before the end");
  const link = await mailbox(page).getByRole("link").getAttribute("href");
  const elsewhere = await browser.newPage();
  await elsewhere.goto(link);
  await elsewhere.getByRole("link", { name: /Robin Hale/ }).click();
  await elsewhere.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(elsewhere.getByText("You can close this window")).toBeVisible();
  await expect(banner(page).locator("strong")).toHaveText("Connected");
  await elsewhere.close();
});
