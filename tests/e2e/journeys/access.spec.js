// For everybody: nothing for axe to find on any screen and state in any look, and everything works by keyboard.
import { axe } from "../fixtures/axe.js";
import { html, problem, silence } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

for (const [name, status] of Object.entries(samples.states)) {
  test(`axe finds nothing in the state "${name}"`, async ({ mock, open, panel, page }) => {
    mock.status = status;
    await open();
    await expect(panel.card).not.toHaveClass(/loading/);
    await axe(page);
  });
}

const screens = {
  "while the panel loads": async ({ mock, open }) => {
    mock.script("GET /sync", silence);
    await open();
    await mock.asking("GET /sync");
  },
  "on the skeleton": async ({ mock, page }) => {
    mock.scriptFile("_bg.wasm", silence);
    await page.goto(mock.url, { waitUntil: "commit" });
    await page.locator("#skeleton .actions").waitFor();
  },
  "on the last session's details": async ({ open, panel }) => {
    await open("#/sessions/last");
    await expect(panel.label).toHaveText("Succeeded with issues");
  },
  "on the details of a later version's session": async ({ mock, open, panel }) => {
    mock.sessions.last = samples.futureDetails;
    await open("#/sessions/last");
    await expect(panel.label).toHaveText("nearly succeeded");
  },
  "on the details of a session that changed nothing": async ({ mock, open, page }) => {
    mock.sessions.last = { ...samples.details, counts: [], records: [], records_total: 0 };
    await open("#/sessions/last");
    await expect(page.getByText("It changed nothing.")).toBeVisible();
  },
  "while a session's details load": async ({ mock, open, panel }) => {
    mock.script("GET /sessions/last", silence);
    await open("#/sessions/last");
    await mock.asking("GET /sessions/last");
    await expect(panel.heading).toHaveText("Last session details");
  },
  "without a session": async ({ mock, open, page, watch }) => {
    watch.allowLostRequests();
    mock.sessions = {};
    await open("#/sessions/last");
    await expect(page.getByText("No session has run yet.").first()).toBeVisible();
  },
  "on a session's details that cannot be read": async ({ mock, open, page, watch }) => {
    watch.allowLostRequests();
    mock.script("GET /sessions/last", problem(500, "internal"));
    await open("#/sessions/last");
    await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
  },
  "on About": async ({ open, page }) => {
    await open("#/about");
    await expect(page.getByText("Local CRM")).toBeVisible();
  },
  "in the menu": async ({ open, panel, page }) => {
    await open();
    await panel.menu.click();
    await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  },
  "in the choices of a pause": async ({ open, panel, page }) => {
    await open();
    await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
    await panel.pause.click();
    await expect(page.getByRole("button", { name: "For 1 hour" })).toBeVisible();
  },
  "in a failed session's own words": async ({ mock, open, page }) => {
    mock.status = samples.lostMailbox;
    await open();
    await page.getByRole("button", { name: "Show details" }).click();
  },
  "with the service away": async ({ mock, open, panel, watch }) => {
    watch.allowLostRequests();
    mock.script("GET /sync", html(502, { "retry-after": "60" }));
    await open();
    await expect(panel.banner).toBeVisible();
  },
  "with what is shown being old": async ({ mock, open, panel, watch }) => {
    watch.allowLostRequests();
    await open();
    const stream = await mock.stream();
    mock.script("GET /sync", html(502, { "retry-after": "60" }));
    stream.end();
    await expect(panel.banner).toBeVisible();
  },
  "with a refused command": async ({ mock, open, panel, page, watch }) => {
    watch.allowLostRequests();
    mock.script("POST /sync/force", problem(409, "already_running"));
    await open();
    await expect(panel.force).toHaveAttribute("aria-disabled", "false");
    await panel.force.click();
    await expect(page.getByRole("button", { name: "Dismiss" })).toBeVisible();
  },
  "on the sign-in page": async ({ mock, open, page, watch }) => {
    watch.allowLostRequests();
    mock.script("POST /session", problem(403, "licence_missing"));
    await open();
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  },
  "in the notice of a panel that has stopped": async ({ mock, page, panel, watch }) => {
    watch.allow(/Sync Sidebar has stopped/);
    watch.allowLostRequests();
    mock.scriptFile("_bg.wasm", { status: 404, headers: {}, body: "" });
    await page.goto(mock.url);
    await expect(panel.crash).toBeVisible();
  },
};

for (const [where, go] of Object.entries(screens)) {
  test(`axe finds nothing ${where}`, async ({ mock, open, panel, page, watch }) => {
    await go({ mock, open, panel, page, watch });
    await axe(page);
  });
}

