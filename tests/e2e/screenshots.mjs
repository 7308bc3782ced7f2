// Pictures of every state at 320 px, light and dark: `npm run screenshots -- <folder> [scene…]`.
import { chromium } from "@playwright/test";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { launchOptions } from "./fixtures/browser.js";
import { crm, email, exchange, lostCrm, meWithConnections, statusOf, stoppedByLoss, unset } from "./fixtures/connections.js";
import { coloured, harbour, legacyMe, withTypes } from "./fixtures/editions.js";
import { meWithIssues } from "./fixtures/issues.js";
import { html, Mock, problem, silence } from "./fixtures/mock.js";
import * as samples from "./fixtures/samples.js";
import { installClock, panelOf } from "./fixtures/test.js";

const folder = process.argv[2];
if (!folder) {
  console.error("Say where to: npm run screenshots -- <folder>");
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const known = (page) => page.locator("#panel .card.status:not(.loading)").waitFor();
const away = () => html(502, { "retry-after": "60" });

const shown = (text) => (page) => page.getByText(text).first().waitFor();

/** The scenes of the Issues screen and its pages. */
const issueScenes = {
  issuesList: { fragment: "#/issues" },
  issuesListGerman: { fragment: "#/issues", locale: "de-DE" },
  issuesAllWell: { fragment: "#/issues", count: 0, status: samples.good, after: (page) => page.locator(".banner.good").waitFor() },
  issuesNoneFits: { fragment: "#/issues?type=event&direction=to_crm", after: shown("No issue fits the filters.") },
  issuesFailed: {
    fragment: "#/issues",
    set: (mock) => ["GET /issues", "GET /issues/causes"].forEach((call) => mock.script(call, problem(500, "internal"))),
    after: (page) => page.locator(".more button:not([hidden])").waitFor(),
  },
  issue: { fragment: "#/issues/i-1", after: shown("UNABLE_TO_LOCK_ROW") },
  issueToDo: { fragment: "#/issues/i-2", after: shown("FIELD_CUSTOM_VALIDATION_EXCEPTION") },
  issueGerman: { fragment: "#/issues/i-2", locale: "de-DE", after: shown("FIELD_CUSTOM_VALIDATION_EXCEPTION") },
  record: { fragment: "#/records/crm/contact-1", after: (page) => page.locator("main .pairs div").first().waitFor() },
};

const side = (page, name) => page.getByRole("region", { name: new RegExp(`^${name}`) });
const pressOn = (page, name, button) => side(page, name).getByRole("button", { name: button, exact: true }).click();

/** Presses Refresh for the CRM, and lets the sign-in end if it is said how. */
const refreshed = (status, more) => async (page, mock) => {
  const opened = page.waitForEvent("popup");
  await pressOn(page, "CRM", "Refresh");
  const window = await opened;
  await window.getByRole("heading", { name: "The provider" }).waitFor();
  await page.locator(".link-out a:visible").waitFor();
  if (status === "closed") {
    await window.close();
    await shown("The window was closed before the end")(page);
  } else if (status) {
    mock.connections.end(status, more);
    await page.locator(".connection .banner strong:visible").first().waitFor();
    await page.locator(".link-out a:visible").waitFor({ state: "detached", timeout: 10_000 }).catch(() => {});
    await page.locator(".connection .actions button:visible").filter({ hasText: "Refresh" }).first().waitFor();
  }
};

/** The scenes of My connectivity and of Set up Sync. */
const connectionScenes = {
  connectivity: { after: async (page) => side(page, "CRM").waitFor() },
  connectivityLost: { connections: [lostCrm, { ...email, status: "expiring", expires_at: samples.at(7200), cause: { code: "access_expiring", title: "Ends", detail: null, next_step: "reconnect_email" } }], after: shown("Press Refresh and sign in.") },
  connectivityLostGerman: { connections: [lostCrm, email], locale: "de-DE", after: shown("Drücken Sie auf Aktualisieren") },
  connectivityWaiting: { connections: [lostCrm, email], after: refreshed() },
  connectivityClosed: { connections: [lostCrm, email], after: refreshed("closed") },
  connectivityRefused: { connections: [lostCrm, email], after: refreshed("refused", { cause: { code: "access_denied", title: "Access was refused", detail: "The person did not allow it.", next_step: "retry" } }) },
  connectivityWrongAccount: { connections: [lostCrm, email], after: refreshed("wrong_account", { account: "noor@example.com", cause: { code: "wrong_account", title: "You signed in as somebody else", detail: null, next_step: "retry" } }) },
  connectivityFailed: { connections: [lostCrm, email], after: refreshed("failed", { cause: { code: "issuer_mismatch", title: "The provider's answer was not accepted", detail: "It came from another provider.", next_step: "retry" } }) },
  connectivityDone: { connections: [lostCrm, email], after: refreshed("succeeded", { account: "robin.hale@example.com" }) },
  connectivityChange: {
    after: async (page) => {
      await pressOn(page, "CRM", "Change");
      await page.getByLabel("Connect to").selectOption({ label: "Salesforce (own domain)" });
      await page.getByRole("textbox", { name: "Domain" }).waitFor();
    },
  },
  connectivityExchange: {
    after: async (page) => {
      await pressOn(page, "E-mail", "Change");
      await page.getByLabel("Connect to").selectOption({ label: "Exchange" });
      await page.getByText("More", { exact: true }).click();
    },
  },
  connectivityExchangeRefused: {
    connections: [crm, exchange],
    set: (mock) => mock.script("PUT /connections/email/credentials", problem(409, "login_refused", { detail: "The server said no." })),
    after: async (page) => {
      await pressOn(page, "E-mail", "Refresh");
      await page.getByLabel("Password").fill("wrong");
      await pressOn(page, "E-mail", "Sign in");
      await shown("The mailbox was not connected")(page);
    },
  },
  connectivityFailedToRead: { set: (mock) => mock.script("GET /connections", problem(500, "internal")), after: shown("Try again") },
  setUp: { connections: [unset(crm), unset(email)], status: samples.notSetUp, after: (page) => page.locator(".steps li").first().waitFor() },
  setUpLast: { status: samples.notSetUp, after: shown("Both sides are connected.") },
  generalLost: { fragment: "", connections: [lostCrm, email], after: (page) => page.locator(".status button:visible").waitFor() },
  menuLost: {
    fragment: "",
    connections: [lostCrm, email],
    after: async (page) => {
      await page.getByRole("button", { name: "Menu: Disconnected" }).click();
      await page.locator("#menu").waitFor();
    },
  },
  generalNotSetUp: { fragment: "", connections: [unset(crm), unset(email)], status: samples.notSetUp, after: (page) => page.locator(".status button:visible").waitFor() },
  connectivityOpensItself: { fragment: "", connections: [lostCrm, email], status: stoppedByLoss, after: shown("Press Refresh and sign in.") },
};

/** Presses Sign in on the sign-in page, and lets the provider's page end it with one of its buttons, if it is named. */
const signedIn = (button) => async (page) => {
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: /^(Sign in|Anmelden)$/ }).click();
  const window = await opened;
  await window.getByRole("heading", { name: "Larkfield ID" }).waitFor();
  if (button === "closed") {
    await window.close();
    await page.clock.runFor(1_500);
  } else if (button) {
    await window.getByRole("button", { name: button, exact: true }).click();
  }
  const words = { undefined: "Sign in in the window", closed: "The window was closed", not_allowed: /(This account may not|Dieses Konto darf)/ };
  await page.getByText(words[button]).first().waitFor();
};

