// The line to the service: whatever happens on it, the panel says so in the right words, calls nothing true that is
// only remembered, and recovers by itself.
import { cut, html, json, lost, problem, silence } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, installClock, passUntil, setHidden, test } from "../fixtures/test.js";

test("every other line end of the event stream's standard is understood", async ({ mock, open, panel }) => {
  await open();
  const stream = await mock.stream();
  const crlf = (status) => `event: status\r\ndata: ${JSON.stringify(status)}\r\n\r\n`;
  await stream.write(crlf(samples.paused));
  await expect(panel.label).toHaveText("Paused");
  await stream.write(crlf(samples.disabled).replaceAll("\r\n", "\r"));
  await stream.write(": a comment ends the last line for certain\n\n");
  await expect(panel.label).toHaveText("Disabled");
});

test("an event that cannot be read makes the panel read everything", async ({ mock, open, panel }) => {
  await open();
  const stream = await mock.stream();
  mock.status = samples.paused;
  await stream.write('event: status\ndata: {"state":"ena\n\n');
  await expect(panel.label).toHaveText("Paused");
});

test("progress moves the bar without another request", async ({ mock, open, panel }) => {
  mock.status = samples.running;
  await open();
  const stream = await mock.stream();
  await stream.send("progress", { ...samples.running.running, done: 30 });
  await expect(panel.summary).toHaveText("Writing to the CRM: 30 of 38");
  await expect(panel.progress).toHaveAttribute("value", "30");
  expect(mock.asked("GET /sync")).toHaveLength(1);
});

test("progress of a session that is not known to run makes the panel read everything", async ({ mock, open, panel }) => {
  await open();
  const stream = await mock.stream();
  mock.status = samples.running;
  await stream.send("progress", samples.running.running);
  await expect(panel.label).toHaveText("Running");
});

test("a silent stream is given up and resumed where it stopped", async ({ mock, open, panel, page }) => {
  await open();
  const first = await mock.stream();
  await first.send("status", samples.paused, "e:41");
  await expect(panel.label).toHaveText("Paused");
  await page.clock.fastForward(40_000);
  await first.closed;
  const second = await mock.stream(2);
  expect(second.lastEventId).toBe("e:41");
  await second.send("status", samples.running, "e:42");
  await expect(panel.label).toHaveText("Running");
});

test("heartbeats keep the stream and keep what is shown fresh", async ({ mock, open, panel, page }) => {
  await open();
  const stream = await mock.stream();
  for (let beat = 1; beat <= 6; beat += 1) {
    await page.clock.fastForward(15_000);
    await stream.send("heartbeat", { at: samples.at(beat * 15) });
    // The next status is heard after the heartbeat before it, so the beat has been taken.
    await stream.send("issues", { ...samples.good.issues, total: beat });
  }
  await expect(panel.fact("Last attempt")).toContainText("3 minutes ago");
  await expect(panel.since).toHaveText(/^since /);
  expect(stream.isOpen).toBe(true);
  expect(mock.streams).toHaveLength(1);
});

test("a gap that is too old to replay makes the panel read everything", async ({ mock, open, panel }) => {
  await open();
  const stream = await mock.stream();
  mock.status = samples.paused;
  await stream.send("reset", {});
  await expect(panel.label).toHaveText("Paused");
  expect(mock.asked("GET /sync")).toHaveLength(2);
});

test("a stream that the service ends is opened again", async ({ mock, open, panel }) => {
  await open();
  const first = await mock.stream();
  await first.send("status", samples.good, "e:7");
  mock.status = samples.paused;
  first.end();
  const second = await mock.stream(2);
  expect(second.lastEventId).toBe("e:7");
  await expect(panel.label).toHaveText("Paused");
  await expect(panel.banner).toBeHidden();
});

for (const [name, refusal] of Object.entries({
  "is not there (404)": html(404),
  "fails (500)": problem(500, "internal"),
  "is answered with a page": html(200),
  "is answered as JSON": json({}),
  "is cut": lost,
})) {
  test(`where the stream ${name}, the status is polled, and a stream is tried again later`, async ({
    mock,
    open,
    panel,
    page,
    watch,
  }) => {
    watch.allowLostRequests();
    mock.script("GET /sync/events", refusal);
    await open();
    await expect(panel.label).toHaveText("Enabled");
    await passUntil(page, () => mock.asked("GET /sync/events").length >= 3);
    await expect(panel.banner).toBeHidden();
    mock.status = samples.paused;
    const tries = mock.asked("GET /sync/events").length;
    const readings = mock.asked("GET /sync").length;
    await passUntil(page, () => mock.asked("GET /sync").length >= readings + 3);
    expect(mock.asked("GET /sync/events").length - tries, "tries while polling").toBeLessThanOrEqual(2);
    await expect(panel.label).toHaveText("Paused");
    await expect(panel.since).toHaveText(/^since /);
    mock.unscript("GET /sync/events");
    await passUntil(page, () => mock.streams.length > 0);
    const stream = await mock.stream();
    await stream.send("status", samples.running);
    await expect(panel.label).toHaveText("Running");
  });
}

