// The history: a chart, filters, and a list that is as long as it is, of which only the rows in view are in the page.
import { axe } from "../fixtures/axe.js";
import { problem } from "../fixtures/mock.js";
import { pastSession } from "../fixtures/past.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

test.beforeEach(({ mock }) => {
  mock.me = samples.ableMe;
});

const rows = (page) => page.locator(".rows li");

/** The numbers of the sessions whose rows are on screen, by what their rows say of their places. */
const inView = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".rows li")]
      .filter((row) => {
        const box = row.getBoundingClientRect();
        return box.bottom > 100 && box.top < innerHeight;
      })
      .map((row) => Number(row.getAttribute("aria-posinset")) - 1),
  );

async function scrollTo(page, number) {
  await page.evaluate((number) => {
    const list = document.querySelector(".rows");
    const height = list.getBoundingClientRect().height / Number(list.dataset.rows);
    scrollTo(0, scrollY + list.getBoundingClientRect().top + number * height - 100);
  }, number);
}

/** Scrolls down until this row has been read. */
async function read(page, number) {
  const known = async () => Number(await page.locator(".rows").getAttribute("data-rows"));
  while ((await known()) <= number) {
    const before = await known();
    await scrollTo(page, before);
    await expect.poll(known).toBeGreaterThan(before);
  }
}

test("the history is a tab with the newest session first", async ({ open, page, panel }) => {
  await open();
  await page.getByRole("button", { name: "History" }).click();
  await expect(panel.heading).toHaveText("Sync settings");
  await expect(page.getByRole("button", { name: "History" })).toHaveAttribute("aria-current", "page");
  await expect(page).toHaveURL(/#\/history$/);
  await expect(rows(page).first()).toContainText("Succeeded");
  await expect(rows(page).first()).toContainText("Schedule · 2 s");
  await expect(rows(page).nth(6)).toContainText("Succeeded with issues");
  await expect(rows(page).nth(6)).toContainText("3 not synced");
  await page.getByRole("button", { name: "General" }).click();
  await expect(panel.label).toHaveText("Enabled");
});

test("the chart has a bar for each of the last 50, signs where it was not well, and a sentence that says the same", async ({ open, page }) => {
  await open("#/history");
  await expect(page.getByText("The last 50 sessions: 39 succeeded, 7 with issues, 4 failed.")).toBeVisible();
  const bars = page.locator(".bars i");
  await expect(bars).toHaveCount(50);
  const signs = (tone) =>
    page.locator(`.bars ${tone}`).evaluateAll((bars) => bars.map((bar) => getComputedStyle(bar, "::before").content !== "none"));
  expect(await signs(".bad")).toEqual([true, true, true, true]);
  expect(new Set(await signs(".good"))).toEqual(new Set([false]));
  await expect(page.locator(".bars")).toHaveAttribute("aria-hidden", "true");
  // As tall as it says, and nothing leaves the box.
  const boxes = await bars.evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().toJSON()));
  const heights = boxes.map(({ height }) => Math.round(height));
  expect([Math.min(...heights), Math.max(...heights)]).toEqual([expect.any(Number), 40]);
  expect(new Set(heights).size).toBeGreaterThan(5);
  const around = await page.locator(".bars").evaluate((box) => box.getBoundingClientRect().toJSON());
  expect(boxes[0].left).toBeGreaterThanOrEqual(around.left - 0.5);
  expect(boxes[49].right).toBeCloseTo(around.right, 0);
});

test("100,000 sessions: any of them can be reached, and the page never grows", async ({ mock, open, page }) => {
  test.setTimeout(120_000);
  mock.past.sessions = 100_000;
  await open("#/history");
  await expect(rows(page).first()).toBeVisible();
  const nodes = () => page.evaluate(() => document.querySelectorAll("#panel *").length);
  const atFirst = await nodes();
  for (const number of [200, 600, 1_000]) {
    await read(page, number);
    await scrollTo(page, number);
    await expect.poll(() => inView(page)).toContain(number);
    expect(await rows(page).count()).toBeLessThan(40);
    expect(await nodes()).toBeLessThan(atFirst + 20 * 12);
  }
  // What was let go on the way comes back.
  await scrollTo(page, 0);
  await expect(rows(page).first()).toContainText("Schedule · 2 s");
  const fromTheTop = () => mock.asked("GET /sessions").filter((request) => (request.query.cursor ?? "0") === "0").length;
  await expect.poll(fromTheTop).toBe(2);
  await scrollTo(page, 500);
  await expect(page.locator(".rows li[aria-posinset='506']")).toContainText(/Succeeded|Failed/);
});

