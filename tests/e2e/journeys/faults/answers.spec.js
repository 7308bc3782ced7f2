// Answers that go wrong: of the first reading, of a later one, of the way in, of the person's name, of each screen.
import { answers } from "../../fixtures/answers.js";
import { meWithConnections } from "../../fixtures/connections.js";
import { expect, faulty, test } from "../../fixtures/fault.js";
import { Issues, meWithIssues } from "../../fixtures/issues.js";
import { problem } from "../../fixtures/mock.js";
import * as samples from "../../fixtures/samples.js";

test.beforeEach(({ watch }) => watch.allowLostRequests());

/** The wait that an answer asks for, and the longest of the panel's own. */
const within = (asked = 0) => asked * 1000 + 62_000;

for (const [fault, answer, words, asked, how] of answers) {
  const named = how ? ` (${how})` : "";

  faulty(fault, `the first reading${named}`, async ({ mock, open, panel, unbroken }) => {
    mock.script("GET /sync", answer);
    await open();
    await unbroken.seen(words);
    await expect(panel.banner).toContainText("Your sync goes on without this panel.");
    await expect(panel.label).toHaveText("Not known");
    await expect(panel.force).toHaveAttribute("aria-disabled", "true");
    mock.unscript("GET /sync");
    await unbroken.recovers(undefined, within(asked));
    await expect(panel.label).toHaveText("Enabled");
  });

  faulty(fault, `a later reading${named}`, async ({ mock, open, panel, unbroken }) => {
    await open();
    const stream = await mock.stream();
    await expect(panel.card).toHaveClass(/good/);
    mock.script("GET /sync", answer);
    stream.end();
    await unbroken.seen(words);
    await expect(panel.announcement).toContainText(words);
    await expect(panel.label).toHaveText("Enabled");
    await expect(panel.since).toHaveText(/^last known /);
    await expect(panel.card).toHaveClass(/unknown/);
    mock.status = samples.paused;
    mock.unscript("GET /sync");
    await unbroken.recovers(undefined, within(asked));
    await expect(panel.label).toHaveText("Paused");
  });
}

// What the service refuses outright leads to the sign-in page, which waits for a person.
for (const [fault, answer, words, asked, how] of answers) {
  const named = how ? ` (${how})` : "";
  const refusal = /^4(03|09|12|22)$/.test(fault);

  faulty(fault, `the way in${named}`, async ({ mock, open, page, panel, unbroken }) => {
    mock.script("POST /session", answer);
    await open();
    if (refusal) {
      const press = page.getByRole("button", { name: "Sign in", exact: true });
      await unbroken.told(page.locator(".entrance p"), press);
      await expect(panel.root).toContainText(words);
      mock.unscript("POST /session");
      await press.click();
      unbroken.note("recovered", "by that press");
    } else {
      await unbroken.seen(words);
      mock.unscript("POST /session");
      await unbroken.recovers(undefined, within(asked));
    }
    await expect(panel.label).toHaveText("Enabled");
  });
}

test("a name that cannot be had, whatever the answer, keeps nothing from being shown", async ({ mock, open, page, panel, unbroken }) => {
  for (const [, answer] of answers) {
    mock.script("GET /me", answer);
    const before = mock.asked("GET /me").length;
    await open();
    await expect.poll(() => mock.asked("GET /me").length).toBeGreaterThan(before);
    await expect(panel.label).toHaveText("Enabled");
    await expect(panel.card).toHaveClass(/good/);
  }
  mock.unscript("GET /me");
  (await mock.stream(answers.length)).end();
  await mock.asking("GET /me", answers.length + 1);
  await panel.menu.click();
  await expect(page.getByText("Robin Hale")).toBeVisible();
  await unbroken.unnoticed("the state as always, without the person's name in the menu");
});

