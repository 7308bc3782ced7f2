// Another language needs more room and leaves nothing in English: every screen in a made-up one that is 40 % longer. And
// every screen with text of twice the size, as browsers let people have it.
import { layoutFaults, settled } from "../fixtures/matrix.js";
import { speak } from "../fixtures/pseudo-locale.js";
import * as samples from "../fixtures/samples.js";
import { scenes, show } from "../fixtures/scenes.js";
import { expect, test } from "../fixtures/test.js";

/** What is there before any language is, or stands for the page when nothing works any more. */
const STATIC = ["skeleton", "stopped"];
/** Names that are the same in every language. */
const NAMES = /Salesforce|Microsoft 365|Exchange|Gmail|Outlook/g;
/** Words of the browser's in its own language: days, months, ages, and the names of languages. */
const BROWSERS = /Deutsch|English|\b((Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Januar|Oktober|November|Dezember|(vor|in) \d+ (Sekunde|Minute|Stunde|Tag)e?n?)\b/g;

/** Every string in what was said on the wire, longest first. */
function strings(value, found = new Set()) {
  if (typeof value === "string" && value.length > 2) found.add(value).add(value.replaceAll("_", " ")).add(value.replace(/^mailto:/, ""));
  else if (value && typeof value === "object") for (const inner of Object.values(value)) strings(inner, found);
  return found;
}

/** Switches the language without leaving where the page is; what was open is opened again. */
async function speakIt(page) {
  const menu = page.locator("#menu");
  const choices = page.locator("#pause-choices");
  const open = { menu: await menu.isVisible(), choices: await choices.isVisible() };
  if (!open.menu) await page.locator("#menu-button").click();
  await menu.locator("[lang=de]").click();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  // Not the title: that is the product's name where nobody is signed in.
  await expect(page.locator("#panel")).toContainText("⟦");
  if (open.menu) await page.locator("#menu-button").click();
  if (open.choices) await page.locator("button[aria-controls=pause-choices]").click();
  await settled(page);
}

/** Texts and names on screen, piece by piece. */
const pieces = (page) =>
  page.evaluate(() => {
    const found = [];
    const shown = (element) => element && !element.closest("[hidden]") && element.getClientRects().length > 0;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (text.data.trim() && (shown(text.parentElement) || text.parentElement.closest(".unseen, option"))) found.push(text.data.trim());
    }
    for (const element of document.querySelectorAll("#panel [aria-label]")) if (shown(element)) found.push(element.ariaLabel);
    return [...new Set(found)];
  });

/** What of the pieces is neither in the language nor data nor the browser's. */
function untranslated(pieces, data) {
  const said = [...data].sort((one, other) => other.length - one.length);
  return pieces.filter((piece) => {
    let rest = piece.replace(BROWSERS, "").replace(/https?:\S+/, "");
    for (let depth = 0; depth < 3; depth += 1) rest = rest.replace(/⟦[^⟦⟧]*⟧/g, "");
    // Whole words of it: "force" is no part of "Salesforce".
    for (const text of said) {
      if (rest.includes(text)) rest = rest.replace(new RegExp(`(?<![a-z])${text.replace(/[^\w\s]/g, "\\$&")}(?![a-z])`, "gi"), "");
    }
    return /[a-z]{3}/i.test(rest.replace(NAMES, ""));
  });
}

for (const [name, scene] of Object.entries(scenes)) {
  if (scene.locale || STATIC.includes(name)) continue;

  test(`there is room for a longer language, and nothing is left in English: ${name}`, async ({ page, watch }) => {
    test.setTimeout(60_000);
    watch.allowLostRequests();
    const data = strings({ ...samples });
    page.on("response", async (response) => {
      if (response.url().includes("/api/")) strings(await response.json().catch(() => null), data);
    });
    const mock = await show(page, scene, speak);
    await speakIt(page);
    // What codes mean comes by a file of its own, and so a little later.
    await expect.poll(async () => untranslated(await pieces(page), data)).toEqual([]);
    const wrong = [];
    for (const width of [256, 320]) {
      await page.setViewportSize({ width, height: 760 });
      await settled(page);
      wrong.push(...(await layoutFaults(page)).map((text) => `${width} px: ${text}`));
    }
    watch.end();
    mock.stop();
    expect(wrong).toEqual([]);
  });
}

for (const [name, scene] of Object.entries(scenes)) {
  if (scene.locale) continue;

  test(`text of twice the size has room: ${name}`, async ({ page, watch }) => {
    watch.allowLostRequests();
    watch.allow(/Sync Sidebar has stopped/);
    const browser = await page.context().newCDPSession(page);
    await browser.send("Page.enable");
    await browser.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
    const mock = await show(page, scene);
    await settled(page);
    const size = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
    const faults = await layoutFaults(page);
    watch.end();
    mock.stop();
    expect(size).toBe("28px");
    expect(faults).toEqual([]);
  });
}
