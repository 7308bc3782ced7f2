// What Gmail's title tells about the account.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createContext, runInContext } from "node:vm";

const gmail = new URL("../../gmail/", import.meta.url);
const context = createContext({});
runInContext(readFileSync(new URL("account.js", gmail), "utf8"), context);
const accountInTitle = (title) => runInContext(`accountInTitle(${JSON.stringify(title)})`, context);

test("the address before the product's name is the account", () => {
  for (const [title, address] of [
    ["Inbox - ada@example.com - Gmail", "ada@example.com"],
    ["Inbox (1,204) - ada@example.com - Gmail", "ada@example.com"],
    ["Posteingang (3) - ada.larkfield+crm@mail.example.org - Gmail", "ada.larkfield+crm@mail.example.org"],
    ["Compose Mail - ada@example.com - Gmail", "ada@example.com"],
    ["受信トレイ - ada@bücher.example - Gmail", "ada@bücher.example"],
    ["Inbox - ada@example.com - Larkfield Mills Mail", "ada@example.com"],
    ["Inbox - ada@example.com - Larkfield - Mills Mail", "ada@example.com"],
  ]) {
    assert.equal(accountInTitle(title), address, title);
  }
});

test("an address in a subject is not taken for the account's", () => {
  assert.equal(accountInTitle("Write to - bo@example.net - Gmail - ada@example.com - Gmail"), "ada@example.com");
  assert.equal(accountInTitle("Ask bo@example.net - ada@example.com - Gmail"), "ada@example.com");
});

test("a title without an address names no account", () => {
  for (const title of [
    "",
    "Gmail",
    "Inbox - Gmail",
    "ada@example.com",
    "Inbox - ada@example - Gmail",
    "Inbox - ada@@example.com - Gmail",
    "Inbox - <b>ada@example.com</b> - Gmail",
    "Bo says: hello ada@example.com - Gmail",
    `Inbox - ${"a".repeat(250)}@example.com - Gmail`,
  ]) {
    assert.equal(accountInTitle(title), null, title);
  }
});
