// What the other journeys rely on: a violation of a page's policy is heard of wherever it is, and fails the journey.
import http from "node:http";
import { once } from "node:events";
import { expect, test as base } from "../fixtures/test.js";

const POLICY = "style-src *";

const test = base.extend({
  /** Pages that break their own policy: `/` at once, `/frame` by what is in a frame of another site. */
  site: async ({}, use) => {
    const server = http.createServer((request, response) => {
      const { port } = server.address();
      const body = request.url === "/frame" ? `<iframe src="http://localhost:${port}/"></iframe>` : "<p style='color: red'>";
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": POLICY });
      response.end(`<!doctype html><link rel=icon href="data:,">${body}`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await use(`http://127.0.0.1:${server.address().port}`);
    server.closeAllConnections();
    server.close();
  },
});

/** Brings a violation about, expects that the journey would fail by it, and takes it for expected then. */
async function fails(watch, violate) {
  await violate();
  // By the page's own event, and by the browser's console, whatever becomes of the other.
  for (const found of [/^CSP violation: style-src-attr inline/, /^(?!CSP violation).*Content Security Policy/]) {
    await expect.poll(() => watch.unexpected()).toContainEqual(expect.stringMatching(found));
  }
  watch.allow(/./);
  expect(watch.unexpected(), "no journey can allow it").not.toEqual([]);
  watch.expectViolation(/style-src-attr|inline style/);
}

test("a violation in a page is heard of", async ({ watch, page, site }) => {
  await fails(watch, () => page.goto(site));
});

test("a violation in a frame of another site is heard of", async ({ watch, page, site }) => {
  await fails(watch, () => page.goto(`${site}/frame`));
});

test("a violation in a pop-up is heard of", async ({ watch, page, site }) => {
  await fails(watch, () => page.evaluate((url) => void open(url), site));
});

test("a violation in a context of the journey's own is heard of", async ({ watch, browser, site }) => {
  await fails(watch, async () => (await (await browser.newContext()).newPage()).goto(site));
});

test("a violation in a page of the browser's own context is heard of", async ({ watch, browser, site }) => {
  await fails(watch, async () => (await browser.newPage()).goto(site));
});

test.fail("a violation in a frame fails the journey", async ({ watch, page, site }) => {
  await page.goto(`${site}/frame`);
  await expect.poll(() => watch.errors.length).toBeGreaterThan(1);
});
