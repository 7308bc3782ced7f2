// The first visit, every state, the stream, the controls, and what goes wrong on the way.
import assert from "node:assert/strict";
import { html, problem } from "../fixtures/mock.js";
import * as samples from "../fixtures/samples.js";
import { cases } from "../fixtures/status-cases.js";
import { mocked, until } from "./panel.js";
import { inEachBrowser } from "./setting.js";

const LABEL = ".card.status .label";
const SUMMARY = ".card.status .summary";

inEachBrowser((journey) => {
  /** A journey at a mock of its own. */
  const at = (name, run, more) =>
    journey(name, async (panel, setting) => {
      const mock = await mocked();
      setting.context.after(() => mock.stop());
      await run(panel, mock, setting);
    }, more);

  at("the first visit shows the status, and asks once for each thing", async (panel, mock) => {
    await panel.open(mock.url);
    await panel.says(LABEL, "Enabled");
    await panel.says(SUMMARY, "Everything was in sync 2 minutes ago.");
    await panel.says(".amount", "38 of 10,000");
    await mock.stream();
    for (const call of ["POST /session", "GET /sync", "GET /me", "GET /sync/events"]) assert.equal(mock.asked(call).length, 1, call);
    const style = await panel.evaluate("return getComputedStyle(document.querySelector('.card.status')).borderInlineStartColor");
    assert.equal(style, "rgb(14, 112, 14)");
    await panel.misses("#crash");
    await panel.misses("#skeleton");
  });

  at("each state is told in its words, as the stream brings it", async (panel, mock) => {
    await panel.open(mock.url);
    const stream = await mock.stream();
    for (const [name, { label, tone, summary, step }] of Object.entries(cases)) {
      await stream.send("status", samples.states[name]);
      await panel.says(SUMMARY, name === "pausedUntil" ? /^No automatic sessions until .*11:59/ : summary);
      await panel.says(LABEL, label);
      await panel.sees(`.card.status.${tone}`);
      if (step) await panel.says(".card.status .step", step);
      else await panel.misses(".card.status .step");
    }
    assert.equal(mock.asked("GET /sync").length, 1);
  });

  at("the stream is followed: progress, counts, a gap, and an end", async (panel, mock) => {
    mock.status = samples.running;
    await panel.open(mock.url);
    const stream = await mock.stream();
    await panel.says(SUMMARY, "Writing to the CRM: 12 of 38");
    await stream.send("progress", { ...samples.running.running, done: 30 }, "e-1");
    await panel.says(SUMMARY, "Writing to the CRM: 30 of 38");
    assert.equal(await panel.evaluate("return document.querySelector('progress').value"), 30);
    mock.status = samples.paused;
    await stream.send("reset", {}, "e-2");
    await panel.says(LABEL, "Paused");
    assert.equal(mock.asked("GET /sync").length, 2);
    stream.end();
    const second = await mock.stream(2);
    assert.equal(second.lastEventId, "e-2");
    await second.send("status", samples.good);
    await panel.says(LABEL, "Enabled");
  });

  at("Force sync, Pause with its choices, and Start: one press, one command", async (panel, mock) => {
    await panel.open(mock.url);
    const stream = await mock.stream();
    await panel.press("Force sync");
    await mock.asking("POST /sync/force");
    await panel.press("Pause");
    mock.status = samples.pausedUntil;
    await panel.press("For 1 hour");
    await mock.asking("POST /sync/pause");
    assert.ok(JSON.parse(mock.asked("POST /sync/pause")[0].body).until);
    await stream.send("status", samples.pausedUntil);
    await panel.says(LABEL, "Paused");
    await panel.says("#action-hint", "Paused: press Start first.");
    mock.status = samples.good;
    await panel.press("Start");
    await mock.asking("POST /sync/start");
    await panel.says(LABEL, "Enabled");
    for (const call of ["force", "pause", "start"]) {
      const asked = mock.asked(`POST /sync/${call}`);
      assert.equal(asked.length, 1, call);
      assert.match(asked[0].headers["idempotency-key"], /./);
    }
  });

  at("a refused command is told, and can be taken away", async (panel, mock) => {
    mock.script("POST /sync/force", problem(409, "already_running"));
    await panel.open(mock.url);
    await panel.press("Force sync");
    await panel.sees(".banner .quiet");
    await panel.press("Dismiss");
    await panel.misses(".banner .quiet");
  });

  at("a service that is away is no failed sync, and its return is noticed", async (panel, mock) => {
    await panel.open(mock.url);
    const stream = await mock.stream();
    await panel.says(LABEL, "Enabled");
    mock.script("GET /sync", html(502, { "retry-after": "1" }));
    mock.script("GET /sync/events", html(502, { "retry-after": "1" }));
    stream.destroy();
    await panel.sees("main > .banner.warning");
    await panel.says(".card.status .since", /^last known /);
    await panel.sees(".card.status.unknown");
    mock.unscript("GET /sync");
    mock.unscript("GET /sync/events");
    await panel.misses("main > .banner.warning");
    await panel.says(".card.status .since", /^since /);
  });

  at("a token that is taken no more is renewed, once", async (panel, mock) => {
    await panel.open(mock.url);
    const stream = await mock.stream();
    mock.forgetTokens();
    await stream.send("reset", {});
    await until(() => assert.equal(mock.asked("POST /session").length, 2));
    await mock.stream(2);
    await panel.says(LABEL, "Enabled");
    assert.equal(mock.asked("POST /session").length, 2);
  });

  at("the screens behind General come when the first of them is opened, and say so when they cannot", async (panel, mock) => {
    const asked = () => panel.evaluate("return performance.getEntriesByType('resource').filter(({ name }) => name.includes('/later-')).length");
    mock.scriptFile("later-", { status: 404, headers: { "content-type": "text/html" }, body: "" });
    await panel.open(mock.url);
    await panel.says(LABEL, "Enabled");
    assert.equal(await asked(), 0);
    await panel.press("Last session details");
    await panel.says("main", /This screen could not be loaded\./);
    mock.scriptFile("later-", undefined);
    await panel.press("Try again");
    await panel.sees(".records li", 3);
  });

  at("a panel that cannot start says so", async (panel, mock) => {
    mock.scriptFile("_bg.wasm", { status: 404, headers: {}, body: "" });
    await panel.open(mock.url, "#crash h1");
    await panel.says("#crash h1", "This panel has stopped.");
    mock.scriptFile("_bg.wasm", undefined);
    await panel.pressFirst("#reload");
    await panel.says(LABEL, "Enabled");
  }, { allowed: [/Sync Sidebar has stopped/] });
});
