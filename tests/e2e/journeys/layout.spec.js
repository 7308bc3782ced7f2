// The look: nothing scrolls sideways, nothing jumps, something is there before the wasm is.
import * as samples from "../fixtures/samples.js";
import { sticking } from "../fixtures/sticking.js";
import { expect, test } from "../fixtures/test.js";

const long = samples.longName;

const crowded = {
  ...samples.states,
  longReason: {
    ...samples.disabledByAdministrator,
    reason: { ...samples.disabledByAdministrator.reason, title: `The owner ${long} has ended it.` },
    last_attempt: {
      ...samples.lostMailbox.last_attempt,
      error: { ...samples.lostMailbox.last_attempt.error, code: "X".repeat(60), message: `/srv/mail/${long}` },
    },
  },
  longTypes: {
    ...samples.good,
    scope: {
      total: 9_007_199_254_740_991,
      limit: 9_007_199_254_740_991,
      types: [{ record_type: long, count: 9_007_199_254_740_991, rule: long }],
    },
    unavailable: [long],
  },
};

const longMe = {
  ...samples.me,
  user: { name: `Robin ${long}`, email: `${long}@example.com` },
  product: { ...samples.me.product, name: long, crm_name: long, email_name: long },
};

for (const [language, word] of [
  ["en-GB", "Sync settings"],
  ["de-DE", "Sync-Einstellungen"],
]) {
  for (const width of [256, 320, 480]) {
    test.describe(`${language} at ${width} px`, () => {
      test.use({ locale: language, viewport: { width, height: 700 } });

      test("nothing sticks out or scrolls sideways, however long the names", async ({ mock, open, panel, page }) => {
        test.setTimeout(60_000);
        mock.me = longMe;
        mock.sessions["s-6"] = samples.futureDetails;
        await open();
        const stream = await mock.stream();
        await expect(panel.heading).toHaveText(word);
        const found = {};
        let total = 1000;
        for (const [name, status] of Object.entries(crowded)) {
          // A number of its own tells that the state has been drawn.
          total += name === "longTypes" ? 0 : 1;
          const numbered = name === "longTypes" ? status : { ...status, scope: { ...status.scope, total } };
          await stream.send("status", numbered);
          const drawn = name === "longTypes" ? /9.007.199.254.740.991/ : new RegExp(`1.?${String(total).slice(1)}`);
          await expect(page.locator(".amount")).toHaveText(drawn);
          const toggle = page.locator("button[aria-controls=error-details]");
          if ((await toggle.isVisible()) && (await toggle.getAttribute("aria-expanded")) === "false") await toggle.click();
          found[name] = await sticking(page);
        }
        await page.locator("#menu-button").click();
        await expect(page.locator("#menu")).toBeVisible();
        found.menu = await sticking(page);
        await page.keyboard.press("Escape");
        for (const fragment of ["#/about", "#/sessions/last", "#/sessions/s-6"]) {
          await page.evaluate((fragment) => (location.hash = fragment), fragment);
          const sign = { "#/about": ".card h2", "#/sessions/last": ".records", "#/sessions/s-6": "text=sung" }[fragment];
          await page.locator(sign).first().waitFor();
          found[fragment] = await sticking(page);
        }
        expect(Object.entries(found).filter(([, out]) => out.length > 0)).toEqual([]);
      });
    });
  }
}

const boxes = (page, root) =>
  page.evaluate((root) => {
    const parts = { heading: "h1", tab: ".tab", status: ".card.status", actions: ".actions" };
    const main = document.querySelector(`${root} main`);
    const found = {};
    for (const [name, selector] of Object.entries(parts)) found[name] = document.querySelector(`${root} ${selector}`);
    const cards = [...main.querySelectorAll(":scope > .card")].filter((card) => card.getBoundingClientRect().height > 0);
    [, found.facts, found.scope] = cards;
    return Object.fromEntries(Object.entries(found).map(([name, part]) => [name, Math.round(part.getBoundingClientRect().top)]));
  }, root);

const jumps = (before, after) =>
  Object.keys(before)
    .map((name) => [name, before[name], after[name]])
    .filter(([, from, to]) => Math.abs(to - from) > 8)
    .map(([name, from, to]) => `${name}: ${from} → ${to}`);

test("the panel's boxes are there before the wasm, and stay where they are when it comes", async ({ mock, page, panel }) => {
  let release;
  mock.scriptFile("_bg.wasm", () => new Promise((resolve) => (release = resolve)));
  let answer;
  mock.script("GET /sync", () => new Promise((resolve) => (answer = resolve)));
  await page.goto(mock.url, { waitUntil: "commit" });
  await page.locator("#skeleton .card").nth(2).waitFor();
  await expect(page.locator("#skeleton .card")).toHaveCount(3);
  await expect(page.locator("#skeleton")).toContainText("Looking…");
  await expect(page.locator("#skeleton").getByRole("button", { name: "Force sync" })).toBeDisabled();
  const skeleton = await boxes(page, "#skeleton");
  await expect.poll(() => release).toBeTruthy();
  release(undefined);
  await expect(page.locator("#skeleton")).toHaveCount(0);
  await mock.asking("GET /sync");
  const loading = await boxes(page, "#panel");
  expect(jumps(skeleton, loading), "from the skeleton to the panel").toEqual([]);
  answer(undefined);
  await expect(panel.label).toHaveText("Enabled");
  const loaded = await boxes(page, "#panel");
  test.info().annotations.push({ type: "tops", description: JSON.stringify({ skeleton, loading, loaded }) });
  expect(jumps(loading, loaded), "from loading to the plain good state").toEqual([]);
});

for (const state of ["good", "issues", "failed", "cancelled"]) {
  test(`the controls stay where they are when a session starts and ends as before: ${state}`, async ({ mock, open, panel, page }) => {
    const between = samples[state];
    mock.status = between;
    await open();
    const stream = await mock.stream();
    await expect(panel.label).toHaveText("Enabled");
    const before = await boxes(page, "#panel");
    await stream.send("status", { ...samples.running, last_attempt: between.last_attempt });
    await expect(panel.label).toHaveText("Running");
    const { facts, scope, ...during } = await boxes(page, "#panel");
    expect(jumps(during, before)).toEqual([]);
    // What the session before it died of can be read on.
    await expect(page.getByRole("button", { name: "Show details" })).toHaveCount(state === "failed" ? 1 : 0);
    const step = page.locator(".card.status .step");
    if (state !== "good") await expect(step, "what the session may put right is not told meanwhile").toBeHidden();
    await stream.send("status", between);
    await expect(panel.label).toHaveText("Enabled");
    expect(jumps(await boxes(page, "#panel"), before)).toEqual([]);
    if (state !== "good") await expect(step).toBeVisible();
  });
}

test("the browser itself counts no layout shift while the panel comes", async ({ mock, page, panel }) => {
  await page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(mock.url);
  await expect(panel.label).toHaveText("Enabled");
  // Under 0.1 is "good" by web.dev/articles/cls; a panel of this size has no excuse for a tenth of that.
  expect(await page.evaluate(() => window.shift)).toBeLessThan(0.01);
});

test("with reduced motion nothing moves", async ({ mock, open, page, panel }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  mock.status = samples.runningUncounted;
  await open();
  await expect(panel.label).toHaveText("Running");
  const moving = await page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === "running").length);
  expect(moving).toBe(0);
});