test("filters show only what is wanted, and leave the chart as it is", async ({ mock, open, page }) => {
  await open("#/history");
  const summary = page.locator("figcaption p");
  await expect(summary).toContainText("The last 50 sessions");
  const said = await summary.textContent();
  await page.getByLabel("Outcome").selectOption("Failed");
  await expect(rows(page)).toHaveCount(10);
  expect(await rows(page).locator("strong").allTextContents()).toEqual(Array(10).fill("Failed"));
  await page.getByLabel("Trigger").selectOption("Force sync");
  await expect(rows(page)).toHaveCount(0);
  await expect(page.getByText("No such session is kept.")).toBeVisible();
  const last = mock.asked("GET /sessions").at(-1).query;
  expect(last).toMatchObject({ outcome: "failed", trigger: "forced" });
  await page.getByLabel("Outcome").selectOption("Every outcome");
  await expect(rows(page).first()).toContainText("Force sync");
  await expect(summary).toHaveText(said);
});

test("a row opens its session, and Back returns to the place in the list", async ({ mock, open, page, panel }) => {
  mock.past.sessions = 500;
  await open("#/history");
  await expect(rows(page).first()).toBeVisible();
  await read(page, 230);
  await scrollTo(page, 230);
  await expect.poll(() => inView(page)).toContain(231);
  const before = await page.evaluate(() => scrollY);
  await page.locator(".rows li[aria-posinset='232'] button").click();
  await expect(panel.heading).toHaveText(/ession details/);
  await expect(page).toHaveURL(/#\/sessions\/h-231$/);
  const asked = mock.asked("GET /sessions").length;
  await panel.back.click();
  await expect(page).toHaveURL(/#\/history$/);
  await expect.poll(() => inView(page)).toContain(231);
  expect(Math.abs((await page.evaluate(() => scrollY)) - before)).toBeLessThan(120);
  expect(mock.asked("GET /sessions").length).toBe(asked);
});

test("a session that ends appears at the top", async ({ mock, open, page }) => {
  await open("#/history");
  const stream = await mock.stream();
  await expect(rows(page).first()).toContainText("Schedule");
  const session = { ...pastSession(0), id: "n-1", trigger: "retry", started_at: samples.at(1), ended_at: samples.at(2) };
  mock.past.newer = [session];
  await stream.send("session", session);
  await expect(rows(page).first()).toContainText("Retry");
  await expect(rows(page).nth(1)).toContainText("Schedule");
});

test("a session that ends moves nothing for who reads further down, and is one press away", async ({ mock, open, page }) => {
  mock.past.sessions = 500;
  await open("#/history");
  const stream = await mock.stream();
  await expect(rows(page).first()).toBeVisible();
  await read(page, 80);
  await scrollTo(page, 80);
  await expect.poll(() => inView(page)).toContain(81);
  const seen = async () => [await page.evaluate(() => scrollY), await page.locator(".rows li[aria-posinset='84']").textContent()];
  const before = await seen();
  const session = { ...pastSession(0), id: "n-1", trigger: "retry", started_at: samples.at(1), ended_at: samples.at(2) };
  mock.past.newer = [session];
  await stream.send("session", session);
  const newer = page.getByRole("button", { name: "1 newer session" });
  await expect(newer).toBeVisible();
  expect((await seen())[1]).toBe(before[1]);
  await newer.click();
  await expect(rows(page).first()).toContainText("Retry");
  await expect(newer).toBeHidden();
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test("a part that cannot be read says so, and Try again goes on from there", async ({ mock, open, page, watch }) => {
  watch.allowLostRequests();
  mock.script("GET /sessions", problem(503, "down"), undefined, problem(503, "down"), undefined);
  await open("#/history");
  await expect(page.getByText("The sync service failed.")).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(rows(page).first()).toContainText("Succeeded");
  await scrollTo(page, 49);
  await expect(page.getByText("The sync service failed.")).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator(".rows")).toHaveAttribute("data-rows", /^(100|120)$/);
});

test("the list is walked and a session opened by keyboard alone", async ({ open, page, panel }) => {
  await open("#/history");
  await expect(rows(page).first()).toBeVisible();
  await page.getByLabel("Trigger").focus();
  const focused = () => page.evaluate(() => Number(document.activeElement.closest("li")?.getAttribute("aria-posinset")));
  for (let row = 1; row <= 30; row += 1) {
    await page.keyboard.press("Tab");
    expect(await focused()).toBe(row);
    // The next one is there before it is needed.
    await expect(page.locator(`.rows li[aria-posinset='${row + 1}']`)).toBeAttached();
  }
  expect(await inView(page)).toContain(29);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/sessions\/h-29$/);
  await expect(panel.back).toBeVisible();
});

test("an empty history says so", async ({ mock, open, page }) => {
  mock.past.sessions = 0;
  await open("#/history");
  await expect(page.getByText("No session has run yet.")).toBeVisible();
  await expect(page.locator(".chart")).toBeHidden();
});

test("a vendor without sessions has no History", async ({ mock, open, panel, page }) => {
  mock.me = { ...samples.me, capabilities: ["force"] };
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await expect(page.getByRole("button", { name: "History" })).toHaveCount(0);
});

for (const width of [256, 320]) {
  test.describe(`at ${width} px`, () => {
    test.use({ viewport: { width, height: 700 }, locale: "de-DE" });

    test("nothing scrolls sideways, and axe finds nothing", async ({ open, page }) => {
      await open("#/history");
      await expect(rows(page).first()).toContainText("Gelungen");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
      await axe(page);
    });
  });
}
