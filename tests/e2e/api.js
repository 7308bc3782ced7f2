// The API's answers, made up: for states that a real sync reaches seldom, and for faults. The page is the real one.
const now = Date.now();

/** A moment so many seconds from now, as the API writes it. */
export const at = (seconds) => new Date(now + seconds * 1000).toISOString();

export const last = {
  id: "s-000007",
  trigger: "forced",
  started_at: at(-130),
  ended_at: at(-125),
  outcome: "succeeded",
  changes: 12,
  failures: 0,
  error: null,
};

/** Everything is in order. */
export const good = {
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
  scope: {
    total: 3812,
    limit: 10000,
    types: [
      { record_type: "contact", count: 3812, rule: "all" },
      { record_type: "email", count: 1054, rule: "saved_once" },
    ],
  },
  issues: { total: 0, low: 0, moderate: 0, severe: 0, critical: 0 },
  connections: [
    { side: "crm", status: "connected" },
    { side: "email", status: "connected" },
  ],
  crm_api: null,
  unavailable: [],
};

const stopped = { next_run_at: null, unavailable: ["contacts_sync", "email_saving"] };
const paused = { ...good, ...stopped, state: "paused", reason: { code: "paused_by_person", title: "Paused", next_step: "start" } };
const failed = (source, code, message) => ({
  ...last,
  outcome: "failed",
  error: { source, category: "storage", code, message },
});
const running = { session: "s-000008", trigger: "forced", started_at: at(-5), phase: "writing_crm", done: 1412, total: 3812 };

/** Every state that a service can tell, and the words that it must be told in. */
export const states = {
  good: [good, "Enabled", "Everything was in sync"],
  issues: [
    { ...good, last_attempt: { ...last, outcome: "succeeded_with_issues", failures: 6 }, force_available_at: at(40) },
    "Enabled",
    "6 records could not be synced.",
    "See Last session details for what to correct.",
  ],
  running: [{ ...good, state: "running", next_run_at: null, running }, "Running", "Writing to the CRM: 1,412 of 3,812"],
  counting: [
    { ...good, state: "running", next_run_at: null, running: { ...running, phase: "reading_mailbox", total: null } },
    "Running",
    "Reading the mailbox",
  ],
  paused: [paused, "Paused", "No automatic sessions until somebody presses Start.", "Press Start to go on."],
  "paused-until": [{ ...paused, paused_until: at(3600) }, "Paused", "No automatic sessions until"],
  disabled: [
    {
      ...good,
      ...stopped,
      state: "disabled",
      last_attempt: failed("engine", "SW0003", "database or disk is full"),
      reason: { code: "too_many_failures", title: "Disabled", next_step: "start" },
    },
    "Disabled",
    "Too many sessions in a row have failed.",
    "Press Start to go on.",
  ],
  failed: [
    { ...good, last_attempt: failed("engine", "SW0003", "database or disk is full") },
    "The last session failed",
    "The next session tries again by itself.",
  ],
  held: [
    { ...good, last_attempt: failed("email", "MASS_DELETION_HELD", "412 of 420 linked contacts are gone from the mailbox folder.") },
    "If they were meant to go, press Force sync.",
  ],
  cancelled: [
    {
      ...good,
      last_attempt: { ...last, outcome: "cancelled", error: { source: "engine", category: "time_limit", code: "SW0001", message: "Ended after 3600 s." } },
    },
    "The last session was cancelled",
  ],
  "mailbox-lost": [
    {
      ...good,
      last_attempt: failed("email", "MAILBOX_UNREADABLE", "The folder contacts is not there."),
      connections: [
        { side: "crm", status: "connected" },
        { side: "email", status: "disconnected" },
      ],
    },
    "The mailbox is disconnected.",
    "Give access to the mailbox again.",
  ],
  "first-visit": [
    { ...good, last_attempt: null, last_success: null, next_run_at: at(-1), scope: { total: 0, limit: 10000, types: [] } },
    "No session has run yet.",
  ],
  "not-set-up": [{ ...good, ...stopped, state: "not_set_up", last_attempt: null, last_success: null }, "Not set up"],
  quiet: [
    { ...good, interval: { seconds: 7200, kind: "quiet" }, next_run_at: at(6900), crm_api: { used: 4200, limit: 100000 } },
    "Enabled",
  ],
  "of-a-later-version": [
    {
      ...good,
      state: "warming_up",
      interval: { seconds: 60, kind: "lunar" },
      connections: [{ side: "fax", status: "humming" }],
      scope: { total: 1, limit: 2, types: [{ record_type: "hologram", count: 1, rule: "by_mood" }] },
      weather: { sun: true },
    },
    "warming up",
  ],
};

const me = {
  user: { name: "Robin Hale", email: "robin.hale@example.com" },
  edition: "new",
  product: {
    name: "Sync Sidebar",
    version: "0.1.0",
    crm_name: "Local CRM",
    email_name: "Mailbox folder",
    links: [{ topic: "guide", url: "https://example.com/help" }],
  },
  capabilities: ["force", "pause", "pause_until", "progress", "sessions", "session_counts"],
};

export const json = (body, status = 200) => ({ status, contentType: "application/json", body: JSON.stringify(body) });

export const problem = (status, code, more = {}) => ({
  status,
  contentType: "application/problem+json",
  body: JSON.stringify({ title: code, status, code, ...more }),
});

/**
 * Answers the page's calls. `answers` has, by "METHOD /path", what to answer: an answer, or a function that gives one,
 * "lost" (the connection breaks), "never", or nothing for the usual. Returns the calls, as they come.
 */
export async function answerApi(page, answers = {}) {
  const calls = [];
  const usual = {
    "POST /session": json({ token: "token", expires_at: at(3600) }),
    "GET /me": json(me),
    "GET /sync": json(good),
    // A stream that ends at once: the panel goes on by reading.
    "GET /sync/events": { status: 200, contentType: "text/event-stream", body: ": open\n\n" },
  };
  await page.route("**/api/v1/**", async (route) => {
    const request = route.request();
    const call = `${request.method()} ${new URL(request.url()).pathname.replace("/api/v1", "")}`;
    calls.push({ call, headers: request.headers(), body: request.postData() });
    let answer = answers[call] ?? usual[call] ?? problem(404, "not_found");
    if (typeof answer === "function") answer = (await answer()) ?? usual[call];
    if (answer === "never") return;
    await (answer === "lost" ? route.abort("connectionreset") : route.fulfill(answer));
  });
  return calls;
}
