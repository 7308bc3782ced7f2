// Signing in to the service at an organisation's provider, and out again, against a mocked service.
import { axe } from "../fixtures/axe.js";
import { problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, pressLast, test } from "../fixtures/test.js";

const text = (page) => page.locator(".entrance p");
const press = (page, name = "Sign in") => page.getByRole("button", { name, exact: true });

/** Opens the sidebar of a service that asks for a sign-in. */
async function outside({ mock, open, page, watch }) {
  watch.allowLostRequests();
  mock.organisation.name = "Larkfield ID";
  await open();
  await expect(text(page)).toHaveText("Sign in at Larkfield ID to see how your sync stands.");
}

/** Presses Sign in, and waits for the provider's page. */
async function begin(page, name) {
  const opened = page.waitForEvent("popup");
  await press(page, name).click();
  const window = await opened;
  await window.getByRole("heading", { name: "Larkfield ID" }).waitFor();
  return window;
}

const end = (window, name) => pressLast(window, window.getByRole("button", { name, exact: true }));

test("signing in shows the status, and the next visit needs no window", async ({ mock, open, panel, page, watch }) => {
  await outside({ mock, open, page, watch });
  await axe(page);
  await end(await begin(page), "Allow");
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.heading).toBeFocused();
  const [first] = mock.asked("POST /session/sign-ins");
  expect(JSON.parse(first.body).challenge).toMatch(/^[A-Za-z0-9_-]{43}$/);
  const proof = JSON.parse(mock.asked("POST /session").at(-1).body);
  expect(proof).toMatchObject({ grant: "code", code: "the-code" });
  expect(proof.verifier).toMatch(/^[A-Za-z0-9_-]{43}$/);
  for (const asked of [...mock.asked("POST /session"), first]) expect(asked.headers["sync-sidebar"]).toBe("1");

  await page.reload();
  await expect(panel.label).toHaveText("Enabled");
  expect(mock.asked("POST /session/sign-ins")).toHaveLength(1);
});

test("a press before the window can open is not lost", async ({ mock, open, panel, page, watch }) => {
  let come;
  mock.scriptFile("later-", () => new Promise((resolve) => (come = resolve)));
  await outside({ mock, open, page, watch });
  const opened = page.waitForEvent("popup");
  await press(page).click();
  await expect(text(page)).toHaveText("Opening the sign-in…");
  await expect.poll(() => come).toBeDefined();
  come(undefined);
  await end(await opened, "Allow");
  await expect(panel.label).toHaveText("Enabled");
});

test("a provider that cuts the way back to the panel does not lose the sign-in", async ({ mock, open, panel, page, watch }) => {
  await outside({ mock, open, page, watch });
  await end(await begin(page), "Allow, with the way back cut");
  await expect(panel.label).toHaveText("Enabled");
});

for (const [ending, words] of [
  ["refused", "Access was not allowed. Sign in again and allow it."],
  ["expired", "The sign-in took too long. Sign in again."],
  ["not_allowed", "This account may not use this service. Sign in with another one, or ask your administrator."],
  ["failed", "The sign-in did not work. Sign in again; if that does not help, ask your administrator."],
  ["Hand over a code that is not good", "The sign-in did not work. Sign in again; if that does not help, ask your administrator."],
]) {
  test(`a sign-in that ends with "${ending}" says so, and can be begun again`, async ({ mock, open, panel, page, watch }) => {
    await outside({ mock, open, page, watch });
    await end(await begin(page), ending);
    await expect(text(page)).toHaveText(words);
    await expect(panel.announcement).toHaveText(words);
    await axe(page);
    await end(await begin(page), "Allow");
    await expect(panel.label).toHaveText("Enabled");
  });
}

