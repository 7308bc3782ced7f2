// One press is one command, and it has an answer.
import { cut, json, lost, problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

const justStarted = () => ({
  ...samples.running,
  running: { ...samples.running.running, started_at: samples.at(1) },
});

test("two quick presses of Force sync are one command", async ({ mock, open, panel }) => {
  let answer;
  mock.script("POST /sync/force", () => new Promise((resolve) => (answer = resolve)));
  await open();
  await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await panel.force.dblclick();
  await expect(panel.hint).toHaveText("Asking for a session…");
  await expect(panel.force).toHaveAttribute("aria-disabled", "true");
  mock.status = justStarted();
  answer(json({ session: "s-8" }, 202));
  await expect(panel.label).toHaveText("Running");
  const sent = mock.asked("POST /sync/force");
  expect(sent).toHaveLength(1);
  expect(sent[0].headers["idempotency-key"]).toMatch(/^\S{16,}$/);
});

test("two presses one after the other are two commands", async ({ mock, open, panel }) => {
  await open();
  await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  for (const count of [1, 2]) {
    await panel.force.click();
    await mock.asking("POST /sync/force", count);
    await expect(panel.hint).toHaveText("");
  }
  const keys = mock.asked("POST /sync/force").map((request) => request.headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(2);
});

for (const [name, fault] of Object.entries({ "is lost": lost, "is a 500": problem(500, "internal") })) {
  test(`a command whose answer ${name}, and that was carried out, is not sent again`, async ({ mock, open, panel, watch, page }) => {
    watch.allowLostRequests();
    mock.script("POST /sync/force", () => {
      mock.status = justStarted();
      return fault;
    });
    await open();
    await mock.stream();
    await expect(panel.force).toHaveAttribute("aria-disabled", "false");
    await panel.force.click();
    await expect(panel.label).toHaveText("Running");
    await expect(page.getByText("No session was started.")).toBeHidden();
    expect(mock.asked("POST /sync/force")).toHaveLength(1);
  });

  test(`a command whose answer ${name}, and that was not carried out, is told and not sent again`, async ({
    mock,
    open,
    panel,
    watch,
    page,
  }) => {
    watch.allowLostRequests();
    mock.script("POST /sync/force", fault);
    await open();
    await mock.stream();
    await expect(panel.force).toHaveAttribute("aria-disabled", "false");
    await panel.force.click();
    await expect(page.getByText("No session was started.")).toHaveCount(2); // In the notice, and said aloud.
    await expect(
      page.getByText("The answer was lost, and the state shows that it was not done. Press again."),
    ).toBeVisible();
    await page.clock.runFor(120_000);
    expect(mock.asked("POST /sync/force")).toHaveLength(1);
    await page.getByRole("button", { name: "Dismiss" }).click();
    await expect(page.getByText("No session was started.")).toHaveCount(0);
  });
}

test("a connection that is cut before any answer sends at most the same command again", async ({ mock, open, panel, watch, page }) => {
  watch.allowLostRequests();
  // A browser may send a request again whose connection was closed without a byte: the key makes it the same command.
  mock.script("POST /sync/force", cut);
  await open();
  await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await panel.force.click();
  await expect(page.locator(".banner", { hasText: "No session was started." })).toBeVisible();
  const keys = mock.asked("POST /sync/force").map((request) => request.headers["idempotency-key"]);
  expect(new Set(keys).size).toBe(1);
});

test("while it is not known whether a command was carried out, the panel says so", async ({ mock, open, panel, watch }) => {
  watch.allowLostRequests();
  await open();
  await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  mock.script("POST /sync/force", lost);
  mock.script("GET /sync", { silence: true });
  await panel.force.click();
  await expect(panel.hint).toHaveText("No answer came. Checking whether it was done…");
  await expect(panel.force).toHaveAttribute("aria-disabled", "true");
});

for (const [code, status, words] of [
  ["already_running", 409, "A session is already running."],
  ["paused", 409, "Sync is paused."],
  ["disabled", 409, "Sync is disabled."],
  ["not_connected", 409, "One side is disconnected."],
  ["not_set_up", 409, "Sync is not set up."],
  ["moon_phase", 409, "Refused: moon_phase"],
]) {
  test(`a refusal with "${code}" is told in words`, async ({ mock, open, panel, watch, page }) => {
    watch.allowLostRequests();
    mock.script("POST /sync/force", problem(status, code));
    await open();
    await mock.stream();
    await expect(panel.force).toHaveAttribute("aria-disabled", "false");
    await panel.force.click();
    const notice = page.locator(".banner", { hasText: "No session was started." });
    await expect(notice).toContainText(words);
    await expect(panel.announcement).toHaveText("No session was started.");
    await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  });
}

test("a refusal for coming too soon says when to try again", async ({ mock, open, panel, watch, page }) => {
  watch.allowLostRequests();
  mock.script("POST /sync/force", problem(429, "too_soon", { retry_at: samples.at(1800) }, { "retry-after": "1800" }));
  await open();
  await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await panel.force.click();
  await expect(page.locator(".banner", { hasText: "No session was started." })).toContainText(
    /It is too soon after the last attempt\. Try again in (29|30) minutes\./,
  );
});

for (const name of ["paused", "disabled", "notSetUp", "running", "coolingDown"]) {
  test(`Force sync is not sent in the state "${name}", and says why`, async ({ mock, open, panel, page }) => {
    mock.status = samples.states[name];
    await open();
    const stream = await mock.stream();
    await expect(panel.force).toHaveAttribute("aria-disabled", "true");
    await expect(panel.hint).not.toHaveText("");
    // Playwright would wait for the control to come on; a person presses it as it is.
    await panel.force.click({ force: true });
    await panel.force.press("Enter");
    // What is sent goes out in order: once the panel has drawn what came after the presses, they are over.
    await stream.send("status", { ...mock.status, scope: { ...samples.good.scope, total: 77 } });
    await expect(page.locator(".amount")).toContainText("77");
    expect(mock.asked("POST /sync/force")).toHaveLength(0);
  });
}

test("Pause offers nothing while it cannot be used", async ({ mock, open, panel, page }) => {
  mock.status = samples.notSetUp;
  await open();
  await expect(panel.pause).toHaveAttribute("aria-disabled", "true");
  const stream = await mock.stream();
  await panel.pause.click({ force: true });
  await stream.send("status", { ...mock.status, scope: { ...samples.good.scope, total: 77 } });
  await expect(page.locator(".amount")).toContainText("77");
  await expect(page.locator("#pause-choices")).toBeHidden();
  await expect(panel.pause).toHaveAttribute("aria-expanded", "false");
});

for (const [choice, body] of [
  ["Until I start it", () => ({})],
  // The clock goes on between the opening of the page and the press.
  ["For 1 hour", () => ({ until: expect.stringMatching(/^2026-11-23T11:00:[0-5]\d\.\d{3}Z$/) })],
  // Midnight in Berlin.
  ["Until tomorrow", () => ({ until: "2026-11-23T23:00:00.000Z" })],
]) {
  test(`the pause "${choice}" is sent as what it says`, async ({ mock, open, panel, page }) => {
    mock.script("POST /sync/pause", () => {
      mock.status = samples.paused;
      return json(mock.status);
    });
    await open();
    await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
    await panel.pause.click();
    await page.getByRole("button", { name: choice }).click();
    const sent = await mock.asking("POST /sync/pause");
    expect(JSON.parse(sent.body)).toEqual(body());
    expect(sent.headers["idempotency-key"]).toBeTruthy();
    await expect(panel.label).toHaveText("Paused");
    await expect(panel.start).toBeVisible();
    await expect(panel.pause).toBeHidden();
  });
}

test("Start starts", async ({ mock, open, panel }) => {
  mock.status = samples.paused;
  mock.script("POST /sync/start", () => json(samples.good));
  await open();
  await panel.start.click();
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.pause).toBeVisible();
  expect(mock.asked("POST /sync/start")).toHaveLength(1);
});

test("a pause whose answer is lost, and that was carried out, is not sent again", async ({ mock, open, panel, page, watch }) => {
  watch.allowLostRequests();
  mock.script("POST /sync/pause", () => {
    mock.status = samples.paused;
    return lost;
  });
  await open();
  await mock.stream();
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
  await panel.pause.click();
  await page.getByRole("button", { name: "Until I start it" }).click();
  await expect(panel.label).toHaveText("Paused");
  await expect(page.getByText("Sync was not paused.")).toHaveCount(0);
  expect(mock.asked("POST /sync/pause")).toHaveLength(1);
});
