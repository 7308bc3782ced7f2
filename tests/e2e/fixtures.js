// Every journey fails on a page error, on a console error that it did not expect, and on any breach of the content
// security policy.
import { test as base } from "@playwright/test";
import { Service } from "./service.js";

export { expect } from "@playwright/test";

export const test = base.extend({
  service: async ({}, use) => {
    const service = await new Service().start();
    await use(service);
    await service.sweep();
  },
  /** Console errors that a journey brings about on purpose, as patterns. */
  expected: async ({}, use) => use([]),
  // It asks for the service so as to be done with before the service is ended: a stream that breaks then is no fault.
  page: async ({ page, expected, service }, use) => {
    const wrong = [];
    page.on("pageerror", (error) => wrong.push(`page error: ${error}`));
    page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    await page.addInitScript(() =>
      addEventListener("securitypolicyviolation", (event) =>
        console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`),
      ),
    );
    await use(page);
    const unexpected = wrong.filter((text) => !expected.some((pattern) => pattern.test(text)));
    if (unexpected.length > 0) throw new Error(`not expected on the console:\n${unexpected.join("\n")}`);
  },
});