test("a window that was closed is opened again for the same sign-in", async ({ mock, open, panel, page, watch }) => {
  await outside({ mock, open, page, watch });
  await (await begin(page)).close();
  // The panel looks after its window once a second.
  await expect(async () => {
    await page.clock.runFor(1_000);
    await expect(text(page)).toHaveText("The window was closed before the end. Press Open window to go on.", { timeout: 500 });
  }).toPass();
  await end(await begin(page, "Open window"), "Allow");
  await expect(panel.label).toHaveText("Enabled");
  expect(mock.asked("POST /session/sign-ins")).toHaveLength(1);
});

test("a window that the browser blocks is told, and a press opens it", async ({ mock, open, panel, page, watch }) => {
  await page.addInitScript(() => {
    const open = window.open;
    window.open = () => {
      window.open = open;
      return null;
    };
  });
  await outside({ mock, open, page, watch });
  await press(page).click();
  await expect(text(page)).toHaveText("The browser blocked the window. Press Open window, or allow pop-ups for this page.");
  await end(await begin(page, "Open window"), "Allow");
  await expect(panel.label).toHaveText("Enabled");
});

test("what another page says of a sign-in is not believed", async ({ mock, open, panel, page, watch }) => {
  await outside({ mock, open, page, watch });
  const window = await begin(page);
  await page.evaluate(() => {
    const data = { type: "sync-sidebar:sign-in", id: "p-1", code: "evil-code" };
    dispatchEvent(new MessageEvent("message", { data, origin: "https://evil.example.com" }));
    dispatchEvent(new MessageEvent("message", { data: { ...data, id: "p-2" }, origin: location.origin }));
  });
  await end(window, "Allow");
  await expect(panel.label).toHaveText("Enabled");
  expect(mock.asked("POST /session").map(({ body }) => JSON.parse(body).code)).toEqual([undefined, "the-code"]);
});

test("a renewal that is refused later leads back to the sign-in page, with nothing of the person left", async ({ mock, open, panel, page, watch }) => {
  await outside({ mock, open, page, watch });
  await end(await begin(page), "Allow");
  await expect(panel.label).toHaveText("Enabled");
  // The press is the first to meet the refusal, not what the panel asks after the first status.
  await mock.stream();
  mock.organisation.remembered = false;
  mock.forgetTokens();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await panel.force.click();
  await expect(text(page)).toHaveText("Sign in at Larkfield ID to see how your sync stands.");
  await panel.menu.click();
  await expect(page.getByText(samples.me.user.email)).toBeHidden();
});

test("signing out everywhere is said when it is done, and not before", async ({ mock, open, panel, page, watch }) => {
  watch.allowLostRequests();
  mock.me = { ...samples.me, capabilities: [...samples.me.capabilities, "sign_out_everywhere"] };
  await open();
  await expect(panel.label).toHaveText("Enabled");
  mock.script("DELETE /session", problem(503, "unavailable"));
  await panel.menu.click();
  await press(page, "Sign out everywhere").click();
  await expect(page.locator(".banner", { hasText: "You were not signed out" })).toBeVisible();
  await expect(panel.label).toHaveText("Enabled");
  mock.unscript("DELETE /session");
  await panel.menu.click();
  await press(page, "Sign out everywhere").click();
  await expect(text(page)).toHaveText("You are signed out.");
  expect(mock.asked("DELETE /session").at(-1).query).toEqual({ everywhere: "true" });
});

test("signing in works by keyboard, in German", async ({ mock, browser, watch }) => {
  watch.allowLostRequests();
  mock.organisation.name = "Larkfield ID";
  const context = await browser.newContext({ locale: "de-DE" });
  const page = await context.newPage();
  await page.goto(mock.url);
  await expect(text(page)).toHaveText("Melden Sie sich bei Larkfield ID an, um zu sehen, wie Ihr Abgleich steht.");
  const opened = page.waitForEvent("popup");
  await press(page, "Anmelden").press("Enter");
  await end(await opened, "Allow");
  await expect(page.locator(".card.status .label")).toHaveText("Aktiv");
  await context.close();
});
