// Messages from other windows: what is not a sign-in's, from its page and of its shape, is passed over without a word.
import { lostCrm, email, meWithConnections, statusOf } from "../../fixtures/connections.js";
import * as samples from "../../fixtures/samples.js";
import { answered, expect, test } from "../../fixtures/test.js";

/** Sends everything that is wrong to the page, as messages by other windows and as events of its own. */
async function bombard(page) {
  await page.evaluate(async () => {
    const own = location.origin;
    const say = (data, origin = own) => dispatchEvent(new MessageEvent("message", { data, origin }));
    const thrower = (fields) =>
      Object.defineProperties({}, Object.fromEntries(fields.map((name) => [name, { enumerable: true, get() { throw new Error("getter"); } }])));
    const cyclic = { type: "sync-sidebar:authorization" };
    cyclic.id = cyclic;
    cyclic.self = [cyclic];
    const shapes = [
      undefined, null, 0, NaN, "", "sync-sidebar:authorization", true, 10n, Symbol.iterator, [], {}, () => {}, new Date(NaN), new Map(), new ArrayBuffer(8), document.body, globalThis,
      cyclic,
      thrower(["type"]),
      { type: "sync-sidebar:authorization", ...{} },
      Object.assign(thrower(["id"]), { type: "sync-sidebar:authorization" }),
      Object.assign(thrower(["code", "error"]), { type: "sync-sidebar:sign-in", id: "p-1" }),
      new Proxy({}, { get() { throw new Error("trap"); }, has() { throw new Error("trap"); } }),
      Object.create(null),
      { type: ["sync-sidebar:authorization"], id: "a-1" },
      { type: "sync-sidebar:authorization", id: { toString: () => "a-1" } },
      { type: "sync-sidebar:authorization", id: 1 },
      { type: "sync-sidebar:authorization", id: "a-2" },
      { type: "sync-sidebar:authorization", id: "a-1".repeat(1_000_000) },
      { type: "sync-sidebar:sign-in", id: "p-2", code: "evil" },
      { type: "sync-sidebar:sign-in", id: "a-1", code: "x".repeat(5_000_000) },
      "x".repeat(10_000_000),
    ];
    for (const shape of shapes) say(shape);
    for (const origin of ["https://evil.example.com", "null", "", `${own}.evil.example.com`, own.replace("http", "https"), `${own}/`, own.toUpperCase()]) {
      say({ type: "sync-sidebar:authorization", id: "a-1" }, origin);
      say({ type: "sync-sidebar:sign-in", id: "p-1", code: "evil" }, origin);
    }
    for (let count = 0; count < 10_000; count += 1) say({ type: "sync-sidebar:authorization", id: `x-${count}` });
    // And as the browser itself delivers them, from this window and from the sign-in's channel.
    for (const shape of [null, cyclic, new Map([[1, cyclic]]), { type: "sync-sidebar:authorization", id: "a-9" }]) postMessage(shape, own);
    const channel = new BroadcastChannel("sync-sidebar:sign-in");
    for (const shape of [null, "x", cyclic, { type: "sync-sidebar:sign-in", id: "p-9", code: "evil" }]) channel.postMessage(shape);
    await new Promise((resolve) => {
      addEventListener("message", ({ data }) => data === "the last" && resolve());
      postMessage("the last", own);
    });
    channel.close();
  });
}

/** A page of another site, in a window of its own, which says all it can to the panel. */
async function fromElsewhere(page, context, origin) {
  await context.route("https://evil.example.com/**", (route) => route.fulfill({ contentType: "text/html", body: "<title>Elsewhere</title>" }));
  const opened = page.waitForEvent("popup");
  await page.evaluate(() => void window.open("https://evil.example.com/", "_blank"));
  const other = await opened;
  await other.waitForLoadState();
  await page.evaluate(() => {
    globalThis.heard = 0;
    addEventListener("message", ({ origin }) => (globalThis.heard += Number(origin === "https://evil.example.com")));
  });
  const hasWay = await other.evaluate((origin) => {
    const target = window.opener;
    for (const id of ["a-1", "p-1"]) {
      target?.postMessage({ type: "sync-sidebar:authorization", id }, origin);
      target?.postMessage({ type: "sync-sidebar:sign-in", id, code: "evil" }, origin);
    }
    return target !== null;
  }, origin);
  expect(hasWay, "the other page can talk to the panel").toBe(true);
  await expect.poll(() => page.evaluate(() => globalThis.heard)).toBe(4);
  await other.close();
}

test("with nothing under way", async ({ mock, open, page, panel }) => {
  await open();
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  const before = mock.requests.length;
  await bombard(page);
  await stream.send("status", samples.paused);
  await expect(panel.label).toHaveText("Paused");
  expect(mock.requests).toHaveLength(before);
  await expect(panel.crash).toBeHidden();
});

test("while a person signs in at a provider", async ({ mock, open, page, panel, context }) => {
  mock.me = meWithConnections;
  mock.connections.items = [lostCrm, email];
  mock.status = statusOf(mock.connections.items);
  await open("#/connectivity");
  const card = page.getByRole("region", { name: /^CRM/ });
  const opened = page.waitForEvent("popup");
  await card.getByRole("button", { name: "Refresh", exact: true }).click();
  const window = await opened;
  await window.getByRole("heading", { name: "The provider" }).waitFor();
  await expect(card).toContainText("Waiting for your sign-in");
  await answered(mock, page);
  // Time stands still: nothing is read for another reason.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
  const reads = () => mock.asked("GET /authorizations/a-1").length;
  const before = reads();
  await bombard(page);
  await fromElsewhere(page, context, new URL(mock.url).origin);
  await expect(card).toContainText("Waiting for your sign-in");
  await expect(panel.crash).toBeHidden();
  expect(reads()).toBe(before);
  await page.clock.resume();
  // What is true is still heard.
  mock.connections.end("succeeded", { account: "robin.hale@example.com" });
  await window.goto(`${mock.url}oauth/done`).catch(() => {});
  await expect(card.locator(".since")).toHaveText("Connected");
});

test("while a person signs in to the service", async ({ mock, open, page, panel, context, watch }) => {
  watch.allowLostRequests();
  mock.organisation.name = "Larkfield ID";
  await open();
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  const window = await opened;
  await window.getByRole("heading", { name: "Larkfield ID" }).waitFor();
  const before = mock.asked("POST /session").length;
  await bombard(page);
  await fromElsewhere(page, context, new URL(mock.url).origin);
  expect(mock.asked("POST /session")).toHaveLength(before);
  await expect(panel.crash).toBeHidden();
  await window.getByRole("button", { name: "Allow", exact: true }).click().catch(() => {});
  await expect(panel.label).toHaveText("Enabled");
  const bodies = mock.asked("POST /session").map(({ body }) => body);
  expect(JSON.parse(bodies.at(-1)).code).toBe("the-code");
  expect(bodies.filter((body) => body.includes("evil"))).toEqual([]);
});
