// Signing in to an organisation's service in Outlook on the web, through Outlook's dialog.
import { people, test as organisation } from "../fixtures/organisation-test.js";
import { inOutlook, SIDEBAR } from "../fixtures/outlook.js";
import { tls } from "../fixtures/service.js";
import { expect, pressLast } from "../fixtures/test.js";

const test = inOutlook(organisation);
test.use({ serviceOptions: { ...tls(), origin: SIDEBAR } });

/** Presses Sign in, and answers in the dialog as one of the people. */
async function signIn(outlook, who) {
  const opened = outlook.page.waitForEvent("popup");
  await outlook.frame.getByRole("button", { name: "Sign in", exact: true }).click();
  const dialog = await opened;
  const closed = dialog.waitForEvent("close");
  await pressLast(dialog, dialog.getByRole("link", { name: people[who]?.name ?? "Refuse" }));
  return closed;
}

for (const thirdParties of ["blocked", "allowed"]) {
  test.describe(`with what other sites store ${thirdParties}`, () => {
    test.use({ thirdParties });

    test("a person signs in by Outlook's dialog, and stays signed in", async ({ outlook }) => {
      await outlook.open({ userProfile: { emailAddress: people.ada.email, displayName: people.ada.name } });
      const { panel, frame, page } = outlook;
      await expect(frame.locator(".entrance p").first()).toHaveText("Sign in at Larkfield ID to see how your sync stands.");
      await signIn(outlook, "ada");
      await expect(panel.label).toHaveText(/Enabled|Running/);
      await expect(panel.summary).toHaveText("7 records could not be synced.");
      await page.reload();
      await expect(panel.summary).toHaveText("7 records could not be synced.");
    });
  });
}

test("what is refused at the provider is told", async ({ outlook }) => {
  await outlook.open();
  await signIn(outlook, "refuse");
  await expect(outlook.frame.locator(".entrance p").first()).toHaveText("Access was not allowed. Sign in again and allow it.");
});

test("an Outlook that answers only after the first press opens the next window itself", async ({ outlook, page }) => {
  await outlook.open({ late: true });
  const { frame, panel } = outlook;
  const popup = page.waitForEvent("popup");
  await frame.getByRole("button", { name: "Sign in", exact: true }).click();
  const window = await popup;
  await expect(window.getByRole("heading", { name: "Larkfield ID" })).toBeVisible();
  await window.close();
  await outlook.evaluate(() => globalThis.outlook.answer());
  await expect(frame.getByRole("button", { name: "Open window", exact: true })).toBeVisible();
  const opened = page.waitForEvent("popup");
  await frame.getByRole("button", { name: "Open window", exact: true }).click();
  const dialog = await opened;
  await pressLast(dialog, dialog.getByRole("link", { name: people.ada.name }));
  await expect(panel.label).toHaveText(/Enabled|Running/);
  expect((await outlook.evaluate(() => globalThis.outlook.calls)).length).toBe(1);
});
