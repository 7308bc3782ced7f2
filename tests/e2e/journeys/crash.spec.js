// When the panel itself fails: a notice and a way on, never a blank or frozen panel.
import * as samples from "../fixtures/samples.js";
import { expect, test } from "../fixtures/test.js";

test("a panic leaves a notice, and its button brings the panel back", async ({ mock, open, panel, page, watch }) => {
  watch.allow(/Sync Sidebar has stopped/);
  watch.allow(/page error: .*(unreachable|already (mutably )?borrowed)/s);
  await open();
  const stream = await mock.stream();
  await expect(panel.label).toHaveText("Enabled");
  // An address that changes in the middle of drawing enters the panel while it holds what it draws.
  await page.evaluate(() => {
    const format = (number) => {
      dispatchEvent(new Event("hashchange"));
      return String(number);
    };
    Object.defineProperty(Intl.NumberFormat.prototype, "format", { configurable: true, get: () => format });
  });
  await stream.send("status", { ...samples.paused, scope: { ...samples.good.scope, total: 39 } });
  await expect(panel.crash).toBeVisible();
  await expect(panel.crash).toContainText("This panel has stopped.");
  await expect(panel.crash).toContainText("Your sync goes on without it.");
  // The console tells where in the wasm, which `tools/bytes.mjs --at` puts into words.
  expect(watch.errors.some((error) => /has stopped[^]*unreachable[^]*\.wasm:wasm-function\[\d+\]:0x/.test(error))).toBe(true);
  await expect(panel.root).toHaveAttribute("inert", "");
  mock.status = samples.paused;
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(panel.label).toHaveText("Paused");
  await expect(panel.crash).toBeHidden();
});

for (const [name, part] of [
  ["wasm", "_bg.wasm"],
  ["script", "sync-sidebar-"],
]) {
  test(`a ${name} that cannot be had leaves a notice, and its button tries again`, async ({ mock, panel, page, watch }) => {
    watch.allow(/Sync Sidebar has stopped/);
    watch.allowLostRequests();
    mock.scriptFile(part, { status: 404, headers: { "content-type": "text/html" }, body: "" });
    await page.goto(mock.url);
    await expect(panel.crash).toBeVisible();
    await expect(panel.crash).toContainText("Reload the panel");
    mock.scriptFile(part, undefined);
    await page.getByRole("button", { name: "Reload" }).click();
    await expect(panel.label).toHaveText("Enabled");
    await expect(panel.crash).toBeHidden();
  });
}

test("a wasm that is no wasm leaves a notice", async ({ mock, panel, page, watch }) => {
  watch.allow(/Sync Sidebar has stopped/);
  mock.scriptFile("_bg.wasm", { status: 200, headers: { "content-type": "application/wasm" }, body: "<h1>Hello</h1>" });
  await page.goto(mock.url);
  await expect(panel.crash).toBeVisible();
});