/** The scenes of the sign-in page of a service that has a provider. */
const signInScenes = {
  signInAtProvider: { after: shown("Sign in at Larkfield ID") },
  signInWaiting: { after: signedIn() },
  signInClosed: { after: signedIn("closed") },
  signInNotAllowed: { after: signedIn("not_allowed") },
  signInNotAllowedGerman: { locale: "de-DE", after: signedIn("not_allowed") },
};

const dashboard = (page) => page.locator(".dashboard tbody").first().waitFor();
const menu = async (page) => {
  await known(page);
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  await page.getByText("Robin Hale").waitFor();
};

/** The scenes of the legacy edition, and of a vendor with a name and colours of its own. */
const editionScenes = {
  dashboard: { after: dashboard },
  dashboardGerman: { locale: "de-DE", after: dashboard },
  dashboardLost: { status: { ...withTypes, ...statusOf([lostCrm, email], withTypes) }, after: dashboard },
  dashboardWell: { status: samples.good, after: dashboard },
  dashboardComing: { set: (mock) => mock.scriptFile("later-", silence), after: shown("Looking…") },
  dashboardFailed: { set: (mock) => mock.script("GET /sessions/last", problem(500, "internal")), after: shown("The sync service failed.") },
  branded: { me: harbour, after: known },
  brandedDashboard: { me: { ...harbour, edition: "legacy" }, after: dashboard },
  brandedUnreadable: { me: coloured("#ffcc00", "#0b6a5b"), after: known },
  brandedMenu: { me: harbour, after: menu },
  brandedReport: { me: harbour, fragment: "#/support", after: shown("Ask support") },
  brandedSignedOut: {
    me: harbour,
    after: async (page) => {
      await menu(page);
      await page.getByRole("button", { name: "Sign out", exact: true }).click();
      await shown("You are signed out.")(page);
    },
  },
  help: { me: harbour, fragment: "#/help", after: shown("Ask support") },
  helpGerman: { me: harbour, fragment: "#/help", locale: "de-DE", after: shown("Support fragen") },
};

