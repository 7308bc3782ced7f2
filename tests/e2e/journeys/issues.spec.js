// The Issues screen: what went wrong, record by record and cause by cause, and how a person puts it right.
import { readFile } from "node:fs/promises";
import { axe } from "../fixtures/axe.js";
import { meWithIssues } from "../fixtures/issues.js";
import { html, lost, problem, silence } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

const counts = (total) => ({ ...samples.issues.issues, total, moderate: total });
const retrying = { ...samples.running, running: { ...samples.running.running, trigger: "retry", started_at: samples.at(1) } };

test.beforeEach(({ mock }) => {
  mock.me = meWithIssues;
  mock.status = { ...samples.issues, issues: counts(30) };
  mock.issues.count = 30;
});

const parts = (page) => ({
  rows: page.locator(".rows li"),
  row: (name) => page.locator(".rows button", { hasText: name }),
  causes: page.locator(".causes li"),
  retryAll: page.getByRole("button", { name: "Retry all" }),
  search: page.getByRole("searchbox"),
  title: page.locator("h2#records"),
  hint: page.locator("#issue-hint"),
  tab: page.getByRole("button", { name: /^Issues \(/ }),
});

test("the tab tells how many issues are open, and leads to causes and records", async ({ open, page }) => {
  await open();
  const { tab, rows, causes } = parts(page);
  await expect(tab).toHaveText("Issues (30)");
  await tab.click();
  await expect(causes).toHaveCount(3);
  await expect(causes.first()).toContainText("Moderate · 10 records");
  await expect(causes.nth(0).locator(".step")).toHaveText("You can put this right.");
  await expect(causes.nth(1).locator(".step.passes")).toHaveText("Retries by itself.");
  await expect(rows.first()).toContainText("Ana Example 0");
  await expect(page).toHaveURL(/#\/issues$/);
});

test("a vendor without issues has no such tab", async ({ mock, open, panel, page }) => {
  mock.me = samples.me;
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await expect(page.getByRole("button", { name: "History" })).toBeVisible();
  await expect(parts(page).tab).toHaveCount(0);
});

test("filters narrow the list, stand in the address, and are taken away together", async ({ mock, open, page }) => {
  await open("#/issues");
  const { rows, title } = parts(page);
  await expect(title).toContainText("30 records");
  await page.getByLabel("Type").selectOption({ label: "Events" });
  await expect(title).toContainText("10 records");
  await expect(page).toHaveURL(/#\/issues\?type=event$/);
  await page.getByLabel("Direction").selectOption({ label: "to the CRM" });
  await expect(page.getByText("No issue fits the filters.")).toBeVisible();
  await expect(rows).toHaveCount(0);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(title).toContainText("30 records");
  await expect(page.getByLabel("Type")).toHaveValue("");
  await expect(page.getByLabel("Direction")).toHaveValue("");
  await expect(page).toHaveURL(/#\/issues$/);
  await page.reload();
  await expect(title).toContainText("30 records");
  expect(mock.asked("GET /issues").every(({ query }) => query.limit === "50")).toBe(true);
});

test("a cause leads to its records, and the address to the same", async ({ open, page }) => {
  await open("#/issues");
  const { causes, title, rows } = parts(page);
  await page.getByRole("button", { name: /^Show records: Somebody or something else/ }).click();
  await expect(title).toContainText("10 records");
  await expect(causes).toHaveCount(1);
  await expect(rows.first()).toContainText("Björn Example 1");
  await expect(page.getByText(/^Only: Somebody or something else/)).toBeVisible();
  await page.reload();
  await expect(causes).toHaveCount(1);
  await expect(title).toContainText("10 records");
});

test("a search is sent once, when the person stops typing", async ({ mock, open, page }) => {
  await open("#/issues");
  const { search, rows, title } = parts(page);
  await expect(title).toContainText("30 records");
  await search.pressSequentially("example 7");
  await page.clock.runFor(400);
  await expect(title).toContainText("1 record");
  await expect(rows.first()).toContainText("Ana Example 7");
  await expect(search).toHaveValue("example 7");
  const sent = mock.asked("GET /issues").map(({ query }) => query.q);
  expect(sent.at(-1)).toBe("example 7");
  expect(sent.length).toBeLessThan("example 7".length);
});

test("one, a cause and all are retried, each with a key of its own", async ({ mock, open, page, panel }) => {
  await open("#/issues");
  const { retryAll, row } = parts(page);
  const bodies = async (count) => JSON.parse((await mock.asking("POST /issues/retry", count)).body);
  await expect(retryAll).toHaveAttribute("aria-disabled", "false");
  await retryAll.click();
  expect(await bodies(1)).toEqual({ all: true });
  await expect(retryAll).toHaveAttribute("aria-disabled", "false");
  await page.getByRole("button", { name: /^Retry: A field that the CRM requires/ }).click();
  expect(await bodies(2)).toEqual({ cause: "REQUIRED_FIELD_MISSING:LastName" });
  await row("Ana Example 0").click();
  await expect(panel.heading).toHaveText("Issue");
  const retry = page.getByRole("button", { name: "Retry", exact: true });
  await expect(retry).toHaveAttribute("aria-disabled", "false");
  await retry.click();
  expect(await bodies(3)).toEqual({ issues: ["i-0"] });
  await expect(page.getByText("Being retried · Moderate")).toBeVisible();
  const keys = mock.asked("POST /issues/retry").map(({ headers }) => headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(3);
});

test("while a session runs nothing is retried, and the screen says why", async ({ mock, open, page }) => {
  mock.status = { ...samples.running, issues: counts(30) };
  await open("#/issues");
  const { retryAll, hint } = parts(page);
  await expect(retryAll).toHaveAttribute("aria-disabled", "true");
  await expect(hint).toHaveText("A session is running.");
  await retryAll.click({ force: true });
  const stream = await mock.stream();
  await stream.send("status", { ...samples.issues, issues: counts(29) });
  await expect(retryAll).toHaveAttribute("aria-disabled", "false");
  expect(mock.asked("POST /issues/retry")).toHaveLength(0);
});

test("a retry whose answer is lost is looked up, never sent again", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  mock.script("POST /issues/retry", () => {
    mock.status = { ...retrying, issues: counts(30) };
    return lost;
  });
  await open("#/issues");
  const { retryAll, hint } = parts(page);
  await expect(retryAll).toHaveAttribute("aria-disabled", "false");
  await retryAll.click();
  await expect(hint).toHaveText("A session is running.");
  await expect(page.getByText("Nothing was retried.")).toHaveCount(0);
  expect(mock.asked("POST /issues/retry")).toHaveLength(1);
});

test("a refused retry is told", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  mock.script("POST /issues/retry", problem(409, "already_running"));
  await open("#/issues");
  await expect(parts(page).retryAll).toHaveAttribute("aria-disabled", "false");
  await parts(page).retryAll.click();
  await expect(page.locator(".banner", { hasText: "Nothing was retried." })).toContainText("A session is already running.");
});

test("an issue tells everything, is muted and unmuted, and leads back to its place", async ({ mock, open, page, panel }) => {
  await open("#/issues");
  const { row } = parts(page);
  await row("Ana Example 0").click();
  await expect(page).toHaveURL(/#\/issues\/i-0$/);
  await expect(panel.fact("Code")).toContainText("REQUIRED_FIELD_MISSING");
  await expect(panel.fact("Fields")).toContainText("LastName");
  await expect(panel.fact("Times seen")).toContainText("12");
  await page.getByRole("button", { name: "Mute" }).click();
  await expect(page.getByText("Muted · Moderate")).toBeVisible();
  expect((await mock.asking("POST /issues/i-0/mute")).headers["idempotency-key"]).toBeTruthy();
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByText("Open · Moderate")).toBeVisible();
  await panel.back.click();
  await expect(row("Ana Example 0")).toBeVisible();
});

test("links lead out only where links may lead, and records open here", async ({ open, page, panel }) => {
  await open("#/issues/i-0");
  const link = page.getByRole("link", { name: "Open in Local CRM" });
  await expect(link).toHaveAttribute("href", "https://crm.example.com/contacts/0");
  await expect(link).toHaveAttribute("target", "_blank");
  await expect(link).toHaveAttribute("rel", /noopener/);
  await expect(page.locator("main a")).toHaveCount(1); // The mailbox's is no link that may be followed.
  await page.getByRole("button", { name: "Show in Local CRM" }).click();
  await expect(panel.heading).toHaveText("Record");
  await expect(panel.fact("FirstName")).toContainText("Ana");
  await expect(page.locator("pre")).toContainText("FN:Ana <b>Example</b>");
  await panel.back.click();
  await expect(panel.heading).toHaveText("Issue");
});

test("an issue and a record that are gone say so", async ({ open, page, watch }) => {
  watch.allowLostRequests();
  await open("#/issues/i-999");
  await expect(page.getByText("This issue is no longer kept.")).toBeVisible();
  await page.evaluate(() => (location.hash = "#/records/email/none"));
  await expect(page.getByText("This record is no longer there.")).toBeVisible();
});

test("the issues that the filters let through are saved as CSV", async ({ mock, open, page }) => {
  await open("#/issues?type=event");
  await expect(parts(page).title).toContainText("10 records");
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const file = await downloading;
  expect(file.suggestedFilename()).toBe("issues-2026-11-23.csv");
  const text = await readFile(await file.path(), "utf8");
  expect(text.split("\r\n")).toHaveLength(12);
  await expect(page.locator(".banner", { hasText: "saved as a file" })).toBeVisible();
  expect(mock.asked("GET /issues/export")[0].headers.authorization).toMatch(/^Bearer /);
});

test("an export that fails is told, and nothing is saved", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  let saved = 0;
  page.on("download", () => (saved += 1));
  mock.script("GET /issues/export", html(200));
  await open("#/issues");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  await expect(page.locator(".banner", { hasText: "could not be saved" })).toBeVisible();
  expect(saved).toBe(0);
});

test("an empty list says that all is well, and since when", async ({ mock, open, page }) => {
  mock.issues.count = 0;
  mock.status = samples.good;
  await open("#/issues");
  await expect(page.locator(".banner.good")).toHaveText("All is well: no record has had an issue since 09:00.");
  await expect(parts(page).causes).toHaveCount(0);
  await axe(page);
});

test("a list that cannot be read says so, and is tried again", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  mock.script("GET /issues", problem(500, "internal"), undefined);
  await open("#/issues");
  await expect(page.getByText("The sync service failed.")).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(parts(page).rows.first()).toContainText("Ana Example 0");
});

test("while the list is read, the screen says so and nothing is called well", async ({ mock, open, page }) => {
  mock.script("GET /issues", silence);
  await open("#/issues");
  await expect(page.locator("main").getByText("Looking…")).toBeVisible();
  await expect(page.getByText("All is well")).toHaveCount(0);
});

test("changes that are told are read together, and the rows stay where they are", async ({ mock, open, page }) => {
  await open("#/issues");
  const { rows, tab } = parts(page);
  const stream = await mock.stream();
  await expect(rows.first()).toContainText("Ana Example 0");
  const before = mock.asked("GET /issues").length;
  mock.issues.change("i-0", { state: "resolved" });
  for (const total of [29, 28, 27]) await stream.send("issues", counts(total));
  await expect(tab).toHaveText("Issues (27)");
  await page.clock.runFor(1_100);
  await expect(rows.first()).toContainText("Björn Example 1");
  expect(mock.asked("GET /issues").length).toBe(before + 1);
});

test("ten thousand issues are scrolled to their end with a bounded number of nodes", async ({ mock, open, page, panel }) => {
  test.setTimeout(120_000);
  mock.issues.count = 10_000;
  await open("#/issues");
  const { rows, title } = parts(page);
  await expect(rows.first()).toBeVisible();
  let most = 0;
  const step = () =>
    page.evaluate(() => {
      scrollTo(0, document.documentElement.scrollHeight);
      return [document.querySelectorAll("#panel *").length, Number(document.querySelector(".rows").dataset.rows)];
    });
  await expect
    .poll(
      async () => {
        const [nodes, known] = await step();
        most = Math.max(most, nodes);
        await page.clock.runFor(32);
        return known;
      },
      { timeout: 90_000, intervals: [5] },
    )
    .toBe(10_000);
  await expect(title).toContainText("10,000 records");
  await step();
  await page.clock.runFor(32);
  await expect(rows.last()).toHaveAttribute("aria-posinset", "10000");
  await expect(rows.last()).toHaveAttribute("aria-setsize", "10000");
  await expect(rows.last()).toContainText("Example 9999");
  expect(most).toBeLessThan(400);
  expect(await rows.count()).toBeLessThan(30);
  // Into the middle, which was forgotten, to an issue and back again to the same place.
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
  await expect(async () => {
    await page.clock.runFor(32);
    expect(Number(await rows.nth(8).getAttribute("aria-posinset"))).toBeLessThan(9_000);
    await expect(rows.nth(8)).toContainText(/Example \d+/, { timeout: 100 });
  }).toPass();
  const name = (await rows.nth(8).locator("strong").textContent()).trim();
  await rows.nth(8).locator("button").click();
  await expect(panel.heading).toHaveText("Issue");
  await page.clock.runFor(100);
  await panel.back.click();
  await page.clock.runFor(100);
  await expect(parts(page).row(new RegExp(`${name}(?!\\d)`))).toBeInViewport();
  expect(await page.evaluate(() => document.querySelectorAll("#panel *").length)).toBeLessThan(400);
});

test("a row that leaves the view does not take the focus out of the list", async ({ mock, open, page }) => {
  mock.issues.count = 200;
  await open("#/issues");
  const { row, rows } = parts(page);
  await row("Ana Example 0").focus();
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  // The browser tells of scrolling in a frame of its own, whenever that is; then comes the panel's.
  await expect(async () => {
    await page.clock.runFor(32);
    await expect(row(/Ana Example 0(?!\d)/)).toHaveCount(0, { timeout: 100 });
  }).toPass();
  await expect(page.locator(".rows")).toBeFocused();
  // A row above the screen comes into view, and the rows before it are drawn: it keeps the focus all the same.
  await page.keyboard.press("Tab");
  const first = await rows.locator("button:focus").textContent();
  await page.clock.runFor(100);
  await expect(rows.locator("button:focus")).toHaveText(first);
  await page.keyboard.press("Shift+Tab");
  await page.clock.runFor(100);
  await expect(rows.locator("button:focus")).toHaveCount(1);
  await expect(rows.locator("button:focus")).not.toHaveText(first);
});

test("everything is reached by keyboard alone", async ({ open, page, panel }) => {
  await open("#/issues");
  const { rows } = parts(page);
  await expect(rows.first()).toContainText("Ana Example 0");
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  const seen = [];
  for (let presses = 0; presses < 40 && !seen.at(-1)?.startsWith("Ana Example 0"); presses += 1) {
    await page.keyboard.press("Tab");
    seen.push(await focused());
  }
  expect(seen).toContain("Retry all");
  expect(seen).toContain("Save as CSV");
  await page.keyboard.press("Enter");
  await expect(panel.heading).toHaveText("Issue");
  await page.clock.runFor(100);
  await expect(panel.heading).toBeFocused();
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing on the screens of issues, ${colorScheme}`, async ({ open, page }) => {
    await page.emulateMedia({ colorScheme });
    await open("#/issues");
    await expect(parts(page).rows.first()).toContainText("Ana Example 0");
    await axe(page);
    await page.evaluate(() => (location.hash = "#/issues/i-2"));
    await expect(page.getByText("Open · Severe")).toBeVisible();
    await axe(page);
    await page.evaluate(() => (location.hash = "#/records/crm/contact-1"));
    await expect(page.locator("pre")).toBeVisible();
    await axe(page);
  });
}

for (const width of [256, 320, 480]) {
  test(`nothing scrolls sideways at ${width} px`, async ({ mock, open, page }) => {
    await page.setViewportSize({ width, height: 700 });
    mock.issues.change("i-0", { name: samples.longName, message: samples.longName, code: "X".repeat(60), fields: [samples.longName] });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await open("#/issues");
    await expect(parts(page).rows.first()).toContainText("Konstantin");
    expect(await wide()).toBe(0);
    await page.evaluate(() => (location.hash = "#/issues/i-0"));
    await expect(page.getByText("Open · Moderate")).toBeVisible();
    expect(await wide()).toBe(0);
  });
}
