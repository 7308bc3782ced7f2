// For everybody: whatever the eyes, the hands, the language, the width, and whatever breaks.
import AxeBuilder from "@axe-core/playwright";
import { longName, states as told } from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

const button = (page, name) => page.getByRole("button", { name, exact: true });

const screens = {
  general: async (page) => expect(page.locator(".status")).toContainText("Enabled"),
  "pause choices": async (page) => {
    await button(page, "Pause").click();
    await expect(button(page, "Until tomorrow")).toBeVisible();
  },
  menu: async (page) => {
    await button(page, "Menu").click();
    await expect(button(page, "Sign out")).toBeVisible();
  },
  "last session": async (page) => {
    await button(page, "Last session details").click();
    await expect(page.locator("table")).toBeVisible();
  },
  paused: async (page) => {
    await button(page, "Pause").click();
    await button(page, "Until I start it").click();
    await expect(page.locator(".status")).toContainText("Paused");
  },
  about: async (page) => {
    await button(page, "Menu").click();
    await button(page, "About").click();
    await expect(page.getByText("Mailbox folder")).toBeVisible();
  },
  "signed out": async (page) => {
    await button(page, "Menu").click();
    await button(page, "Sign out").click();
    await expect(button(page, "Sign in")).toBeVisible();
  },
};

/** axe finds nothing in light, dark and forced colours, and nothing scrolls sideways from 256 px up. */
async function audit(page) {
  for (const look of [{ colorScheme: "light" }, { colorScheme: "dark" }, { forcedColors: "active" }]) {
    await page.emulateMedia({ forcedColors: "none", ...look });
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
    expect(found, JSON.stringify(look)).toEqual([]);
  }
  for (const width of [256, 320, 480]) {
    await page.setViewportSize({ width, height: 720 });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sideways, `at ${width} px`).toBeLessThanOrEqual(0);
  }
}

for (const [name, open] of Object.entries(screens)) {
  test(`axe finds nothing on ${name}, and nothing scrolls sideways`, async ({ service, page }) => {
    await page.goto(service.url);
    await expect(page.locator(".status")).toContainText("6 records");
    await open(page);
    await audit(page);
  });
}

test("everything works by keyboard", async ({ service, page }) => {
  await page.goto(service.url);
  await screens.general(page);
  await page.keyboard.press("Tab");
  await expect(button(page, "Menu")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(button(page, "Sync settings")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button(page, "Menu")).toBeFocused();
  await expect(page.locator("#menu")).toBeHidden();
  await page.keyboard.press("Tab");
  await expect(button(page, "Force sync")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(button(page, "Pause")).toBeFocused();
  await page.keyboard.press("Space");
  await expect(button(page, "Until I start it")).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(button(page, "Until I start it")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator(".status")).toContainText("Paused");
  await button(page, "Start").focus();
  await page.keyboard.press("Enter");
  await screens.general(page);
});

test.describe("in German", () => {
  test.use({ locale: "de-AT" });
  test("a German browser gets German, and may have English", async ({ service, page }) => {
    await page.goto(service.url);
    await expect(button(page, "Jetzt abgleichen")).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
    await button(page, "Menü").click();
    await button(page, "English").click();
    await expect(button(page, "Force sync")).toBeVisible();
    await page.reload();
    await expect(button(page, "Force sync")).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });
});

test("an English browser loads no other language", async ({ service, page }) => {
  const loaded = [];
  page.on("request", (request) => loaded.push(request.url()));
  await page.goto(service.url);
  await screens.general(page);
  expect(loaded.filter((url) => url.includes("locales"))).toEqual([]);
});

test("the page is painted before the wasm arrives, and nothing jumps when it does", async ({ service, page }) => {
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(service.url, { waitUntil: "commit" });
  await expect(page.locator("#skeleton .status")).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  const tops = () => page.locator("main > .card, main > .actions").evaluateAll((boxes) =>
    boxes.filter((box) => box.offsetParent).slice(0, 2).map((box) => Math.round(box.getBoundingClientRect().top)));
  const before = await tops();
  go();
  await screens.general(page);
  const after = await tops();
  expect(after[0]).toBe(before[0]);
});

for (const [name, status] of Object.entries(told)) {
  test(`the state "${name}" is for everybody, at every width`, async ({ mock, open, page }) => {
    mock.status = { ...status, reason: status.reason && { ...status.reason, title: longName } };
    await open();
    await expect(page.locator("main .status:not(.loading)")).toBeVisible();
    await audit(page);
  });
}
