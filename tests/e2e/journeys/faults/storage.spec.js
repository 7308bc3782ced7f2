// The browser's storage fails: the panel works without any, whatever it keeps there.
import { expect, faulty, test } from "../../fixtures/fault.js";
import * as samples from "../../fixtures/samples.js";

/** What is done to the storages, in the page before anything else. */
const breakages = {
  "storage full": () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    };
  },
  "storage throwing": () => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
      Object.defineProperty(window, name, {
        configurable: true,
        get() {
          throw new DOMException("Access is denied for this document.", "SecurityError");
        },
      });
    }
  },
};

/** Every key holds this. */
const NOTE = `1 2166136261 ${samples.NOW - 60_000} `;
const RUBBISH = [
  // Notes in the panel's own form, of a minute ago and of nobody in particular, whose status is none.
  ...["", "{", "{}", "null", '{"state":"enabled"}', '{"state":"enabled","since":1e999}'].map((status) => NOTE + status),
  "", "\0", "null", "{", "{}", "[]", "-1", '{"v":1e999}', '{"version":1,"at":"yesterday","status":{"state":"enabled"}}', "\ud800", "x".repeat(1_000_000),
];

/** A person gets along: the state, another language, a command, screens. */
async function getAlong({ mock, page, panel }) {
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.card).toHaveClass(/good/);
  const stream = await mock.stream(mock.streams.length + (mock.streams.at(-1)?.isOpen ? 0 : 1) || 1);
  await stream.send("status", samples.issues);
  await expect(panel.summary).toHaveText("4 records could not be synced.");
  await panel.force.click();
  await mock.asking("POST /sync/force");
  await panel.lastSession.click();
  await expect(panel.heading).toHaveText("Last session details");
  await panel.back.click();
  await expect(panel.crash).toBeHidden();
}

for (const [fault, breakage] of Object.entries(breakages)) {
  faulty(fault, "a person gets along, and chooses a language for as long as the page lives", async ({ mock, open, page, panel, unbroken }) => {
    await page.addInitScript(breakage);
    await open();
    await getAlong({ mock, page, panel });
    await unbroken.unnoticed("everything as always; a language that was chosen holds until the page is loaded again");
    await panel.menu.click();
    await page.getByRole("button", { name: "Deutsch", exact: true }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    await expect(panel.label).toHaveText("Aktiv");
    await page.reload();
    await expect(panel.label).toHaveText("Enabled");
  });
}

faulty("storage corrupted", "every key holds rubbish", async ({ mock, open, page, panel, unbroken }) => {
  test.setTimeout(90_000);
  for (const rubbish of RUBBISH) {
    await page.addInitScript((rubbish) => {
      Storage.prototype.getItem = () => rubbish;
      Object.defineProperty(Storage.prototype, "length", { configurable: true, get: () => 1 });
      Storage.prototype.key = () => "sync-sidebar";
    }, rubbish);
    // Nothing of it may be taken for the state.
    mock.script("GET /sync", { silence: true });
    await open();
    await expect(page.locator("#skeleton")).toHaveCount(0);
    await mock.asking("GET /sync", mock.asked("GET /sync").length || 1);
    await expect(panel.label, JSON.stringify(rubbish.slice(0, 60))).toHaveText("Looking…");
    mock.unscript("GET /sync");
    await open();
    await expect(panel.label, JSON.stringify(rubbish.slice(0, 60))).toHaveText("Enabled");
    await expect(panel.crash).toBeHidden();
  }
  await getAlong({ mock, page, panel });
  await unbroken.unnoticed("everything as always: what cannot be read is passed over");
});

faulty("storage corrupted", "what the panel itself has kept, spoilt afterwards", async ({ mock, open, page, panel, unbroken }) => {
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await panel.menu.click();
  await page.getByRole("button", { name: "Deutsch", exact: true }).click();
  await expect(panel.label).toHaveText("Aktiv");
  const keys = await page.evaluate(() => Object.keys(localStorage));
  expect(keys.length).toBeGreaterThan(0);
  for (const rubbish of RUBBISH) {
    await page.evaluate((rubbish) => Object.keys(localStorage).forEach((key) => localStorage.setItem(key, rubbish)), rubbish);
    await page.reload();
    await expect(panel.label).toHaveText("Enabled");
    await expect(panel.crash).toBeHidden();
  }
  expect(mock.asked("GET /sync").length).toBeGreaterThan(RUBBISH.length);
  await unbroken.unnoticed("everything as always, in the browser's language");
});
