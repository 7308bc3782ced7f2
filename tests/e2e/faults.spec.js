// States that a real sync reaches seldom, and everything that can go wrong on the way to the service: never blank, never a
// false "in sync", the right words, and back by itself.
import { answerApi, at, good, json, problem, states } from "./api.js";
import { expect, test } from "./fixtures.js";

const card = (page) => page.locator(".status");
const button = (page, name) => page.getByRole("button", { name, exact: true });
const force = (page) => button(page, "Force sync");
const sent = (calls, call) => calls.filter((one) => one.call === call);

for (const [name, [status, ...words]] of Object.entries(states)) {
  test(`a state in its words: ${name}`, async ({ page, service }) => {
    await answerApi(page, { "GET /sync": json(status) });
    await page.goto(service.url);
    for (const text of words) await expect(card(page)).toContainText(text);
    await page.setViewportSize({ width: 256, height: 720 });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways).toBeLessThanOrEqual(0);
  });
}

const faults = {
  "a hotel's sign-in page": [{ status: 200, contentType: "text/html", body: "<h1>Welcome</h1>" }, "Something else than the sync service answered."],
  "a proxy's error": [{ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }, "The sync service failed."],
  "a failing service": [problem(500, "engine_fault"), "The sync service failed."],
  "cut JSON": [{ status: 200, contentType: "application/json", body: '{"state":"ena' }, "The sync service's answer cannot be read."],
  "a busy service": [{ status: 429, headers: { "Retry-After": "1" }, contentType: "text/plain", body: "" }, "The sync service asks to wait."],
  "a broken connection": ["lost", "The sync service cannot be reached."],
};

for (const [name, [answer, words]] of Object.entries(faults)) {
  test(`${name} is told in words, and gone when it is over`, async ({ page, service, expected }) => {
    expected.push(/Failed to load resource/);
    let over = false;
    await answerApi(page, { "GET /sync": () => (over ? json(good) : answer) });
    await page.goto(service.url);
    const banner = page.locator(".banner", { hasText: words });
    await expect(banner).toBeVisible();
    await expect(card(page)).not.toContainText("in sync");
    over = true;
    await expect(banner).toBeHidden({ timeout: 20_000 });
    await expect(card(page)).toContainText("Everything was in sync");
  });
}

test("a token that is refused once is renewed unseen", async ({ page, service, expected }) => {
  expected.push(/401/);
  let refusals = 1;
  await answerApi(page, { "POST /sync/force": () => (refusals-- > 0 ? problem(401, "sign_in_required") : json({ ...good.last_attempt, outcome: null }, 202)) });
  const calls = [];
  page.on("request", (request) => request.url().endsWith("/sync/force") && calls.push(request.headers()["idempotency-key"]));
  await page.goto(service.url);
  await force(page).click();
  await expect.poll(() => calls.length).toBe(2);
  expect(calls[0]).toBe(calls[1]);
  await expect(card(page)).toContainText("Enabled");
});

test("a token that is refused for ever ends at the sign-in page", async ({ page, service, expected }) => {
  expected.push(/401/);
  const calls = await answerApi(page, { "GET /sync": problem(401, "sign_in_required"), "GET /me": problem(401, "sign_in_required") });
  await page.goto(service.url);
  await expect(button(page, "Sign in")).toBeVisible();
  await expect(page.locator("main")).toContainText("The sync service did not let you in.");
  expect(sent(calls, "POST /session").length).toBeLessThanOrEqual(2);
});

test("two quick presses are one command", async ({ page, service }) => {
  const calls = await answerApi(page, { "POST /sync/force": "never" });
  await page.goto(service.url);
  await expect(force(page)).toHaveAttribute("aria-disabled", "false");
  await force(page).dblclick();
  await expect(page.getByText("Asking for a session…")).toBeVisible();
  expect(sent(calls, "POST /sync/force")).toHaveLength(1);
  expect(sent(calls, "POST /sync/force")[0].headers["idempotency-key"]).toMatch(/^[0-9a-f]{32}$/);
});

test("a command whose answer was lost is resolved by reading", async ({ page, service, expected }) => {
  expected.push(/Failed to load resource/);
  let pressed = false;
  const done = { ...good, last_attempt: { ...good.last_attempt, id: "s-000008", started_at: at(60) } };
  const calls = await answerApi(page, {
    "POST /sync/force": () => {
      pressed = true;
      return "lost";
    },
    "GET /sync": () => (pressed ? json(done) : json(good)),
  });
  await page.goto(service.url);
  await force(page).click();
  await expect(force(page)).toHaveAttribute("aria-disabled", "false");
  await expect(page.getByText("No session was started.")).toHaveCount(0);
  expect(sent(calls, "POST /sync/force")).toHaveLength(1);
});

test("a command that was lost and not done says so", async ({ page, service, expected }) => {
  expected.push(/Failed to load resource/);
  const calls = await answerApi(page, { "POST /sync/force": "lost" });
  await page.goto(service.url);
  await force(page).click();
  await expect(page.locator(".banner strong", { hasText: "No session was started." })).toBeVisible();
  expect(sent(calls, "POST /sync/force")).toHaveLength(1);
  await button(page, "Dismiss").click();
  await expect(page.locator(".banner strong", { hasText: "No session was started." })).toBeHidden();
});

test("a refusal is told with its reason and its time", async ({ page, service, expected }) => {
  expected.push(/429/);
  await answerApi(page, { "POST /sync/force": problem(429, "too_soon", { retry_at: at(5 * 3600 + 1200) }) });
  await page.goto(service.url);
  await force(page).click();
  await expect(page.locator(".banner", { hasText: "It is too soon after the last attempt. Try again in 5 hours." })).toBeVisible();
});

test("a control that is off sends nothing", async ({ page, service }) => {
  const calls = await answerApi(page, { "GET /sync": json(states.paused[0]) });
  await page.goto(service.url);
  await expect(force(page)).toHaveAttribute("aria-disabled", "true");
  // Neither a person who presses all the same, nor the keyboard.
  await force(page).click({ force: true });
  await force(page).press("Enter");
  await expect(page.getByText("Paused: press Start first.")).toBeVisible();
  expect(sent(calls, "POST /sync/force")).toHaveLength(0);
});

test("texts from the API are texts, however hostile", async ({ page, service }) => {
  const words = `<img src=x onerror="document.title='broken'"> ${"long".repeat(200)} \u202e‮ 🗓`;
  const hostile = { ...good, last_attempt: { ...good.last_attempt, outcome: "failed", error: { source: words, category: words, code: words, message: words } } };
  await answerApi(page, { "GET /sync": json(hostile) });
  await page.goto(service.url);
  await button(page, "Show details").click();
  await expect(page.locator("#error-details")).toContainText("<img src=x");
  await expect(page).toHaveTitle("Sync Sidebar");
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(sideways).toBeLessThanOrEqual(0);
});
