// The service goes and comes back, as it was, as a newer one, or as an older one.
import { expect, faulty, test } from "../../fixtures/fault.js";
import * as samples from "../../fixtures/samples.js";

faulty("service restarted", "the real service, killed and started again", async ({ service, page, panel, watch, unbroken }) => {
  watch.allowLostRequests();
  await page.goto(service.url);
  await expect(panel.label).toHaveText("Enabled");
  await service.kill();
  await unbroken.seen("The sync service cannot be reached.");
  await expect(panel.root).not.toContainText("failed");
  await service.run();
  await expect.poll(() => unbroken.healthy(), { timeout: 25_000 }).toBe(true);
  await expect(panel.label).toHaveText("Enabled");
  unbroken.note("recovered", "by itself, at the next try");
});

faulty("service restarted", "restarted without what it knew of tokens and events", async ({ mock, open, panel, page, watch, unbroken }) => {
  watch.allowLostRequests();
  await open();
  const stream = await mock.stream();
  await stream.send("status", samples.good, "before:9");
  mock.forgetTokens();
  mock.status = samples.paused;
  stream.destroy();
  await unbroken.recovers(async () => (await panel.label.textContent()) === "Paused");
  const second = await mock.stream(2);
  await second.send("reset", {}, "after:1");
  await mock.asking("GET /sync", 3);
  await expect(page.locator("#crash")).toBeHidden();
  unbroken.note("sees", "nothing: another token is had, and everything is read");
  unbroken.note("step", "none is needed");
});

faulty("newer service with unknown enum values", "its words are shown as they are, read and by event", async ({ mock, open, panel, page, unbroken }) => {
  await open();
  const stream = await mock.stream();
  mock.status = samples.fromTheFuture;
  mock.sessions.last = samples.futureDetails;
  await stream.send("status", samples.fromTheFuture);
  await expect(panel.label).toHaveText("winding down");
  await expect(panel.card).not.toHaveClass(/good/);
  await expect(panel.step).toHaveText("Ask support.");
  await stream.send("progress", { session: "s-1", trigger: "by_magic", started_at: samples.at(0), phase: "levitating", done: 1, total: null, x: 1 });
  await mock.asking("GET /sync", 2);
  await expect(panel.label).toHaveText("winding down");
  await panel.lastSession.click();
  await expect(panel.label).toHaveText("nearly succeeded");
  await panel.back.click();
  await expect(panel.label).toHaveText("winding down");
  unbroken.note("sees", `“${await panel.label.innerText()}: ${await panel.summary.innerText()}” – the service's own words`);
  unbroken.note("step", await panel.step.innerText());
  await stream.send("status", samples.good);
  await unbroken.recovers(async () => (await panel.label.textContent()) === "Enabled");
  await expect(page.locator("#crash")).toBeHidden();
});

// What an older service may leave out, one by one: whatever the panel can do without.
const optional = Object.keys(samples.good).filter((field) => !["state", "since", "interval", "scope", "issues"].includes(field));

faulty("older service without a field", `each of ${optional.length} fields of the status`, async ({ mock, open, panel, unbroken }) => {
  await open();
  const stream = await mock.stream();
  for (const field of optional) {
    await stream.send("status", samples.disabled);
    await expect(panel.label).toHaveText("Disabled");
    const { [field]: _, ...rest } = samples.good;
    await stream.send("status", rest);
    await expect(panel.label, `without ${field}`).toHaveText("Enabled");
    await expect(panel.crash).toBeHidden();
  }
  expect(mock.asked("GET /sync")).toHaveLength(1);
  await unbroken.unnoticed("everything else as always; of what is missing nothing is said");
});

faulty("older service without a field", "a service without a last success never says that all is well", async ({ mock, open, panel }) => {
  const { last_success: _, last_attempt: __, ...rest } = samples.good;
  mock.status = rest;
  await open();
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.card).not.toHaveClass(/good/);
  await expect(panel.root).not.toContainText("Everything was in sync");
});

for (const field of ["state", "since", "interval", "scope", "issues"]) {
  faulty("older service without a field", `without ${field}, which the panel needs`, async ({ mock, open, unbroken }) => {
    const { [field]: _, ...rest } = samples.good;
    mock.status = rest;
    await open();
    await unbroken.seen("The sync service's answer cannot be read. If that goes on, reload this panel.");
    mock.status = samples.good;
    await unbroken.recovers();
  });
}