/** Each scene sets the mock up before the page opens, and brings the page to where its picture is taken. */
const scenes = Object.fromEntries(
  Object.entries(samples.states).map(([name, status]) => [name, { before: (mock) => (mock.status = status), after: known }]),
);
Object.assign(scenes, {
  loading: { before: (mock) => mock.script("GET /sync", silence), after: (_page, mock) => mock.asking("GET /sync") },
  failedDetails: {
    before: (mock) => (mock.status = samples.lostMailbox),
    after: (page) => page.getByRole("button", { name: "Show details" }).click(),
  },
  away: { before: (mock) => mock.script("GET /sync", away()), after: (page) => panelOf(page).banner.waitFor() },
  old: {
    after: async (page, mock) => {
      const stream = await mock.stream();
      mock.script("GET /sync", away());
      stream.end();
      await panelOf(page).banner.waitFor();
    },
  },
  refused: {
    before: (mock) => mock.script("POST /sync/force", problem(429, "too_soon", { retry_at: samples.at(1800) })),
    after: async (page) => {
      await page.locator("button.primary[aria-disabled=false]").click();
      await page.getByRole("button", { name: "Dismiss" }).waitFor();
    },
  },
  menu: {
    after: async (page) => {
      await known(page);
      await page.locator("#menu-button").click();
      await page.getByText("Robin Hale").waitFor();
    },
  },
  pauseChoices: {
    after: async (page) => {
      await page.locator("button[aria-controls=pause-choices][aria-disabled=false]").click();
      await page.locator("#pause-choices").waitFor();
    },
  },
  session: { fragment: "#/sessions/last", after: (page) => page.locator(".records li").first().waitFor() },
  sessionGerman: { fragment: "#/sessions/last", locale: "de-DE", after: (page) => page.getByText("Vorherige").or(page.locator(".records li")).first().waitFor() },
  issuesGerman: { locale: "de-DE", before: (mock) => (mock.status = samples.issues), after: known },
  sessionRunning: {
    fragment: "#/sessions/s-8",
    before: (mock) => {
      mock.me = samples.ableMe;
      mock.status = samples.running;
      mock.sessions["s-8"] = samples.unfinished;
    },
    after: (page) => page.locator(".running progress").waitFor(),
  },
  history: { fragment: "#/history", before: (mock) => (mock.me = samples.ableMe), after: (page) => page.locator(".rows li").first().waitFor() },
  historyGerman: {
    fragment: "#/history",
    locale: "de-DE",
    before: (mock) => (mock.me = samples.ableMe),
    after: (page) => page.locator(".rows li").first().waitFor(),
  },
  activity: { fragment: "#/activity", before: (mock) => (mock.me = samples.ableMe), after: (page) => page.locator(".entries li").first().waitFor() },
  supportReport: { fragment: "#/support", before: (mock) => (mock.me = samples.ableMe), after: (page) => page.locator(".report .card").first().waitFor() },
  ...Object.fromEntries(
    Object.entries(issueScenes).map(([name, { fragment, count = 30, status, locale, after, set }]) => [
      name,
      {
        fragment,
        locale,
        before: (mock) => {
          mock.me = meWithIssues;
          mock.issues.count = count;
          mock.status = status ?? { ...samples.issues, issues: { ...samples.issues.issues, total: count, moderate: count } };
          set?.(mock);
        },
        after: after ?? ((page) => page.locator(".rows li:not(.unread)").first().waitFor()),
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(connectionScenes).map(([name, { fragment = "#/connectivity", connections = [crm, email], status, locale, set, after }]) => [
      name,
      {
        fragment,
        locale,
        before: (mock) => {
          mock.me = meWithConnections;
          mock.connections.items = connections;
          mock.status = statusOf(connections, status);
          set?.(mock);
        },
        after,
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(signInScenes).map(([name, scene]) => [
      name,
      { ...scene, before: (mock) => (mock.organisation.name = "Larkfield ID") },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(editionScenes).map(([name, { me = legacyMe, status = withTypes, set, ...scene }]) => [
      name,
      {
        ...scene,
        before: (mock) => {
          mock.me = me;
          mock.status = status;
          mock.issues.count = 4;
          set?.(mock);
        },
      },
    ]),
  ),
  about: { fragment: "#/about", after: (page) => page.getByText("Local CRM").waitFor() },
  signIn: {
    before: (mock) => mock.script("POST /session", problem(403, "licence_missing", { title: "Your licence does not include Sync." })),
    after: (page) => page.getByRole("button", { name: "Sign in" }).waitFor(),
  },
  stopped: {
    before: (mock) => mock.scriptFile("_bg.wasm", { status: 404, headers: {}, body: "" }),
    after: (page) => page.locator("#crash").waitFor(),
  },
});

const looks = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
};

const browser = await chromium.launch(launchOptions);
let taken = 0;
const only = process.argv.slice(3);
for (const [look, options] of Object.entries(looks)) {
  for (const [name, scene] of Object.entries(scenes)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const mock = await new Mock().start();
    const context = await browser.newContext({
      viewport: { width: 320, height: 760 },
      deviceScaleFactor: 2,
      locale: scene.locale ?? "en-GB",
      timezoneId: "Europe/Berlin",
      ...options,
    });
    const page = await context.newPage();
    await installClock(page, samples.NOW);
    scene.before?.(mock);
    await page.goto(mock.url + (scene.fragment ?? ""));
    await scene.after(page, mock);
    await page.screenshot({ path: path.join(folder, `${name}-${look}.png`), fullPage: true, animations: "disabled" });
    taken += 1;
    await context.close();
    mock.stop();
  }
}
await browser.close();
console.log(`${taken} pictures in ${folder}`);
