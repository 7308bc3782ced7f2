// A page at 400 %: 1,280 px become 320, and 760 become 190.
import { lostCrm, meWithConnections } from "../../fixtures/connections.js";
import { expect, faulty, test } from "../../fixtures/fault.js";
import { Issues, meWithIssues } from "../../fixtures/issues.js";
import { problem } from "../../fixtures/mock.js";
import * as samples from "../../fixtures/samples.js";
import { sticking } from "../../fixtures/sticking.js";
import { visit } from "../../fixtures/test.js";

const everything = {
  ...samples.ableMe,
  capabilities: [...new Set([...samples.ableMe.capabilities, ...meWithConnections.capabilities, ...meWithIssues.capabilities])],
};

/** As a browser zooms: the same window holds a quarter of the page's pixels, each as large as four. */
async function zoom(page, context) {
  const browser = await context.newCDPSession(page);
  await browser.send("Emulation.setDeviceMetricsOverride", { width: 320, height: 190, deviceScaleFactor: 4, mobile: false });
}

faulty("zoom 400 %", "every screen can be read and used", async ({ mock, open, page, panel, context, unbroken }) => {
  mock.me = everything;
  mock.issues = new Issues(30);
  mock.connections.change("crm", lostCrm);
  await zoom(page, context);
  await open();
  for (const fragment of ["#/", "#/issues", "#/issues/i-1", "#/history", "#/sessions/last", "#/connectivity", "#/activity", "#/support", "#/help", "#/about"]) {
    await visit(page, fragment);
    expect(await sticking(page), fragment).toEqual([]);
  }
  await open();
  await expect(panel.force).toHaveAttribute("aria-disabled", "false");
  // What stands fast may not cover what is looked for: a press reaches it.
  await panel.force.click();
  await mock.asking("POST /sync/force");
  const covered = await page.evaluate(() => {
    const fast = [...document.querySelectorAll("#panel *")].filter((element) => ["sticky", "fixed"].includes(getComputedStyle(element).position));
    return fast.reduce((sum, element) => sum + element.getBoundingClientRect().height, 0) / innerHeight;
  });
  expect(covered, "the part of the window that stands fast").toBeLessThan(0.5);
  await unbroken.unnoticed("everything, in one column; nothing scrolls sideways");
});

faulty("zoom 400 %", "while the service is down", async ({ mock, open, page, panel, context, watch, unbroken }) => {
  watch.allowLostRequests();
  await zoom(page, context);
  mock.script("GET /sync", problem(500, "internal"));
  await open();
  await unbroken.seen("The sync service failed.");
  expect(await sticking(page)).toEqual([]);
  mock.unscript("GET /sync");
  await unbroken.recovers();
  await expect(panel.label).toHaveText("Enabled");
});
