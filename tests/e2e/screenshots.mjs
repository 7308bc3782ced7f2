// Pictures of the panel at 320 px, light and dark, in every state that a service can tell: `npm run screenshots -- <folder>`.
// The page is the real one; only the API's answers are made up.
import { chromium } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import config from "./playwright.config.js";
import { Service } from "./service.js";

const folder = process.argv[2] ?? "output/screenshots";
const now = Date.now();
const at = (seconds) => new Date(now + seconds * 1000).toISOString();
const last = { id: "s-000007", trigger: "forced", started_at: at(-130), ended_at: at(-125), outcome: "succeeded", changes: 12, failures: 0, error: null };
const good = {
  state: "enabled",
  since: at(-8000),
  reason: null,
  paused_until: null,
  running: null,
  last_attempt: last,
  last_success: at(-125),
  next_run_at: at(1670),
  interval: { seconds: 1800, kind: "normal" },
  force_available_at: null,
  scope: { total: 3812, limit: 10000, types: [{ record_type: "contact", count: 3812, rule: "all" }, { record_type: "email", count: 1054, rule: "saved_once" }] },
  issues: { total: 0, low: 0, moderate: 0, severe: 0, critical: 0 },
  connections: [{ side: "crm", status: "connected" }, { side: "email", status: "connected" }],
  crm_api: null,
  unavailable: [],
};
const stopped = { next_run_at: null, unavailable: ["contacts_sync", "email_saving"] };
const failed = (source, code, message) => ({ ...last, outcome: "failed", error: { source, category: "storage", code, message } });
const running = { session: "s-000008", trigger: "forced", started_at: at(-5), phase: "writing_crm", done: 1412, total: 3812 };
const states = {
  good,
  issues: { ...good, last_attempt: { ...last, outcome: "succeeded_with_issues", failures: 6 }, force_available_at: at(40) },
  running: { ...good, state: "running", next_run_at: null, running },
  counting: { ...good, state: "running", next_run_at: null, running: { ...running, phase: "reading_mailbox", total: null } },
  paused: { ...good, ...stopped, state: "paused", reason: { code: "paused_by_person", title: "Paused", next_step: "start" } },
  "paused-until": { ...good, ...stopped, state: "paused", paused_until: at(3600), reason: { code: "paused_by_person", title: "Paused", next_step: "start" } },
  disabled: { ...good, ...stopped, state: "disabled", last_attempt: failed("engine", "SW0003", "database or disk is full"), reason: { code: "too_many_failures", title: "Disabled", next_step: "start" } },
  failed: { ...good, last_attempt: failed("engine", "SW0003", "database or disk is full") },
  held: { ...good, last_attempt: failed("email", "MASS_DELETION_HELD", "412 of 420 linked contacts are gone from the mailbox folder.") },
  cancelled: { ...good, last_attempt: { ...last, outcome: "cancelled", error: { source: "engine", category: "time_limit", code: "SW0001", message: "Ended after 3600 s." } } },
  "mailbox-lost": { ...good, last_attempt: failed("email", "MAILBOX_UNREADABLE", "The folder contacts is not there."), connections: [{ side: "crm", status: "connected" }, { side: "email", status: "disconnected" }] },
  "first-visit": { ...good, last_attempt: null, last_success: null, next_run_at: at(-1), scope: { total: 0, limit: 10000, types: [] } },
  "not-set-up": { ...good, ...stopped, state: "not_set_up", last_attempt: null, last_success: null },
  quiet: { ...good, interval: { seconds: 7200, kind: "quiet" }, next_run_at: at(6900), crm_api: { used: 4200, limit: 100000 } },
};
const me = {
  user: { name: "Robin Hale", email: "robin.hale@example.com" },
  edition: "new",
  product: { name: "Sync Sidebar", version: "0.1.0", crm_name: "Local CRM", email_name: "Mailbox folder", links: [{ topic: "guide", url: "https://example.com/help" }] },
  capabilities: ["force", "pause", "pause_until", "progress", "sessions", "session_counts"],
};

async function answer(route, status) {
  const path = new URL(route.request().url()).pathname.replace("/api/v1", "");
  const json = (body) => route.fulfill({ status: 200, contentType: "application/json", body: JSON.stringify(body) });
  if (path === "/session") return json({ token: "token", expires_at: at(3600) });
  if (path === "/me") return json(me);
  if (path === "/sync/events") return route.fulfill({ status: 200, contentType: "text/event-stream", body: ": open\n\n" });
  if (path === "/sync") return status ? json(status) : undefined;
  return route.abort();
}

mkdirSync(folder, { recursive: true });
const service = await new Service().start();
const browser = await chromium.launch(config.use.launchOptions);
for (const colorScheme of ["light", "dark"]) {
  for (const locale of ["en-GB", "de-DE"]) {
    const context = await browser.newContext({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, colorScheme, locale });
    const take = async (name, act, status) => {
      const page = await context.newPage();
      if (status !== "real") await page.route("**/api/v1/**", (route) => answer(route, status));
      await page.goto(service.url);
      await page.locator(status === null ? "main .status.loading" : "main .status:not(.loading)").waitFor();
      if (locale === "de-DE") await page.locator("html[lang=de]").waitFor();
      await act?.(page);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${locale.slice(0, 2)}.png`), fullPage: true });
      await page.close();
    };
    for (const [name, status] of Object.entries(states)) await take(name, undefined, status);
    await take("loading", undefined, null);
    await take("error-details", (page) => page.locator(".banner .link").first().click(), states["mailbox-lost"]);
    await take("menu", (page) => page.locator("#menu-button").click(), good);
    await take("pause-choices", (page) => page.locator("[aria-controls=pause-choices]").click(), good);
    await take("real", undefined, "real");
    await take("real-session", async (page) => {
      await page.locator(".card .link").click();
      await page.locator("table").waitFor();
    }, "real");
    await context.close();
  }
}
await browser.close();
await service.sweep();
