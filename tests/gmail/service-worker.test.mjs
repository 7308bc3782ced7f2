// Where the extension's worker offers the panel, and what it takes from whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ID, startWorker } from "./browser.mjs";

const GMAIL = "https://mail.google.com";
const INBOX = `${GMAIL}/mail/u/0/#inbox`;
const sender = (changes) => ({ id: ID, origin: GMAIL, url: INBOX, frameId: 0, tab: { id: 7, url: INBOX }, ...changes });
const account = (address) => ({ type: "account", address });

test("the panel is off everywhere, and on in Gmail's tabs until they leave Gmail", async () => {
  const { panels, buttons, send } = startWorker();
  assert.equal(panels.get("everywhere"), null);
  await send("updated", 7, { status: "loading", url: INBOX }, { url: INBOX });
  assert.equal(panels.get(7), "panel.html");
  assert.ok(buttons.has(7));
  await send("updated", 7, { status: "loading" }, {});
  assert.equal(panels.get(7), null);
});

test("what only looks like Gmail gets no panel", async () => {
  const { panels, buttons, send } = startWorker();
  for (const url of ["https://mail.google.com.example.net/", "http://mail.google.com/", "https://mail.google.com:8443/", "https://example.com/?https://mail.google.com/"]) {
    await send("updated", 7, { status: "loading", url }, { url });
    assert.equal(panels.get(7), null, url);
  }
  assert.equal(buttons.size, 0);
});

test("tabs that were open before the extension came get the panel", async () => {
  const { panels, send } = startWorker({ tabs: [{ id: 3, url: INBOX }, { id: 4, url: "https://example.com/" }] });
  await send("installed", { reason: "install" });
  assert.equal(panels.get(3), "panel.html");
  assert.equal(panels.get(4), undefined);
});

test("a tab that is gone in the meantime is no failure", async () => {
  const { send } = startWorker();
  await send("updated", "gone", { status: "loading", url: INBOX }, { url: INBOX });
});

test("the account is kept for its tab, and follows its page", async () => {
  const { kept, send } = startWorker();
  await send("message", account("ada@example.com"), sender());
  await send("message", account("bo@example.org"), sender({ tab: { id: 8 } }));
  assert.deepEqual([...kept], [["account.7", "ada@example.com"], ["account.8", "bo@example.org"]]);
  await send("message", account("ada@example.org"), sender());
  assert.equal(kept.get("account.7"), "ada@example.org");
  await send("message", account(null), sender());
  assert.deepEqual([...kept.keys()], ["account.8"]);
});

test("the account is forgotten when its tab leaves Gmail or is gone, and not before", async () => {
  const { kept, send } = startWorker();
  await send("message", account("ada@example.com"), sender());
  await send("message", account("bo@example.org"), sender({ tab: { id: 8 } }));
  await send("updated", 7, { title: "Inbox" }, { url: INBOX });
  await send("updated", 7, { status: "complete" }, { url: INBOX });
  assert.ok(kept.has("account.7"));
  await send("updated", 7, { status: "loading" }, {});
  assert.ok(!kept.has("account.7"));
  await send("removed", 8, { isWindowClosing: false });
  assert.equal(kept.size, 0);
});

test("nobody else is listened to", async () => {
  const { kept, send } = startWorker();
  for (const changes of [
    { id: "abcdefghijklmnopabcdefghijklmnop" },
    { id: undefined },
    { origin: "https://example.com" },
    { origin: undefined },
    { origin: `chrome-extension://${ID}` },
    { url: "https://mail.google.com.example.net/" },
    { url: undefined },
    { frameId: 1 },
    { tab: undefined },
    { tab: {} },
  ]) {
    await send("message", account("eve@example.com"), sender(changes));
    assert.equal(kept.size, 0, JSON.stringify(changes));
  }
});

test("nothing but an address is taken", async () => {
  const { kept, send } = startWorker();
  for (const message of [
    undefined,
    null,
    "ada@example.com",
    { type: "other", address: "ada@example.com" },
    { address: "ada@example.com" },
    account(undefined),
    account(7),
    account({ toString: () => "ada@example.com" }),
    account("not an address"),
    account(`${"a".repeat(250)}@example.com`),
  ]) {
    assert.equal(await send("message", message, sender()), undefined);
    assert.equal(kept.size, 0, JSON.stringify(message));
  }
});
