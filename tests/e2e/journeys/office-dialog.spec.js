// The pages of a sign-in in a window that Office has opened, as the service sends them. Office's script is a stand-in that
// takes `history` away, as the real one does; what it is told is read from it.
import { createHash } from "node:crypto";
import { people, test } from "../fixtures/organisation-test.js";
import { expect } from "../fixtures/test.js";

const OFFICE = "https://appsforoffice.microsoft.com/lib/1/hosted/office.js";
const VERIFIER = "a-verifier-of-a-panel-in-outlook-0123456789abcdef";

const STAND_IN = `
  history.pushState = history.replaceState = null;
  window.alert = () => { throw new Error("not supported"); };
  const told = (...what) => sessionStorage.setItem("told", JSON.stringify(what));
  window.Office = {
    context: { ui: { messageParent: told } },
    onReady: async () => { sessionStorage.setItem("ready", Number(sessionStorage.getItem("ready") ?? 0) + 1); return { host: "Outlook" }; },
  };
`;
const OUTSIDE = "window.Office = { context: {}, onReady: async () => ({ host: null }) };";
const SILENT = "window.Office = { onReady: () => new Promise(() => {}) };";

const serve = (page, body) => page.route(OFFICE, (route) => route.fulfill({ contentType: "text/javascript", body }));
const unanswered = (page) => page.getByRole("alert").filter({ hasText: "allow appsforoffice.microsoft.com" });

/** Begins a sign-in as a panel in Outlook does, and opens its window. */
async function open(service, page) {
  const origin = new URL(service.url).origin;
  const challenge = createHash("sha256").update(VERIFIER).digest("base64url");
  const begun = await page.request.post(`${service.url}api/v1/session/sign-ins`, {
    headers: { origin, "sync-sidebar": "1" },
    data: { challenge, hand_over: "office_dialog" },
  });
  const { id, url } = await begun.json();
  await page.goto(`${url}?_host_Info=Outlook$Web$16.01`);
  return { id, origin };
}

const choose = (page, who) => page.getByRole("link", { name: people[who]?.name ?? "Refuse" }).click();
const told = (page) => page.evaluate(() => JSON.parse(sessionStorage.getItem("told")));

test("Office is asked first, and is handed the code for one origin at the end", async ({ service, page }) => {
  await serve(page, STAND_IN);
  const { id, origin } = await open(service, page);
  await choose(page, "ada");
  await expect(page.getByRole("heading", { name: "You are signed in" })).toBeVisible();
  await expect.poll(() => told(page)).not.toBeNull();
  const [text, options] = await told(page);
  const { code, ...message } = JSON.parse(text);
  expect(message).toEqual({ type: "sync-sidebar:sign-in", id });
  expect(options).toEqual({ targetOrigin: origin });
  expect(await page.evaluate(() => sessionStorage.getItem("ready"))).toBe("2");
  // Neither the provider's code nor the own one stays in the page or its address.
  expect(page.url()).toBe(`${origin}/sign-in/done`);
  expect(await page.content()).not.toContain(code);
  await expect(unanswered(page)).toBeHidden();
  const redeemed = await page.request.post(`${service.url}api/v1/session`, {
    headers: { origin, "sync-sidebar": "1" },
    data: { grant: "code", code, verifier: VERIFIER },
  });
  expect(redeemed.status()).toBe(200);
});

test("what went wrong is handed over, and stays to be read", async ({ service, page }) => {
  await serve(page, STAND_IN);
  const { id, origin } = await open(service, page);
  await choose(page, "refuse");
  await expect(page.getByRole("heading", { name: "You did not sign in" })).toBeVisible();
  await expect.poll(() => told(page)).toEqual([
    JSON.stringify({ type: "sync-sidebar:sign-in", id, error: "refused" }),
    { targetOrigin: origin },
  ]);
});

test("a network that lets Microsoft's script through nowhere is told at once", async ({ service, page, watch }) => {
  watch.allowLostRequests();
  await page.route(OFFICE, (route) => route.abort());
  await open(service, page);
  await expect(unanswered(page)).toBeVisible();
});

for (const [name, answer] of [
  ["a script that never comes", () => {}],
  ["an Office that never answers", (route) => route.fulfill({ contentType: "text/javascript", body: SILENT })],
]) {
  test(`${name} is told after some seconds`, async ({ service, page }) => {
    await page.clock.install();
    await page.route(OFFICE, answer);
    const opened = open(service, page).catch(() => {});
    await expect(page.getByText("Outlook is being asked.")).toBeVisible();
    await expect(unanswered(page)).toBeHidden();
    await expect(async () => {
      await page.clock.runFor(1_000);
      await expect(unanswered(page)).toBeVisible({ timeout: 100 });
    }).toPass();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.goto("about:blank");
    await opened;
  });
}

test("a window that Office did not open says so, and hands the code to nobody", async ({ service, page }) => {
  await serve(page, STAND_IN);
  await open(service, page);
  await page.unroute(OFFICE);
  await serve(page, OUTSIDE);
  await choose(page, "ada");
  await expect(page.getByRole("heading", { name: "You are signed in" })).toBeVisible();
  await expect(unanswered(page)).toBeVisible();
  expect(await told(page)).toBeNull();
});
