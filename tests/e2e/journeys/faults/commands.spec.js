// Commands: whatever happens to one, it is carried out at most once, and the person is told how it ended.
import { answers } from "../../fixtures/answers.js";
import { expect, faulty, test } from "../../fixtures/fault.js";
import { json, lost, problem, silence, stalled } from "../../fixtures/mock.js";
import * as samples from "../../fixtures/samples.js";
import { panelOf, passUntil } from "../../fixtures/test.js";

test.beforeEach(({ watch }) => watch.allowLostRequests());

const commands = [
  {
    call: "POST /sync/force",
    not: "No session was started.",
    press: ({ force }) => force.click(),
    ready: ({ force }) => force,
    before: samples.good,
    done: { ...samples.running, running: { ...samples.running.running, started_at: samples.at(1) } },
    label: "Running",
    good: json({ session: "s-8" }, 202),
  },
  {
    call: "POST /sync/pause",
    not: "Sync was not paused.",
    press: async ({ pause, root }) => {
      await pause.click();
      await root.getByRole("button", { name: "Until I start it" }).click();
    },
    ready: ({ pause }) => pause,
    before: samples.good,
    done: samples.paused,
    label: "Paused",
    good: json(samples.paused),
  },
  {
    call: "POST /sync/start",
    not: "Sync was not started.",
    press: ({ start }) => start.click(),
    ready: ({ start }) => start,
    before: samples.paused,
    done: samples.good,
    label: "Enabled",
    good: json(samples.good),
  },
];

/** Opens the panel where a command can be given. */
async function ready({ mock, open, panel }, { before, ready }) {
  mock.status = before;
  await open();
  await mock.stream();
  await expect(ready(panel)).toHaveAttribute("aria-disabled", "false");
}

/** How often a command was given: a request that is sent again is the same one. */
const given = (mock, call) => new Set(mock.asked(call).map(({ headers }) => headers["idempotency-key"])).size;

const notice = (page, title) => page.locator(".banner", { hasText: title });

for (const command of commands) {
  const { call, not, press, done, label } = command;

  faulty("command whose answer is lost", `${call}, which was carried out`, async ({ mock, open, page, panel, unbroken }) => {
    await ready({ mock, open, panel }, command);
    mock.script(call, () => {
      mock.status = done;
      return lost;
    });
    await press(panel);
    await expect(panel.label).toHaveText(label);
    await expect(page.getByText(not)).toHaveCount(0);
    await page.clock.runFor(120_000);
    expect(mock.asked(call)).toHaveLength(1);
    await expect(page.getByText(not)).toHaveCount(0);
    await unbroken.unnoticed(`“No answer came. Checking whether it was done…”, then “${label}”`);
  });

  faulty("command whose answer is lost", `${call}, which was not carried out`, async ({ mock, open, page, panel, unbroken }) => {
    await ready({ mock, open, panel }, command);
    mock.script(call, lost);
    await press(panel);
    await unbroken.told(notice(page, not).locator("div"), command.ready(panel));
    await page.clock.runFor(120_000);
    expect(mock.asked(call)).toHaveLength(1);
    mock.script(call, () => {
      mock.status = done;
      return command.good;
    });
    await press(panel);
    await expect(panel.label).toHaveText(label);
    expect(given(mock, call)).toBe(2);
    unbroken.note("recovered", "by a press");
  });

  for (const [name, answer] of [["nothing comes", silence], ["the half of it comes", stalled]]) {
    faulty("read time-out", `${call}: ${name}`, async ({ mock, open, page, panel, unbroken }) => {
      await ready({ mock, open, panel }, command);
      mock.script(call, answer);
      await press(panel);
      await mock.asking(call);
      await expect(panel.hint).not.toHaveText("");
      await page.clock.fastForward(31_000);
      await unbroken.told(notice(page, not).locator("div"), command.ready(panel));
      expect(mock.asked(call)).toHaveLength(1);
      unbroken.note("recovered", "by another press");
    });
  }

  test(`${call}: every answer that goes wrong is told, and nothing is sent twice`, async ({ mock, open, page, panel }) => {
    test.setTimeout(60_000);
    await ready({ mock, open, panel }, command);
    let pressed = 0;
    for (const [fault, answer] of answers) {
      // Of what forces a session only that it was granted is read; the state tells the rest.
      if (call.endsWith("/force") && answer.status === 200 && /json/.test(answer.headers["content-type"])) continue;
      mock.script(call, answer);
      const before = mock.asked(call).length;
      await press(panel);
      pressed += 1;
      const told = notice(page, not);
      await expect(told, fault).toBeVisible();
      expect((await told.innerText()).trim().length, fault).toBeGreaterThan(not.length + 10);
      expect(given(mock, call), fault).toBe(pressed);
      // A browser itself sends a request again whose connection was closed without a byte; its key makes it the same command.
      if (fault !== "cut connection") expect(mock.asked(call).length, fault).toBe(before + 1);
      await page.getByRole("button", { name: "Dismiss" }).click();
      await expect(command.ready(panel), fault).toHaveAttribute("aria-disabled", "false");
      await expect(panel.crash).toBeHidden();
    }
    // Nor is any of them sent again later on, whatever wait was asked for.
    const sent = mock.asked(call).length;
    await page.clock.runFor(120_000);
    expect(mock.asked(call)).toHaveLength(sent);
    mock.script(call, () => {
      mock.status = done;
      return command.good;
    });
    await expect(command.ready(panel)).toHaveAttribute("aria-disabled", "false");
    await press(panel);
    await expect(panel.label).toHaveText(label);
    expect(given(mock, call)).toBe(pressed + 1);
  });

  faulty("401 once", call, async ({ mock, open, panel, unbroken }) => {
    await ready({ mock, open, panel }, command);
    mock.script(call, problem(401, "sign_in_required"), () => {
      mock.status = done;
      return command.good;
    });
    await press(panel);
    await expect(panel.label).toHaveText(label);
    expect(mock.asked(call)).toHaveLength(2);
    expect(given(mock, call)).toBe(1);
    await unbroken.unnoticed("nothing: the same command is sent with another token");
  });

  faulty("401 for ever", call, async ({ mock, open, page, panel, unbroken }) => {
    await ready({ mock, open, panel }, command);
    for (const each of [call, "GET /sync", "GET /sync/events"]) mock.script(each, problem(401, "sign_in_required"));
    await press(panel);
    await unbroken.told(page.locator(".entrance p"), page.getByRole("button", { name: "Sign in", exact: true }));
    expect(given(mock, call)).toBe(1);
    expect(mock.asked(call).length).toBeLessThanOrEqual(2);
    unbroken.note("recovered", "by signing in");
  });
}

