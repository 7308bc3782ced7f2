// The stream of events fails, or brings what it should not.
import { expect, faulty, test } from "../../fixtures/fault.js";
import { frame } from "../../fixtures/mock.js";
import * as samples from "../../fixtures/samples.js";
import { passUntil } from "../../fixtures/test.js";

test.beforeEach(({ watch }) => watch.allowLostRequests());

async function live({ mock, open, panel }) {
  await open();
  await expect(panel.card).toHaveClass(/good/);
  return mock.stream();
}

/** An event that comes after all others: once it is on screen, they have been taken. */
const total = (number) => ({ ...samples.good, scope: { ...samples.good.scope, total: number } });
const amount = (page) => page.locator(".amount");

faulty("cut stream", "it is opened again, from where it stopped", async ({ mock, open, panel, page, unbroken }) => {
  const first = await live({ mock, open, panel });
  await first.send("status", total(76), "e:7");
  // It has arrived: what is cut off behind it may take along what was not read yet.
  await expect(amount(page)).toContainText("76");
  await first.write("event: status\ndata: {\"state\":\"dis");
  mock.status = samples.paused;
  first.destroy();
  await unbroken.recovers(async () => (await panel.label.textContent()) === "Paused");
  const second = await mock.stream(2);
  expect(second.lastEventId).toBe("e:7");
  await second.send("status", total(77));
  await expect(amount(page)).toContainText("77");
  unbroken.note("sees", "nothing: the state is read again and the stream opened again");
  unbroken.note("step", "none is needed");
});

faulty("silent stream", "it is given up after 37 seconds, and opened again", async ({ mock, open, panel, page, unbroken }) => {
  const first = await live({ mock, open, panel });
  await first.send("status", samples.good, "e:41");
  // The state changes, and nothing says so.
  mock.status = samples.paused;
  await page.clock.fastForward(37_000);
  expect(first.isOpen).toBe(true);
  await page.clock.fastForward(1_000);
  await first.closed;
  await unbroken.recovers(async () => (await panel.label.textContent()) === "Paused");
  expect((await mock.stream(2)).lastEventId).toBe("e:41");
  unbroken.note("sees", "the state as it was, for at most 37 s: an idle stream has a heartbeat every 15 s");
  unbroken.note("step", "none is needed");
});

faulty("silent stream", "what is known is marked as old where nothing can be read, either", async ({ mock, open, panel, page, unbroken }) => {
  await live({ mock, open, panel });
  mock.script("GET /sync", { silence: true });
  await page.clock.fastForward(46_000);
  await expect(panel.since).toHaveText(/^last known /);
  await expect(panel.card).toHaveClass(/unknown/);
  await passUntil(page, () => mock.asked("GET /sync").length > 1);
  await page.clock.fastForward(31_000);
  await unbroken.seen("The sync service does not answer.");
  mock.unscript("GET /sync");
  await unbroken.recovers(undefined, 95_000);
});

faulty("events doubled", "each event twice", async ({ mock, open, panel, page, unbroken }) => {
  mock.status = samples.running;
  await open();
  const stream = await mock.stream();
  const twice = async (...event) => {
    await stream.send(...event);
    await stream.send(...event);
  };
  await twice("progress", { ...samples.running.running, done: 30 }, "e:1");
  await expect(panel.summary).toHaveText("Writing to the CRM: 30 of 38");
  await twice("session", { ...samples.summary, id: "s-8" }, "e:2");
  await twice("status", samples.issues, "e:3");
  await expect(panel.summary).toHaveText("4 records could not be synced.");
  await twice("issues", { ...samples.issues.issues, total: 5, moderate: 5 }, "e:4");
  await twice("status", total(77), "e:5");
  await expect(amount(page)).toContainText("77");
  expect(mock.asked("GET /sync")).toHaveLength(1);
  expect(mock.streams).toHaveLength(1);
  await unbroken.unnoticed("each change once");
});

faulty("events out of order", "progress after the end, and the end before the beginning", async ({ mock, open, panel, page, unbroken }) => {
  mock.status = samples.running;
  await open();
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Running");
  // It has ended: that is what the service says when it is asked.
  mock.status = total(40);
  await stream.send("status", total(40), "e:9");
  await expect(panel.label).toHaveText("Enabled");
  await page.evaluate(() => {
    const label = document.querySelector("#state .label");
    globalThis.labels = [];
    const note = () => globalThis.labels.push(label.textContent);
    new MutationObserver(note).observe(label, { childList: true, characterData: true, subtree: true });
  });
  await stream.send("progress", samples.running.running, "e:8");
  await stream.send("session", { ...samples.summary, id: "s-8", ended_at: null, outcome: null }, "e:7");
  await mock.asking("GET /sync", 2);
  await expect(panel.label).toHaveText("Enabled");
  await expect(panel.progress).toBeHidden();
  await expect(amount(page)).toContainText("40");
  expect(await page.evaluate(() => globalThis.labels), "what the label has said meanwhile").toEqual([]);
  await unbroken.unnoticed("the newest state: what is in doubt is read again");
});

faulty("events of unknown kinds", "kinds that nobody knows, and no kind at all", async ({ mock, open, panel, unbroken }) => {
  const stream = await live({ mock, open, panel });
  await stream.send("poem", { rhymes: true });
  await stream.write("data: no kind at all\n\n");
  await stream.write("event: status_of_tomorrow\ndata: not even JSON\n\n");
  await stream.write("event:\nid\nretry: soon\n:\n\n");
  await stream.send("status", samples.issues);
  await expect(panel.summary).toHaveText("4 records could not be synced.");
  expect(mock.asked("GET /sync")).toHaveLength(1);
  expect(mock.streams).toHaveLength(1);
  await unbroken.unnoticed("nothing of them, and everything that comes after");
});

const filler = (length) => ({ ...total(78), a_field_of_tomorrow: "x".repeat(length) });

faulty("event of 1 MB", "just under what is taken", async ({ mock, open, page, panel, unbroken }) => {
  const stream = await live({ mock, open, panel });
  await stream.send("status", filler(990_000));
  await expect(amount(page)).toContainText("78");
  expect(mock.streams).toHaveLength(1);
  await unbroken.unnoticed("what it says");
});

faulty("event of 1 MB", "more than is taken: another stream is opened, and the state read", async ({ mock, open, page, panel, unbroken }) => {
  const stream = await live({ mock, open, panel });
  mock.status = total(79);
  await stream.send("status", filler(1_100_000));
  await stream.closed;
  await unbroken.recovers(async () => (await amount(page).textContent()).includes("79"));
  await mock.stream(2);
  unbroken.note("sees", "nothing: the state is read again and the stream opened again");
  unbroken.note("step", "none is needed");
});

faulty("event split at every byte", "every byte a piece of its own", async ({ mock, open, panel, unbroken }) => {
  const stream = await live({ mock, open, panel });
  const status = { ...samples.disabledByAdministrator };
  status.reason = { ...status.reason, title: "Die Größe ist überschritten. 日本 🙂" };
  for (const byte of frame("status", status, "e-1")) await stream.write(Buffer.of(byte));
  await expect(panel.summary).toHaveText(status.reason.title);
  expect(mock.asked("GET /sync")).toHaveLength(1);
  await unbroken.unnoticed("what it says, every letter whole");
});