test("a hidden panel closes its stream after a while, and reads again when it is shown", async ({ mock, open, panel, page }) => {
  await open();
  const first = await mock.stream();
  await setHidden(page, true);
  await page.clock.fastForward(9_000);
  expect(first.isOpen).toBe(true);
  await page.clock.fastForward(2_000);
  await first.closed;
  const before = mock.requests.length;
  mock.status = samples.paused;
  await page.clock.runFor(600_000);
  expect(mock.requests).toHaveLength(before);
  await setHidden(page, false);
  await expect(panel.label).toHaveText("Paused");
  await mock.stream(2);
});

test("a panel that is hidden for a moment keeps its stream", async ({ mock, open, panel, page }) => {
  await open();
  const stream = await mock.stream();
  await setHidden(page, true);
  await page.clock.fastForward(5_000);
  mock.status = samples.paused;
  await setHidden(page, false);
  await expect(panel.label).toHaveText("Paused");
  await page.clock.fastForward(20_000);
  expect(stream.isOpen).toBe(true);
  expect(mock.streams).toHaveLength(1);
});

test("what is shown after a long sleep is marked as old until it has been read again", async ({ mock, open, panel, page }) => {
  await open();
  await mock.stream();
  await setHidden(page, true);
  await page.clock.fastForward(11_000);
  mock.script("GET /sync", silence);
  await page.clock.fastForward(8 * 3_600_000);
  await setHidden(page, false);
  await mock.asking("GET /sync", 2);
  await expect(panel.since).toHaveText("last known 8 hours ago");
  await expect(panel.card).toHaveClass(/unknown/);
});

test("offline is told apart from a service that is down, and ends by itself", async ({ mock, open, panel, context, watch }) => {
  watch.allowLostRequests();
  await open();
  const stream = await mock.stream();
  await context.setOffline(true);
  stream.destroy();
  await expect(panel.banner).toContainText("You are offline.");
  await expect(panel.announcement).toHaveText("You are offline.");
  await expect(panel.since).toHaveText(/^last known /);
  await expect(panel.card).not.toHaveClass(/good/);
  mock.status = samples.paused;
  await context.setOffline(false);
  await expect(panel.label).toHaveText("Paused");
  await expect(panel.banner).toBeHidden();
});

test("a token that has run out is renewed without a word", async ({ mock, open, panel, watch }) => {
  watch.allowLostRequests();
  await open();
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  mock.forgetTokens();
  mock.status = samples.paused;
  stream.end();
  await expect(panel.label).toHaveText("Paused");
  await mock.stream(2);
  expect(mock.asked("POST /session")).toHaveLength(2);
  await expect(panel.banner).toBeHidden();
});

test("a command whose token has run out is sent again as the same command", async ({ mock, open, panel, watch }) => {
  watch.allowLostRequests();
  await open();
  await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  mock.forgetTokens();
  await panel.force.click();
  const again = await mock.asking("POST /sync/force", 2);
  const [first] = mock.asked("POST /sync/force");
  expect(first.headers["idempotency-key"]).toBeTruthy();
  expect(again.headers["idempotency-key"]).toBe(first.headers["idempotency-key"]);
  expect(again.headers.authorization).not.toBe(first.headers.authorization);
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  expect(mock.asked("POST /sync/force")).toHaveLength(2);
});

test("a session page whose token has run out is read again", async ({ mock, open, panel, watch }) => {
  watch.allowLostRequests();
  await open();
  await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  mock.forgetTokens();
  await panel.lastSession.click();
  await expect(panel.label).toHaveText("Succeeded with issues");
});

test("a service that lets nobody in leads to the sign-in page, once", async ({ mock, open, panel, page, watch }) => {
  watch.allowLostRequests();
  for (const call of ["GET /sync", "GET /me", "GET /sync/events"]) mock.script(call, problem(401, "sign_in_required"));
  await open();
  const signIn = page.getByRole("button", { name: "Sign in", exact: true });
  await expect(signIn).toBeVisible();
  await expect(panel.root).toContainText("The sync service did not let you in.");
  const before = mock.requests.length;
  await page.clock.runFor(300_000);
  expect(mock.requests).toHaveLength(before);
  for (const call of ["GET /sync", "GET /me", "GET /sync/events"]) mock.unscript(call);
  await signIn.click();
  await expect(panel.label).toHaveText("Enabled");
});