// The first session begins with the service: the cool-down after it has to pass first.
test.describe("with a long cool-down", () => {
  test.use({ serviceOptions: { "force-gap": "10s" } });

  faulty("two tabs pressing at once", "at the real service: one session", async ({ service, context, page, panel, watch, unbroken }) => {
    watch.allowLostRequests();
    test.setTimeout(60_000);
    const other = await context.newPage();
    const panels = [panel, panelOf(other)];
    for (const [one, tab] of [page, other].entries()) {
      await tab.goto(service.url);
      await expect(panels[one].force).toHaveAttribute("aria-disabled", "false", { timeout: 25_000 });
    }
    // Neither gets through before both have been pressed: else the later one learns in time that a session runs.
    const [sent, held] = [[], []];
    await context.route("**/api/v1/sync/force", (route) => {
      sent.push(route.request());
      held.push(route);
      if (held.length === 2) for (const each of held) void each.continue();
    });
    await Promise.all(panels.map(({ force }) => force.click()));
    await expect.poll(() => sent.length).toBe(2);
    const answered = await Promise.all(sent.map(async (request) => (await request.response()).status()));
    expect(answered.filter((status) => status === 202)).toHaveLength(1);
    expect(answered.filter((status) => status === 409 || status === 429)).toHaveLength(1);
    await expect.poll(async () => (await Promise.all(panels.map(({ label }) => label.textContent()))).join()).toBe("Enabled,Enabled");
    expect(sent).toHaveLength(2);
    // The scheduled one, and one that was forced.
    await page.goto(`${service.url}#/history`);
    await expect(page.locator(".rows li")).toHaveCount(2);
    const told = (await Promise.all([page, other].map((tab) => tab.locator(".banner", { hasText: "No session was started." }).allInnerTexts()))).flat();
    unbroken.note("sees", `in both the session that runs${told.length > 0 ? `; in the later one “${told[0]}”` : ""}`);
    unbroken.note("step", "none is needed");
    unbroken.note("recovered", "both follow the one session");
  });
});

faulty("two tabs pressing at once", "one pauses while the other forces", async ({ service, context, page, panel, watch, unbroken }) => {
  watch.allowLostRequests();
  const other = await context.newPage();
  const second = panelOf(other);
  const sent = [];
  context.on("request", (request) => request.method() === "POST" && sent.push(new URL(request.url()).pathname.split("/").pop()));
  const times = (command) => sent.filter((name) => name === command).length;
  await page.goto(service.url);
  await other.goto(service.url);
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await expect(second.pause).toHaveAttribute("aria-disabled", "false");
  await second.pause.click();
  // It may have been paused by then: Playwright would wait for the control, a person presses it as it is.
  await Promise.all([panel.force.click({ force: true }), second.root.getByRole("button", { name: "Until I start it" }).click()]);
  for (const { label } of [panel, second]) await expect(label).toHaveText("Paused");
  await second.start.click();
  for (const { label } of [panel, second]) await expect(label).toHaveText(/Enabled|Running/);
  expect([times("pause"), times("start")]).toEqual([1, 1]);
  expect(times("force"), "where the pause was there first, the control takes no press").toBeLessThanOrEqual(1);
  unbroken.note("sees", "in both “Paused”, whichever came first");
  unbroken.note("step", "[Start] in both");
  unbroken.note("recovered", "by that press");
});

test("a press that waits for a reading is one command, however slow the service", async ({ mock, open, page, panel }) => {
  await ready({ mock, open, panel }, commands[0]);
  mock.script("POST /sync/force", lost);
  mock.script("GET /sync", silence);
  await panel.force.click();
  await expect(panel.hint).toHaveText("No answer came. Checking whether it was done…");
  await panel.force.click({ force: true });
  await panel.force.press("Enter");
  mock.status = commands[0].done;
  mock.unscript("GET /sync");
  await passUntil(page, () => mock.asked("GET /sync").length > 2);
  await expect(panel.label).toHaveText("Running");
  expect(mock.asked("POST /sync/force")).toHaveLength(1);
});
