// One session whole: it is followed while it runs, cancelled when asked, listed to the last record, copied and saved.
import { readFile } from "node:fs/promises";
import { axe } from "../fixtures/axe.js";
import { json, lost, problem } from "../fixtures/mock.js";
import { pastRecord } from "../fixtures/past.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

const { unfinished } = samples;

const cancelled = {
  ...samples.good,
  last_attempt: { ...samples.summary, id: "s-8", outcome: "cancelled", started_at: samples.at(-5), ended_at: samples.at(3) },
};

test.beforeEach(({ mock }) => {
  mock.me = samples.ableMe;
});

const cancelButton = (page) => page.getByRole("button", { name: /Cancel/ });

async function watchSession({ mock, open }) {
  mock.status = samples.running;
  mock.sessions["s-8"] = unfinished;
  await open("#/sessions/s-8");
  return mock.stream();
}

test("a running session is followed live and read again by itself when it has ended", async ({ mock, open, page, panel }) => {
  const stream = await watchSession({ mock, open });
  await expect(page.getByText("Writing to the CRM: 12 of 38")).toBeVisible();
  await stream.send("progress", { ...samples.running.running, done: 30 });
  await expect(page.getByText("Writing to the CRM: 30 of 38")).toBeVisible();
  await expect(page.locator(".running progress")).toHaveAttribute("value", "30");
  await expect(page.getByText("It is still at work.")).toBeVisible();
  mock.sessions["s-8"] = { ...samples.details, summary: { ...samples.details.summary, id: "s-8" } };
  await stream.send("status", { ...samples.good, last_attempt: { ...samples.summary, id: "s-8" } });
  await expect(panel.label).toHaveText("Succeeded with issues");
  await expect(page.locator(".running")).toBeHidden();
});

test("one press cancels the session that runs, and the button says so until it has ended", async ({ mock, open, page, panel }) => {
  const stream = await watchSession({ mock, open });
  await expect(cancelButton(page)).toHaveText("Cancel this session");
  await cancelButton(page).dblclick();
  await expect(cancelButton(page)).toHaveText("Cancelling…");
  await expect(cancelButton(page)).toHaveAttribute("aria-disabled", "true");
  await mock.asking("POST /sessions/s-8/cancel");
  mock.sessions["s-8"] = { ...unfinished, summary: cancelled.last_attempt };
  mock.status = cancelled;
  await stream.send("status", cancelled);
  await expect(panel.label).toHaveText("Cancelled");
  await expect(cancelButton(page)).toBeHidden();
  const sent = mock.asked("POST /sessions/s-8/cancel");
  expect(sent).toHaveLength(1);
  expect(sent[0].headers["idempotency-key"]).toMatch(/^\S{16,}$/);
});

test("a cancelling whose answer is lost, and that was carried out, is not sent again", async ({ mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  await watchSession({ mock, open });
  mock.script("POST /sessions/s-8/cancel", () => {
    mock.sessions["s-8"] = { ...unfinished, summary: cancelled.last_attempt };
    mock.status = cancelled;
    return lost;
  });
  await cancelButton(page).click();
  await expect(panel.label).toHaveText("Cancelled");
  await expect(page.getByText("The session was not cancelled.")).toBeHidden();
  expect(mock.asked("POST /sessions/s-8/cancel")).toHaveLength(1);
});

test("a cancelling whose answer is lost, and that was not carried out, is told and can be pressed again", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  await watchSession({ mock, open });
  mock.script("POST /sessions/s-8/cancel", lost, undefined);
  await cancelButton(page).click();
  await expect(page.locator(".banner", { hasText: "The session was not cancelled." })).toBeVisible();
  expect(mock.asked("POST /sessions/s-8/cancel")).toHaveLength(1);
  await cancelButton(page).click();
  await mock.asking("POST /sessions/s-8/cancel", 2);
  await expect(cancelButton(page)).toHaveText("Cancelling…");
});

