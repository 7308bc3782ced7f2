// Signing in to the real service at a real provider, as two people, and what neither of them may see.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { axe } from "../fixtures/axe.js";
import { enter, people, signIn, test } from "../fixtures/organisation-test.js";
import { expect, panelOf, pressLast } from "../fixtures/test.js";

const text = (page) => page.locator(".entrance p");
const signInButton = (page) => page.getByRole("button", { name: "Sign in", exact: true });
const mailbox = (page) => page.getByRole("region", { name: /^E-mail/ });

const menuOf = async (page) => {
  await panelOf(page).menu.click();
  return page.locator("#menu");
};

test("a person signs in, sees their own sync, and need not sign in again after a reload", async ({ service, page, panel }) => {
  await page.goto(service.url);
  await expect(text(page)).toHaveText("Sign in at Larkfield ID to see how your sync stands.");
  await axe(page);
  await signIn(page, () => signInButton(page).click(), "ada");
  await expect(panel.label).toHaveText(/Enabled|Running/);
  await expect(panel.summary).toHaveText("7 records could not be synced.");
  await expect(await menuOf(page)).toContainText(people.ada.email);
  const window = page.waitForEvent("popup", { timeout: 3_000 }).catch(() => undefined);
  await page.reload();
  await expect(panel.summary).toHaveText("7 records could not be synced.");
  expect(await window).toBeUndefined();
});

test("two people share a service and nothing else", async ({ service, page, panel, browser }) => {
  await enter(service, page, "ada");
  await expect(panel.summary).toHaveText("7 records could not be synced.");
  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await enter(service, other, "ben");
  await expect(await menuOf(other)).toContainText(people.ben.email);
  await other.keyboard.press("Escape");
  await expect(panelOf(other).force).toHaveAttribute("aria-disabled", "false");
  await panelOf(other).pause.click();
  await other.getByRole("button", { name: "Until I start it" }).click();
  await expect(panelOf(other).label).toHaveText("Paused");
  await page.reload();
  await expect(panel.label).toHaveText("Enabled");
  await elsewhere.close();
});

test("what is refused at the provider is told, and so is an account of somebody else's organisation", async ({ service, page, panel }) => {
  await enter(service, page, "refuse");
  await expect(text(page)).toHaveText("Access was not allowed. Sign in again and allow it.");
  await signIn(page, () => signInButton(page).click(), "eve");
  await expect(text(page)).toHaveText("This account may not use this service. Sign in with another one, or ask your administrator.");
  await expect(panel.card).toHaveCount(0);
});

test("signing out ends the sign-in of this browser, and everywhere of all", async ({ service, page, panel, browser }) => {
  await enter(service, page, "ada");
  await expect(panel.label).toHaveText(/Enabled|Running/);
  await (await menuOf(page)).getByRole("button", { name: "Sign out", exact: true }).click();
  await expect(text(page)).toHaveText("You are signed out.");
  await page.reload();
  await expect(text(page)).toHaveText("Sign in at Larkfield ID to see how your sync stands.");

  // The provider remembers who signed in last, and asks nothing: the window closes by itself.
  const window = page.waitForEvent("popup");
  await signInButton(page).click();
  await (await window).waitForEvent("close").catch(() => undefined);
  await expect(panel.label).toHaveText(/Enabled|Running/);
  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await enter(service, other, "ada");
  await expect(panelOf(other).label).toHaveText(/Enabled|Running/);
  await (await menuOf(other)).getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(text(other)).toHaveText("You are signed out.");
  await expect(text(page)).toHaveText("Sign in at Larkfield ID to see how your sync stands.");
  await elsewhere.close();
});

test("a sign-in lives on when the service starts anew", async ({ service, page, panel }) => {
  await enter(service, page, "ada");
  await expect(panel.label).toHaveText(/Enabled|Running/);
  await service.kill();
  await expect(panel.banner).toContainText("The sync service cannot be reached.");
  await service.run();
  await expect(panel.banner).toBeHidden({ timeout: 20_000 });
  await expect(panel.label).toHaveText(/Enabled|Running/);
});

