// Texts of hostile or unlucky people, in every field of every answer: they stay text, and the panel stays a panel.
import { FRAGMENTS, furnish } from "../../fixtures/screens.js";
import { fill, STRINGS } from "../../fixtures/hostile.js";
import { expect, test, visit } from "../../fixtures/test.js";
import { sticking } from "../../fixtures/sticking.js";

const PLAIN = "Text";

/** Puts a text into every answer but those that let the person in. */
const filledWith = (text, all) => (body, call) =>
  call === "POST /session" || !body.startsWith("{") ? body : JSON.stringify(fill(JSON.parse(body), text, all));

/** What the screen is made of. */
const elements = (page) =>
  page.evaluate(() => {
    const count = {};
    for (const element of document.querySelectorAll("#panel *")) {
      const handlers = [...element.attributes].filter(({ name }) => /^on|^style$/.test(name) && !/--/.test(element.getAttribute(name)));
      const name = [element.tagName, ...handlers.map(({ name }) => name)].join(" ");
      count[name] = (count[name] ?? 0) + 1;
    }
    return count;
  });

/** What the screen is made of when nothing more comes. */
async function settled(page) {
  let before;
  const isSame = async () => {
    const last = before;
    before = JSON.stringify(await elements(page));
    return before === last;
  };
  await expect.poll(isSame, { intervals: [300] }).toBe(true);
  return JSON.parse(before);
}

const FOREIGN = /^(B|IMG|SCRIPT|SVG|IFRAME|OBJECT|EMBED|STYLE|LINK|MATH|FORM \w+)\b| on/;

for (const all of [false, true]) {
  const where = all ? "every field, the contract's own words and addresses too" : "every field that people write";
  for (const [name, text] of Object.entries(STRINGS)) {
    test(`${name}, in ${where}: it is text, and every screen is there`, async ({ mock, open, page, panel, watch }) => {
      test.setTimeout(90_000);
      // What the contract does not allow may be refused, and an address that is none leads to nothing.
      if (all) watch.allowLostRequests();
      furnish(mock);
      mock.rewrite = filledWith(text, all);
      await open();
      await expect(panel.heading).toBeVisible();
      for (const fragment of FRAGMENTS) {
        await visit(page, fragment);
        const found = await elements(page);
        expect(Object.keys(found).filter((element) => FOREIGN.test(element)), fragment).toEqual([]);
        expect(await sticking(page), `${name} at ${fragment}`).toEqual([]);
        expect((await panel.root.innerText()).trim(), fragment).not.toBe("");
        await expect(panel.crash).toBeHidden();
      }
      expect(await page.evaluate(() => globalThis.hacked)).toBeUndefined();
    });
  }
}

test("markup makes no element more than any other text", async ({ mock, open, page, panel }) => {
  furnish(mock);
  const plain = {};
  for (const text of [PLAIN, STRINGS.markup, STRINGS.attributes]) {
    mock.rewrite = filledWith(text, false);
    await open();
    for (const fragment of FRAGMENTS) {
      await visit(page, fragment);
      if (text === PLAIN) plain[fragment] = await settled(page);
      else await expect.poll(() => elements(page), fragment).toEqual(plain[fragment]);
    }
  }
});

test("a text by event is text, too", async ({ mock, open, page, panel }) => {
  furnish(mock);
  await open();
  const stream = await mock.stream();
  for (const [name, text] of Object.entries(STRINGS)) {
    await stream.send("status", fill({ ...mock.status, state: "disabled" }, text));
    await stream.send("session", fill(mock.status.last_attempt, text));
    await stream.send("connection", fill(mock.connections.items[0], text));
    await stream.send("status", { ...mock.status, scope: { ...mock.status.scope, total: 1_000 + Object.keys(STRINGS).indexOf(name) } });
    await expect(page.locator(".amount")).toContainText(`1,00${Object.keys(STRINGS).indexOf(name)}`);
    expect(Object.keys(await elements(page)).filter((element) => FOREIGN.test(element))).toEqual([]);
    await expect(panel.crash).toBeHidden();
  }
  expect(await page.evaluate(() => globalThis.hacked)).toBeUndefined();
});

for (const name of ["bidi", "rtl"]) {
  test(`a name with ${name} does not turn the sentence around it`, async ({ mock, open, page, watch }) => {
    watch.allowLostRequests();
    mock.organisation.name = name === "bidi" ? "\u202egnp.exe" : STRINGS.rtl;
    await open();
    const sentence = page.locator(".entrance p");
    await expect(sentence).toContainText("to see how your sync stands.");
    const runs = await sentence.evaluate((paragraph) => {
      const node = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT).nextNode();
      const box = (text, at) => {
        const range = document.createRange();
        const start = node.data.indexOf(text) + at;
        range.setStart(node, start);
        range.setEnd(node, start + 1);
        return range.getBoundingClientRect();
      };
      // The first and the last letter of a word of the sentence, behind the name.
      return ["stands", "how", "Sign"].map((word) => box(word, word.length - 1).left > box(word, 0).left);
    });
    expect(runs).toEqual([true, true, true]);
  });
}