test("a person who is not allowed in is told so", async ({ mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  mock.script("POST /session", problem(403, "licence_missing", { title: "Your licence does not include Sync." }));
  await open();
  await expect(page.getByRole("button", { name: "Sign in", exact: true })).toBeVisible();
  await expect(panel.root).toContainText("Your licence does not include Sync.");
});

test("signing out forgets everything and asks for nothing more", async ({ mock, open, panel, page }) => {
  await open();
  const stream = await mock.stream();
  await panel.menu.click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(panel.root).toContainText("You are signed out.");
  await stream.closed;
  await mock.asking("DELETE /session");
  await expect(panel.root).not.toContainText("Robin Hale");
  const before = mock.requests.length;
  await page.clock.runFor(300_000);
  expect(mock.requests).toHaveLength(before);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(panel.label).toHaveText("Enabled");
});

// What each answer that goes wrong is told as: `faults/answers.spec.js`.
test("a service that does not answer is given up after half a minute, and tried again", async ({ mock, open, panel, page }) => {
  mock.script("GET /sync", silence);
  await open();
  await mock.asking("GET /sync");
  await expect(panel.label).toHaveText("Looking…");
  await page.clock.fastForward(31_000);
  await expect(panel.banner).toContainText("The sync service does not answer.");
  mock.unscript("GET /sync");
  // The next try follows by itself; one that began just before is given up as the first was.
  await expect(async () => {
    await page.clock.fastForward(31_000);
    await expect(panel.label).toHaveText("Enabled", { timeout: 2_000 });
  }).toPass();
});

for (const [name, headers, body] of [
  ["429", { "retry-after": "30" }, ""],
  ["503", { "retry-after": new Date(samples.NOW + 30_000).toUTCString() }, ""],
]) {
  test(`the wait that a ${name} asks for is kept and counted down`, async ({ mock, open, panel, page, watch }) => {
    watch.allowLostRequests();
    mock.script("GET /sync", { status: Number(name), headers, body });
    await open();
    await expect(panel.banner).toContainText(/Trying again in \d+ seconds/);
    const left = async () => Number((await panel.banner.textContent()).match(/in (\d+) seconds/)[1]);
    const first = await left();
    expect(first).toBeGreaterThan(20);
    await page.clock.runFor(5_000);
    await expect.poll(left).toBeLessThan(first - 3);
    expect(mock.asked("GET /sync")).toHaveLength(1);
    mock.unscript("GET /sync");
    await page.clock.runFor(30_000);
    await expect(panel.label).toHaveText("Enabled");
  });
}

test("a press on Try now tries at once", async ({ mock, open, panel, watch }) => {
  watch.allowLostRequests();
  mock.script("GET /sync", { status: 503, headers: { "retry-after": "120" }, body: "" });
  await open();
  await expect(panel.banner).toBeVisible();
  mock.unscript("GET /sync");
  await panel.tryNow.click();
  await expect(panel.label).toHaveText("Enabled");
});

test("a sign-in that fails is tried again by itself", async ({ mock, open, panel, page, watch }) => {
  watch.allowLostRequests();
  mock.script("POST /session", problem(500, "internal"));
  await open();
  await expect(panel.banner).toContainText("The sync service failed.");
  mock.unscript("POST /session");
  await page.clock.fastForward(65_000);
  await expect(panel.label).toHaveText("Enabled");
});

test("a name that could not be had is asked for again", async ({ mock, open, panel, page, watch }) => {
  watch.allowLostRequests();
  mock.script("GET /me", problem(500, "internal"));
  await open();
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  mock.unscript("GET /me");
  stream.end();
  await mock.stream(2);
  await panel.menu.click();
  await expect(page.getByText("Robin Hale")).toBeVisible();
});

test("ages are the service's, even where the machine's clock is an hour wrong", async ({ mock, panel, page }) => {
  const date = new Date(samples.NOW).toUTCString();
  mock.script("GET /sync", () => json(samples.coolingDown, 200, { date }));
  await installClock(page, samples.NOW + 3_600_000);
  await page.goto(mock.url);
  await expect(panel.fact("Last success")).toContainText("2 minutes ago");
  await expect(panel.hint).toHaveText(/^Force sync again in 4\d seconds\.$/);
});
