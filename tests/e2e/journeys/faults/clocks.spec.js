// The machine's clock is wrong, or jumps.
import { expect, faulty, test } from "../../fixtures/fault.js";
import { json, silence } from "../../fixtures/mock.js";
import * as samples from "../../fixtures/samples.js";
import { installClock, setHidden } from "../../fixtures/test.js";

const HOUR = 3_600_000;

for (const [fault, ahead] of [
  ["clock an hour slow", -HOUR],
  ["clock an hour fast", HOUR],
  ["clock a day slow", -24 * HOUR],
  ["clock a day fast", 24 * HOUR],
]) {
  faulty(fault, "ages, countdowns and the next run are the service's", async ({ mock, page, panel, unbroken }) => {
    const date = new Date(samples.NOW).toUTCString();
    mock.script("GET /sync", () => json(samples.coolingDown, 200, { date }));
    await installClock(page, samples.NOW + ahead);
    await page.goto(mock.url);
    await expect(panel.fact("Last success")).toContainText("2 minutes ago");
    await expect(panel.fact("Next run")).toContainText("in 28 minutes");
    await expect(panel.hint).toHaveText(/^Force sync again in 4\d seconds\.$/);
    await expect(panel.since).toHaveText(/^since /);
    await unbroken.unnoticed("true ages and countdowns, by the service's clock");
  });

  faulty(fault, "a wait until a date is as long as the service means it", async ({ mock, page, panel, watch, unbroken }) => {
    watch.allowLostRequests();
    const date = new Date(samples.NOW).toUTCString();
    const until = new Date(samples.NOW + 40_000).toUTCString();
    mock.script("GET /sync", { status: 503, headers: { date, "retry-after": until }, body: "" });
    await installClock(page, samples.NOW + ahead);
    await page.goto(mock.url);
    await expect(panel.banner).toContainText(/Trying again in [1-4]\d seconds/);
    await unbroken.seen("The sync service failed.");
    mock.script("GET /sync", () => json(samples.good, 200, { date: new Date(samples.NOW + 45_000).toUTCString() }));
    await unbroken.recovers(undefined, 105_000);
  });
}

for (const [fault, name, jump, age] of [
  ["clock an hour fast", "forward", HOUR, "last known 1 hour ago"],
  ["clock an hour slow", "back", -HOUR, "last known some time ago"],
]) {
  faulty(fault, `set ${name} while the panel is open: what is known is marked as old until it has been read`, async ({ mock, open, page, panel, watch, unbroken }) => {
    watch.allowLostRequests();
    await open();
    const stream = await mock.stream();
    await expect(panel.card).toHaveClass(/good/);
    mock.script("GET /sync", silence);
    await page.clock.setSystemTime(samples.NOW + jump);
    // Ages are looked at again every 15 s: then nobody knows how old the state is, and it is read.
    await page.clock.runFor(16_000);
    await stream.closed;
    await mock.asking("GET /sync", 2);
    await expect(panel.since).toHaveText(age);
    await expect(panel.card).toHaveClass(/unknown/);
    unbroken.note("sees", `${await panel.label.innerText()} ${await panel.since.innerText()}`);
    unbroken.note("step", "none is needed: it is being read");
    mock.script("GET /sync", () => json(samples.good, 200, { date: new Date(samples.NOW + 60_000).toUTCString() }));
    await page.clock.runFor(31_000);
    await unbroken.recovers(undefined, 95_000);
    await expect(panel.fact("Last success")).toContainText("3 minutes ago");
  });
}

faulty("sleep for an hour", "an hour's sleep: old until it has been read again, then right at once", async ({ mock, open, page, panel, unbroken }) => {
  await open();
  const stream = await mock.stream();
  await setHidden(page, true);
  await page.clock.fastForward(11_000);
  await stream.closed;
  mock.script("GET /sync", silence);
  await page.clock.fastForward(HOUR);
  await setHidden(page, false);
  await mock.asking("GET /sync", 2);
  await expect(panel.since).toHaveText("last known 1 hour ago");
  await expect(panel.card).toHaveClass(/unknown/);
  unbroken.note("sees", `${await panel.label.innerText()} ${await panel.since.innerText()}`);
  unbroken.note("step", "none is needed: it is being read");
  mock.unscript("GET /sync");
  await page.clock.fastForward(31_000);
  await unbroken.recovers();
});

faulty("sleep for an hour", "an hour's sleep with the panel in sight: the dead stream is noticed on waking", async ({ mock, open, page, panel, unbroken }) => {
  await open();
  const stream = await mock.stream();
  // The service has long closed it; nobody has told the machine that slept.
  mock.status = samples.paused;
  await page.clock.fastForward(HOUR);
  await stream.closed;
  await unbroken.recovers(async () => (await panel.label.textContent()) === "Paused");
  await mock.stream(2);
  unbroken.note("sees", "nothing but the state as it is now");
  unbroken.note("step", "none is needed");
});