test("the last session's page tells that a newer one runs, and when it has ended", async ({ mock, open, page, panel }) => {
  mock.status = samples.running;
  await open("#/sessions/last");
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Succeeded with issues");
  await expect(page.getByText("A session is running. Writing to the CRM: 12 of 38")).toBeVisible();
  const newest = { ...samples.summary, id: "s-8", started_at: samples.at(-5), ended_at: samples.at(1) };
  await stream.send("status", { ...samples.good, last_attempt: newest });
  await expect(page.getByText("A newer session has ended.")).toBeVisible();
  mock.sessions.last = { ...samples.details, summary: newest };
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(panel.label).toHaveText("Succeeded");
  await expect(page.getByText("A newer session has ended.")).toBeHidden();
});

test("a vendor that cannot cancel shows no control for it", async ({ mock, open, page }) => {
  mock.me = samples.me;
  await watchSession({ mock, open });
  await expect(page.getByText("Writing to the CRM: 12 of 38")).toBeVisible();
  await expect(cancelButton(page)).toBeHidden();
});

test("every record that was not synced can be listed, with Try again after a failure", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  const records = Array.from({ length: 100 }, (_, number) => pastRecord(number));
  mock.sessions.last = { ...samples.details, records, records_total: 230 };
  mock.past.records = 230;
  mock.script("GET /sessions/s-7/records", undefined, problem(503, "down"), undefined);
  await open("#/sessions/last");
  const rows = page.locator(".records li");
  await expect(page.getByText("and 130 more")).toBeVisible();
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(rows).toHaveCount(100);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByText("The sync service failed.")).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows).toHaveCount(200);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(rows).toHaveCount(230);
  await expect(rows.last()).toContainText("Record 229");
  await expect(page.getByRole("button", { name: "Show more" })).toBeHidden();
  const names = await rows.locator("strong").allTextContents();
  expect(new Set(names).size).toBe(230);
});

test("the download is what the service said, to the byte", async ({ mock, open, page }) => {
  const body = { ...samples.details, a_field_of_tomorrow: { nested: [1.5, "ü"] } };
  mock.sessions.last = body;
  await open("#/sessions/last");
  const coming = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download JSON" }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toBe("session-s-7.json");
  expect(await readFile(await file.path(), "utf8")).toBe(JSON.stringify(body));
});

test("the copied text holds what is on screen", async ({ context, mock, open, page }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(mock.url).origin });
  await open("#/sessions/last");
  await page.getByRole("button", { name: "Copy as text" }).click();
  await expect(page.getByText("Copied.").first()).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  for (const word of ["s-7: Succeeded with issues", "Duration: 5 s", "1,052", "REQUIRED_FIELD_MISSING · LastName"]) {
    expect(text).toContain(word);
  }
});

test("a session that runs is watched and cancelled by keyboard alone", async ({ mock, open, page }) => {
  await watchSession({ mock, open });
  await expect(cancelButton(page)).toBeVisible();
  for (let presses = 0; presses < 12; presses += 1) {
    await page.keyboard.press("Tab");
    if (await cancelButton(page).evaluate((button) => button === document.activeElement)) break;
  }
  await page.keyboard.press("Enter");
  await mock.asking("POST /sessions/s-8/cancel");
  await expect(cancelButton(page)).toBeFocused();
});

test("axe finds nothing on the page of a running session", async ({ mock, open, page }) => {
  await watchSession({ mock, open });
  await expect(cancelButton(page)).toBeVisible();
  await axe(page);
});

test("axe finds nothing on a page with more records", async ({ mock, open, page }) => {
  mock.sessions.last = samples.details;
  mock.script("GET /sessions/s-7/records", () => json({ items: [pastRecord(1)], next_cursor: "1" }));
  await open("#/sessions/last");
  await expect(page.getByRole("button", { name: "Show more" })).toBeVisible();
  await axe(page);
});
