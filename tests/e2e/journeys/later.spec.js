// The screens behind General are a module of their own, which comes when the first of them is opened.
import { expect, test } from "../fixtures/test.js";

const isLater = (request) => /\/later-[0-9a-f]{16}\.wasm$/.test(request.url());

test("General alone never asks for the later screens, and they are asked for once", async ({ open, page, panel }) => {
  const asked = [];
  page.on("request", (request) => isLater(request) && asked.push(request.url()));
  await open();
  await expect(panel.label).toHaveText("Enabled");
  expect(asked).toHaveLength(0);
  await page.getByRole("button", { name: "History" }).click();
  await expect(page.locator(".rows li").first()).toBeVisible();
  await page.getByRole("button", { name: "General" }).click();
  await page.getByRole("button", { name: "Last session details" }).click();
  await expect(page.locator(".records li").first()).toBeVisible();
  expect(asked).toHaveLength(1);
});

test("later screens that cannot be had say so, General goes on, and trying again brings them", async ({ mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  mock.scriptFile("later-", { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Gone</h1>" });
  await open("#/sessions/last");
  await expect(page.getByText("This screen could not be loaded.")).toBeVisible();
  await page.getByRole("button", { name: "Back" }).click();
  await expect(panel.label).toHaveText("Enabled");
  await page.getByRole("button", { name: "History" }).click();
  await expect(page.getByText("This screen could not be loaded.")).toBeVisible();
  mock.scriptFile("later-", undefined);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator(".rows li").first()).toBeVisible();
  await expect(panel.crash).toBeHidden();
});

test("later screens that are no wasm are no crash", async ({ mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  mock.scriptFile("later-", { status: 200, headers: { "content-type": "application/wasm" }, body: "<h1>Hello</h1>" });
  await open("#/history");
  await expect(page.getByText("This screen could not be loaded.")).toBeVisible();
  await expect(panel.crash).toBeHidden();
});

test("the later screens come with their looks, and are not shown without", async ({ mock, open, page, panel, watch }) => {
  watch.allowLostRequests();
  const asked = [];
  page.on("request", (request) => /\/(lists|history)-[0-9a-f]+\.css$/.test(request.url()) && asked.push(request.url()));
  mock.scriptFile("lists-", { status: 404, headers: { "content-type": "text/html" }, body: "<h1>Gone</h1>" });
  await open();
  await expect(panel.label).toHaveText("Enabled");
  expect(asked).toHaveLength(0);
  await page.getByRole("button", { name: "History" }).click();
  await expect(page.getByText("This screen could not be loaded.")).toBeVisible();
  mock.scriptFile("lists-", undefined);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator(".rows li").first()).toBeVisible();
  await expect(page.locator(".rows")).toHaveCSS("list-style-type", "none");
  await expect(page.locator("link[disabled]")).toHaveCount(0);
});
