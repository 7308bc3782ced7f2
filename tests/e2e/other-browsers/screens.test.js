// The screens behind General, the sign-in's windows, languages, the keyboard, and Outlook's page.
import assert from "node:assert/strict";
import { Key } from "selenium-webdriver";
import { lostCrm, email, meWithConnections, statusOf } from "../fixtures/connections.js";
import { meWithIssues, meWithItems } from "../fixtures/issues.js";
import { dark, officeStub } from "../fixtures/office-stub.js";
import * as samples from "../fixtures/samples.js";
import { mocked, until } from "./panel.js";
import { inEachBrowser } from "./setting.js";

const LABEL = ".card.status .label";
const TITLE = "#panel h1";

/** What is wider than its place, as `fixtures/sticking.js` has it. */
const STICKING = `const root = document.documentElement;
  const wide = [...document.querySelectorAll("#panel *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && !one.closest(".unseen") && (box.right > root.clientWidth + 0.5 || box.left < -0.5);
  });
  return [root.scrollWidth > root.clientWidth ? "the page scrolls sideways" : "", ...wide.map((one) => one.outerHTML.slice(0, 120))].filter(Boolean)`;

inEachBrowser((journey) => {
  const at = (name, run, more) =>
    journey(name, async (panel, setting) => {
      const mock = await mocked(more);
      setting.context.after(() => mock.stop());
      await run(panel, mock, setting);
    });

  at("a session's page: what it did, the one before, and the way back", async (panel, mock) => {
    mock.sessions["s-6"] = { ...samples.details, summary: { ...samples.summary, id: "s-6" }, previous: null, next: "s-7" };
    await panel.open(mock.url);
    await panel.press("Last session details");
    await panel.says(TITLE, "Last session details");
    await panel.says(LABEL, "Succeeded with issues");
    await panel.sees(".records li", 3);
    assert.deepEqual((await panel.texts("tbody td")).slice(0, 5), ["10", "1", "0", "0", "3"]);
    await panel.press("Previous");
    await panel.says(TITLE, "Session details");
    await panel.says(LABEL, "Succeeded");
    assert.match(await panel.web.getCurrentUrl(), /#\/sessions\/s-6$/);
    await panel.web.navigate().back();
    await panel.says(TITLE, "Last session details");
    await panel.press("Back");
    await panel.says(TITLE, "Sync settings");
  });

  at("issues: causes, filters, a search, and a long list of which only the rows in view are drawn", async (panel, mock) => {
    mock.me = meWithIssues;
    mock.issues.count = 500;
    await panel.open(`${mock.url}#/issues`, ".rows li:not(.unread)");
    await panel.sees(".causes li", 3);
    const last = async () => Number(await panel.evaluate("return [...document.querySelectorAll('.rows li')].at(-1).getAttribute('aria-posinset')"));
    const seen = new Set();
    await until(async () => {
      await panel.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      seen.add(await last());
      assert.ok((await last()) > 120, `the list ends at ${await last()}`);
    });
    assert.ok(seen.size > 1, "it came in parts");
    assert.ok((await panel.evaluate("return document.querySelectorAll('.rows li').length")) < 60);
    await panel.evaluate("scrollTo(0, 0)");
    await panel.says(".rows li:not(.unread) strong", /^Ana Example 0$/);
  });

  at("issues: filters and a search narrow the list, and one is opened, muted and left", async (panel, mock) => {
    mock.me = meWithIssues;
    mock.issues.count = 30;
    await panel.open(`${mock.url}#/issues`, ".rows li:not(.unread)");
    await panel.choose("Type", "Events");
    await panel.says("h2#records", /^10 records/);
    await panel.press("Clear filters");
    await panel.says("h2#records", /^30 records/);
    await panel.type("Search names and messages", "example 7");
    await panel.says("h2#records", /^1 record\b/);
    await panel.pressFirst(".rows li:not(.unread) button");
    await panel.says(TITLE, "Issue");
    await panel.press("Mute");
    await mock.asking("POST /issues/i-7/mute");
    await panel.says(".status .hint", /^Muted/);
    await panel.press("Back");
    await panel.says(TITLE, "Sync settings");
  });

  at("history: the chart, a filter, and a row that opens", async (panel, mock) => {
    mock.me = samples.ableMe;
    await panel.open(`${mock.url}#/history`, ".rows li:not(.unread)");
    await panel.sees(".bars i", 50);
    assert.ok((await panel.evaluate("return document.querySelector('.bars i').getBoundingClientRect().height")) > 0);
    await panel.choose("Outcome", "Failed");
    await panel.says(".rows li:not(.unread) strong", /^Failed/);
    await panel.pressFirst(".rows li:not(.unread) button");
    await panel.says(LABEL, "Failed");
    await panel.press("Back");
    await panel.says(".rows li:not(.unread) strong", /^Failed/);
  });

  at("access that was lost comes back by a sign-in in a window", async (panel, mock, { web }) => {
    mock.me = meWithConnections;
    mock.connections.items = [lostCrm, email];
    mock.status = statusOf([lostCrm, email]);
    await panel.open(mock.url);
    await panel.press("My connectivity", ".card.status");
    await panel.says(".connection .since", "Disconnected");
    const before = await web.getAllWindowHandles();
    await panel.press("Refresh", ".connection:nth-child(1)");
    await panel.other(before);
    await panel.says("h1", "The provider");
    mock.connections.end("succeeded", { account: "robin.hale@example.com" });
    await web.get(`${mock.url}oauth/done`).catch(() => {});
    await until(async () => assert.deepEqual(await web.getAllWindowHandles(), before));
    await web.switchTo().window(before[0]);
    await panel.says(".connection .banner strong", "Connected");
    await panel.says(".connection .since", "Connected");
    assert.equal(mock.asked("POST /connections/crm/authorize").length, 1);
  });

  at("a sign-in to the service: the provider's window, and the status", async (panel, mock, { web }) => {
    mock.organisation.name = "Larkfield ID";
    await panel.open(mock.url);
    await panel.says(".entrance p", "Sign in at Larkfield ID to see how your sync stands.");
    const before = await web.getAllWindowHandles();
    await panel.press("Sign in");
    await panel.other(before);
    await panel.says("h1", "Larkfield ID");
    await (await web.findElement({ xpath: '//button[. = "Allow"]' })).click();
    await until(async () => assert.deepEqual(await web.getAllWindowHandles(), before));
    await web.switchTo().window(before[0]);
    await panel.says(LABEL, "Enabled");
  });

  at("another language is one press away, and kept", async (panel, mock) => {
    await panel.open(mock.url);
    await panel.says(LABEL, "Enabled");
    await panel.press("Menu");
    await panel.press("Deutsch");
    await panel.says(TITLE, "Sync-Einstellungen");
    await panel.says(LABEL, "Aktiv");
    await panel.says(".amount", "38 von 10.000");
    await panel.open(mock.url);
    await panel.says(TITLE, "Sync-Einstellungen");
    await panel.press("Menü");
    await panel.press("English");
    await panel.says(TITLE, "Sync settings");
  });

  at("the keyboard alone: the menu, Pause with its choices, a page and back, with the focus always in sight", async (panel, mock) => {
    await panel.open(mock.url);
    const stream = await mock.stream();
    await panel.control("Force sync");
    await panel.keys(Key.TAB);
    const sees = (name) => until(async () => assert.deepEqual(await panel.focus(), { name, ring: true }));
    await sees("Menu");
    await panel.keys(Key.ENTER);
    await sees("Sync settings");
    await panel.keys(Key.ESCAPE);
    await sees("Menu");
    const order = ["General", "History", "Force sync", "Pause"];
    for (const name of order) {
      await panel.keys(Key.TAB);
      await sees(name);
    }
    await panel.control("Pause");
    await panel.keys(Key.SPACE);
    await panel.sees("#pause-choices");
    await panel.keys(Key.TAB);
    await sees("Until I start it");
    mock.status = samples.paused;
    await panel.keys(Key.ENTER);
    await mock.asking("POST /sync/pause");
    await stream.send("status", samples.paused);
    await panel.says(LABEL, "Paused");
    await sees("Start");
    await panel.keys(Key.TAB);
    await sees("Last session details");
    await panel.keys(Key.ENTER);
    await panel.says(TITLE, "Last session details");
    await panel.focuses("Last session details");
    await panel.tabBack();
    await sees("Back");
    await panel.keys(Key.ENTER);
    await panel.says(TITLE, "Sync settings");
    await panel.focuses("Sync settings");
  });

  at("the live region tells changes", async (panel, mock) => {
    await panel.open(mock.url);
    const stream = await mock.stream();
    const said = () => panel.evaluate("return document.querySelector('#panel [role=status]').textContent");
    await panel.says(LABEL, "Enabled");
    await stream.send("status", samples.running);
    await until(async () => assert.equal(await said(), "Running"));
    await stream.send("status", samples.paused);
    await until(async () => assert.equal(await said(), "Paused"));
  });

  at("what goes wrong is heard, and the policy is kept: a script in the page does not run", async (panel, mock) => {
    await panel.open(mock.url);
    // Where there are Trusted Types they refuse the text before the policy for scripts is asked.
    await panel.evaluate("try { document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' })) } catch {}");
    await until(async () => assert.match((await panel.heard()).join(), /violation: (script-src|require-trusted-types-for)/));
    assert.equal(await panel.evaluate("return globalThis.ran ?? false"), false);
    await panel.evaluate("sessionStorage.removeItem('heard')");
  });

  const FRAME = (width) => `<!doctype html><html lang="en"><title>Mail</title><iframe title="Panel" width="${width}" height="560" src="/outlook.html"></iframe>`;
  const message = { itemType: "message", internetMessageId: "<synced@example.com>" };

  for (const width of [256, 320]) {
    at(`Outlook's page in a frame of ${width} pixels: dark as Outlook is, beside a message, and nothing scrolls sideways`, async (panel, mock, { web }) => {
      mock.me = { ...meWithItems, capabilities: [...new Set([...meWithItems.capabilities, ...samples.ableMe.capabilities, ...meWithConnections.capabilities])] };
      mock.issues.count = 4;
      mock.status = samples.issues;
      mock.scriptFile("/frame.html", { status: 200, headers: { "content-type": "text/html" }, body: FRAME(width) });
      await panel.open(`${mock.url}frame.html`, "iframe");
      const there = "return document.querySelector('iframe').contentDocument?.querySelector('#panel h1') != null";
      await until(async () => assert.ok(await panel.evaluate(there), "the frame's page has not come"));
      await web.switchTo().frame(await web.findElement({ css: "iframe" }));
      await panel.says(LABEL, "Enabled");
      await panel.sees(".card.item .name");
      await panel.says(".card.item .name", "Lunch on Thursday");
      assert.equal(await panel.evaluate("return getComputedStyle(document.documentElement).backgroundColor"), "rgb(31, 31, 31)");
      const ways = [
        [["Issues (4)"], ".rows li:not(.unread)"],
        [["History"], ".rows li:not(.unread)"],
        [["General", "Last session details"], ".records li"],
        [["Back", "Activity"], ".entries li"],
        [["Menu", "My connectivity"], ".connection"],
        [["Menu", "Support report"], ".report .card"],
        [["Menu", "About"], ".pairs"],
        [["Menu", "Sync settings"], "#state"],
      ];
      for (const [way, sign] of ways) {
        for (const name of way) await panel.press(name);
        await panel.sees(sign);
        assert.deepEqual(await panel.evaluate(STICKING), [], way.join());
      }
      await panel.evaluate("outlook.select({ itemType: 'message', internetMessageId: '<failed@example.com>' })");
      await panel.says(".card.item .name", "Project plan");
      assert.deepEqual((await panel.heard()), []);
      await web.switchTo().defaultContent();
    }, { office: officeStub({ officeTheme: dark, item: message }) });
  }
});