test("the menu opens and closes by keyboard, and the focus comes back to its button", async ({ open, panel, page }) => {
  await open();
  // The skeleton has nothing to focus: a Tab that comes before the panel is drawn would go past it.
  await expect(panel.menu).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(panel.menu).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel.menu).toHaveAttribute("aria-expanded", "true");
  await expect(page.locator("#menu").getByRole("button", { name: "Sync settings" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel.menu).toHaveAttribute("aria-expanded", "false");
  await expect(panel.menu).toBeFocused();
});

test("the menu closes by a click beside it", async ({ open, panel, page }) => {
  await open();
  await panel.menu.click();
  await expect(panel.menu).toHaveAttribute("aria-expanded", "true");
  await page.mouse.click(310, 700);
  await expect(panel.menu).toHaveAttribute("aria-expanded", "false");
});

test("every way from the menu leads to a screen whose heading has the focus", async ({ open, panel, page }) => {
  await open();
  await panel.menu.press("Enter");
  await expect(page.getByRole("button", { name: "Sync settings" })).toBeFocused();
  await page.getByRole("button", { name: "About" }).press("Enter");
  await expect(panel.heading).toHaveText("About");
  await expect(panel.heading).toBeFocused();
  await expect(page).toHaveURL(/#\/about$/);
  await page.keyboard.press("Shift+Tab");
  await expect(panel.back).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel.heading).toHaveText("Sync settings");
  await expect(panel.heading).toBeFocused();
});

test("Force sync, Pause with its choices, and Start work by keyboard", async ({ mock, open, panel, page }) => {
  await open();
  const stream = await mock.stream();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  await panel.force.press("Enter");
  await mock.asking("POST /sync/force");
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");

  await panel.pause.press("Enter");
  await expect(panel.pause).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Until I start it" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel.pause).toHaveAttribute("aria-expanded", "false");
  await expect(panel.pause).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(panel.pause).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "For 1 hour" })).toBeFocused();
  mock.status = samples.pausedUntil;
  await page.keyboard.press("Enter");
  await mock.asking("POST /sync/pause");
  await stream.send("status", samples.pausedUntil);
  await expect(panel.label).toHaveText("Paused");
  // The pressed choice has gone; whoever works by keyboard must not be thrown to the top of the page.
  await expect(panel.start).toBeFocused();
  mock.status = samples.good;
  await page.keyboard.press("Enter");
  await mock.asking("POST /sync/start");
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.pause).toBeFocused();
});

test("Last session details and back work by keyboard, with the focus on the heading", async ({ open, panel, page }) => {
  await open();
  await panel.lastSession.press("Enter");
  await expect(panel.heading).toHaveText("Last session details");
  await expect(panel.heading).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(panel.back).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(panel.heading).toBeFocused();
  await expect(panel.heading).toHaveText("Sync settings");
});

test("a control that cannot be used stays within reach and explains itself", async ({ mock, open, panel, page }) => {
  mock.status = samples.paused;
  await open();
  await expect(panel.force).toHaveAttribute("aria-disabled", "true");
  await panel.force.focus();
  await expect(panel.force).toBeFocused();
  await expect(panel.force).toHaveAccessibleDescription("Paused: press Start first.");
  await expect(page.locator("#panel button[disabled]")).toHaveCount(0);
});

test("the live region says changes of the state and nothing else", async ({ mock, open, panel, page }) => {
  mock.status = samples.coolingDown;
  await open();
  const stream = await mock.stream();
  await expect(panel.announcement).toHaveText("Enabled");
  await page.evaluate(() => {
    window.said = [];
    const region = document.querySelector("#panel [role=status]");
    const observer = new MutationObserver(() => window.said.push(region.textContent));
    observer.observe(region, { childList: true, characterData: true, subtree: true });
  });
  const said = () => page.evaluate(() => window.said);
  const hint = await panel.hint.textContent();
  await page.clock.runFor(20_000);
  await expect(panel.hint).not.toHaveText(hint);
  await stream.send("heartbeat", { at: samples.at(20) });
  await stream.send("issues", { ...samples.good.issues, total: 3 });
  // Not so long that the stream would count as silent, should the heartbeat not have been read yet.
  await page.clock.runFor(10_000);
  expect(await said()).toEqual([]);
  await stream.send("status", samples.running);
  await expect(panel.announcement).toHaveText("Running");
  for (let done = 13; done <= 37; done += 4) {
    await stream.send("progress", { ...samples.running.running, done });
  }
  await expect(panel.summary).toHaveText("Writing to the CRM: 37 of 38");
  await page.clock.runFor(10_000);
  expect(await said()).toEqual(["Running"]);
  await stream.send("status", samples.paused);
  await expect(panel.announcement).toHaveText("Paused");
  expect(await said()).toEqual(["Running", "Paused"]);
});

test("targets are at least 24 pixels", async ({ open, panel, page }) => {
  await open();
  await expect(panel.pause).toHaveAttribute("aria-disabled", "false");
  await panel.pause.click();
  await panel.menu.click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
  const small = await page.evaluate(() =>
    [...document.querySelectorAll("#panel button, #panel a")]
      .map((element) => [element.textContent, element.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(([name, box]) => `${name}: ${box.width}×${box.height}`),
  );
  expect(small).toEqual([]);
});