test("a mailbox is connected at the same provider: signed in, refused, and as somebody else", async ({ service, page, panel }) => {
  await enter(service, page, "ada");
  await expect(panel.label).toHaveText(/Enabled|Running/);
  await page.goto(`${service.url}#/connectivity`);
  await expect(mailbox(page).locator(".since")).toHaveText("Connected");
  await mailbox(page).getByRole("button", { name: "Change", exact: true }).click();
  const kind = page.getByLabel("Connect to");
  if (await kind.isVisible()) await kind.selectOption({ label: "Gmail" });
  const said = mailbox(page).locator(".banner:not([hidden])");
  const opened = page.waitForEvent("popup");
  await mailbox(page).getByRole("button", { name: "Sign in", exact: true }).click();
  const window = await opened;
  await expect(window.getByText(`the sync of ${people.ada.name} (${people.ada.email})`)).toBeVisible();
  await window.getByRole("button", { name: "That is me" }).click();
  await pressLast(window, window.getByRole("link", { name: people.ada.name }));
  await expect(said).toContainText(`You signed in as ${people.ada.email}.`);
  await expect(mailbox(page)).toContainText("Gmail");

  const refresh = () => mailbox(page).getByRole("button", { name: "Refresh", exact: true }).click();
  await signIn(page, refresh, "refuse");
  await expect(said.locator("strong")).toHaveText("Access was not allowed");
  // The provider forgets who is there.
  await page.context().clearCookies({ name: /^_session/ });
  await signIn(page, refresh, "ben");
  await expect(said.locator("strong")).toHaveText("You signed in as somebody else");
  await expect(said).toContainText(`${people.ada.email} was expected.`);
  await expect(mailbox(page).locator(".since")).toHaveText("Connected");
});

/** Every file below a folder. */
async function filesOf(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}

test("no token, code or cookie is in the log, the files, an address, or the browser's storage", async ({ service, provider, page, panel, context }) => {
  const secrets = new Map();
  const answers = [];
  const addresses = [];
  context.on("request", (request) => addresses.push(request.url()));
  context.on("response", (response) => {
    // A stream ends with the page; what it carries is the status, which is read as well.
    const isStream = response.headers()["content-type"]?.startsWith("text/event-stream");
    if (isStream || !response.url().startsWith(service.url)) return;
    const body = response.body().catch(() => Buffer.alloc(0));
    answers.push(Promise.all([response.url(), body]));
  });
  page.on("request", (request) => {
    const token = request.headers().authorization?.replace("Bearer ", "");
    if (token) secrets.set(token, "access token");
    const sent = request.method() === "POST" && request.url().endsWith("/api/v1/session") ? request.postDataJSON() : {};
    if (sent.code) secrets.set(sent.code, "one-time code").set(sent.verifier, "verifier");
  });
  await enter(service, page, "ada");
  await expect(panel.summary).toHaveText("7 records could not be synced.");
  await page.goto(`${service.url}#/support`);
  await expect(page.locator(".report .card").first()).toBeVisible();
  for (const cookie of await context.cookies()) {
    if (cookie.name.startsWith("__Host-sync")) secrets.set(cookie.value, "renewal cookie");
  }
  expect([...secrets.values()].sort()).toEqual(["access token", "one-time code", "renewal cookie", "verifier"]);
  for (const secret of provider.secrets) secrets.set(secret, "the provider's token or code");
  secrets.set(provider.clientSecret, "client secret");

  const holds = (bytes, secret) => Buffer.from(bytes).includes(secret);
  const found = [];
  const meant = new Set();
  const look = (where, bytes, ...allowed) => {
    for (const [secret, kind] of secrets) {
      if (!holds(bytes, secret)) continue;
      if (allowed.includes(kind)) meant.add(kind);
      else found.push(`${kind} in ${where}`);
    }
  };
  look("the log", service.log);
  for (const file of await filesOf(service.data)) look(file, await readFile(file));
  for (const address of addresses) {
    // What the provider sends back by way of the browser is its code, which works once and with a secret alone.
    look(address, address, ...(address.includes("/sign-in/callback?") || address.startsWith(provider.issuer) ? ["the provider's token or code"] : []));
  }
  for (const [address, body] of await Promise.all(answers)) {
    const where = address.endsWith("/api/v1/session") ? ["access token"] : address.includes("/sign-in/callback") ? ["one-time code"] : [];
    look(`the answer to ${address}`, body, ...where);
  }
  const storage = await page.evaluate(async () => JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state,
    await indexedDB.databases(), await caches.keys(),
  ]));
  look("the browser's storage", storage);
  look("the page", await page.content());
  expect(found).toEqual([]);
  // The search finds what is there, where it is meant to be. The text of the window's last page goes with the window: the
  // service's own tests look into that.
  expect([...meant]).toEqual(expect.arrayContaining(["access token", "the provider's token or code"]));
  expect(service.log).toContain("/api/v1/session");
  expect((await filesOf(service.data)).filter((file) => /\.db(-wal)?$/.test(file)).length).toBeGreaterThan(1);
});