faulty("401 once", "another token is had without a word", async ({ mock, open, panel, unbroken }) => {
  await open();
  const stream = await mock.stream();
  mock.forgetTokens();
  mock.status = samples.paused;
  stream.end();
  await unbroken.recovers(async () => (await panel.label.textContent()) === "Paused");
  await mock.stream(2);
  expect(mock.asked("POST /session")).toHaveLength(2);
  unbroken.note("sees", "nothing: another token is had without a word");
  unbroken.note("step", "none is needed");
});

faulty("401 for ever", "the sign-in page, and nobody is asked again and again", async ({ mock, open, page, panel, unbroken }) => {
  const calls = ["GET /sync", "GET /me", "GET /sync/events"];
  await open();
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  for (const call of calls) mock.script(call, problem(401, "sign_in_required"));
  stream.end();
  const press = page.getByRole("button", { name: "Sign in", exact: true });
  await expect(async () => {
    await page.clock.fastForward(2_000);
    await expect(press).toBeVisible({ timeout: 500 });
  }).toPass();
  await unbroken.told(page.locator(".entrance p"), press);
  await expect(panel.root).not.toContainText("Robin Hale");
  const before = mock.requests.length;
  await page.clock.runFor(300_000);
  expect(mock.requests).toHaveLength(before);
  for (const call of calls) mock.unscript(call);
  await press.click();
  await expect(panel.label).toHaveText("Enabled");
  unbroken.note("recovered", "by that press");
});

for (const [fault, status, wait] of [
  ["429 with seconds", 429, "30"],
  ["429 with a date", 429, new Date(samples.at(30)).toUTCString()],
  ["503 with Retry-After", 503, "30"],
]) {
  test(`${fault}: a wait that is asked for is kept`, async ({ mock, open, panel, page }) => {
    mock.script("GET /sync", { status, headers: { "retry-after": wait }, body: "" });
    await open();
    await expect(panel.banner).toContainText(/Trying again in \d+ seconds/);
    await page.clock.runFor(25_000);
    expect(mock.asked("GET /sync")).toHaveLength(1);
  });
}

// Each screen behind General: [where, its call, the way to it, what shows that it is there].
const screens = [
  ["#/sessions/last", "GET /sessions/last", ".records li"],
  ["#/history", "GET /sessions", ".rows li"],
  ["#/issues", "GET /issues", ".rows li"],
  ["#/issues/i-1", "GET /issues/i-1", "dl.pairs dd"],
  ["#/connectivity", "GET /connections", ".connections .card"],
  ["#/activity", "GET /activity", ".entries li"],
  ["#/support", "GET /support-report", ".report dd"],
];
for (const [fragment, call, content] of screens) {
  test(`${call}: whatever goes wrong is told, and a press reads it again`, async ({ mock, page, panel, open }) => {
    test.setTimeout(60_000);
    mock.me = { ...samples.ableMe, capabilities: [...new Set([...samples.ableMe.capabilities, ...meWithConnections.capabilities, ...meWithIssues.capabilities])] };
    mock.issues = new Issues(30);
    await open("#/about");
    await expect(panel.heading).toBeVisible();
    for (const [fault, answer, words] of answers) {
      mock.script(call, answer);
      await page.evaluate((fragment) => (location.hash = fragment), fragment);
      const again = page.locator("main").getByRole("button", { name: /^(Try again|Refresh|Read again)$/ }).first();
      const said = panel.root.getByText(words).first();
      await expect(said, `${fault} at ${fragment}`).toBeVisible();
      await expect(again, `${fault} at ${fragment}`).toBeVisible();
      await expect(panel.crash).toBeHidden();
      mock.unscript(call);
      await again.click();
      await expect(page.locator("main").locator(content).first(), `after ${fault} at ${fragment}`).toBeVisible();
      await expect(panel.root.getByText(words)).toHaveCount(0);
      await page.evaluate(() => (location.hash = "#/about"));
      await expect(panel.heading).toHaveText(/^About/);
    }
  });
}
