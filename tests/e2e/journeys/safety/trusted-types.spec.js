// No text becomes markup or script on any page: the browser itself refuses (W3C Trusted Types).
import { expect, test } from "../../fixtures/test.js";

/** Tries everything by which a text could become markup or script, and gives what was let through. */
const attempts = () => {
  const element = (name) => document.createElement(name);
  const tries = {
    innerHTML: () => (element("div").innerHTML = "<b>x</b>"),
    outerHTML: () => (document.body.appendChild(element("p")).outerHTML = "<b>x</b>"),
    insertAdjacentHTML: () => document.body.insertAdjacentHTML("beforeend", "<b>x</b>"),
    "a template's": () => (element("template").innerHTML = "<b>x</b>"),
    "a fragment": () => document.createRange().createContextualFragment("<b>x</b>"),
    "document.write": () => document.write("<b>x</b>"),
    srcdoc: () => (element("iframe").srcdoc = "<b>x</b>"),
    parser: () => new DOMParser().parseFromString("<b>x</b>", "text/html"),
    "a script's text": () => (element("script").textContent = "globalThis.hacked = true"),
    "a script's address": () => (element("script").src = "https://evil.example.com/x.js"),
    "an own script's address": () => (element("script").src = "/boot.js"),
    timer: () => setTimeout("globalThis.hacked = true"),
    worker: () => new Worker("data:text/javascript,1"),
    policy: () => trustedTypes.createPolicy("another", { createHTML: (text) => text }),
    "another default": () => trustedTypes.createPolicy("default", { createHTML: (text) => text }),
  };
  return Object.keys(tries).filter((name) => {
    try {
      tries[name]();
      return true;
    } catch {
      return false;
    }
  });
};

test("in a tab every way is refused, and the panel goes on", async ({ mock, page, panel, watch }) => {
  watch.expectViolation(/require-trusted-types-for/);
  watch.expectViolation(/trusted-types /);
  watch.allow(/^This document requires 'Trusted|^Creating a TrustedTypePolicy named/);
  await page.goto(mock.url);
  await expect(panel.label).toHaveText("Enabled");
  expect(await page.evaluate(attempts)).toEqual([]);
  expect(await page.evaluate(() => [globalThis.hacked, document.querySelector("b")])).toEqual([undefined, null]);
  await page.getByRole("button", { name: "History" }).click();
  await expect(page.locator(".bars i").first()).toBeVisible();
});

test("in Outlook office.js names scripts of Microsoft's two places, and nothing else", async ({ mock, page, panel, context, watch }) => {
  watch.expectViolation(/require-trusted-types-for/);
  watch.expectViolation(/trusted-types /);
  watch.allow(/^This document requires 'Trusted|^Creating a TrustedTypePolicy named/);
  watch.allowLostRequests();
  await context.route("https://appsforoffice.microsoft.com/**", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
  await page.goto(`${mock.url}outlook.html`);
  await expect(panel.label).toHaveText("Enabled");
  expect(await page.evaluate(attempts)).toEqual([]);
  const named = await page.evaluate(() => {
    const address = (url) => {
      try {
        const script = document.createElement("script");
        script.src = url;
        return script.src;
      } catch {
        return null;
      }
    };
    return [
      "https://appsforoffice.microsoft.com/lib/1/hosted/outlook-web-16.01.js",
      "https://ajax.aspnetcdn.com/ajax/3.5/MicrosoftAjax.js",
      "http://appsforoffice.microsoft.com/lib/1/hosted/office.js",
      "https://appsforoffice.microsoft.com.evil.example/x.js",
      "https://evil.example/#https://appsforoffice.microsoft.com",
      "https://user@evil.example/",
      "data:text/javascript,1",
      "javascript:1",
      "",
    ].map(address);
  });
  expect(named).toEqual([
    "https://appsforoffice.microsoft.com/lib/1/hosted/outlook-web-16.01.js",
    "https://ajax.aspnetcdn.com/ajax/3.5/MicrosoftAjax.js",
    ...Array(7).fill(null),
  ]);
});

for (const name of ["", "outlook.html"]) {
  test(`a browser without Trusted Types shows ${name || "the tab's page"} as any other`, async ({ mock, page, panel, context }) => {
    await context.route("https://appsforoffice.microsoft.com/**", (route) => route.fulfill({ contentType: "text/javascript", body: "" }));
    await page.addInitScript(() => delete globalThis.trustedTypes);
    // It does not know the directives, either.
    await page.route(`${mock.url}${name}`, async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      headers["content-security-policy"] = headers["content-security-policy"].replace(/require-trusted-types-for [^;]*; trusted-types [^;]*; /, "");
      expect(headers["content-security-policy"]).not.toContain("trusted");
      await route.fulfill({ response, headers });
    });
    await page.goto(mock.url + name);
    expect(await page.evaluate(() => typeof trustedTypes)).toBe("undefined");
    await expect(panel.label).toHaveText("Enabled");
    await page.getByRole("button", { name: "History" }).click();
    await expect(page.locator(".bars i").first()).toBeVisible();
  });
}

/** Pages of the real service, by who sees them. */
const PAGES = ["", "index.html", "outlook.html", "panel.html", "demo/", "oauth/start/unknown", "oauth/callback", "nowhere"];

test("every page of the real service forbids it, without exceptions for inline scripts or styles", async ({ service, request }) => {
  for (const name of PAGES) {
    const headers = (await request.get(service.url + name)).headers();
    const policy = headers["content-security-policy"];
    expect(policy, name).toBeTruthy();
    expect(policy, name).toContain("default-src 'none'");
    // Only the one style of office.js's hidden frame, by its hash.
    expect(policy.replace("style-src-attr 'unsafe-hashes' 'sha256-aqNNdDLnnrDOnTNdkJpYlAxKVJtLt9CtFLklmInuUAE='", ""), name).not.toMatch(
      /unsafe-inline|'unsafe-eval'|unsafe-hashes|\*|http:/,
    );
    expect(policy, name).toContain("frame-ancestors");
    expect(headers["x-content-type-options"], name).toBe("nosniff");
    expect(headers["referrer-policy"], name).toMatch(/^(no-referrer|same-origin)$/);
    expect(headers["permissions-policy"], name).toContain("camera=()");
    if (/script-src/.test(policy)) {
      expect(policy, name).toContain("require-trusted-types-for 'script'");
      expect(policy, name).toMatch(name === "outlook.html" ? /trusted-types default;/ : /trusted-types 'none';/);
    }
  }
});
