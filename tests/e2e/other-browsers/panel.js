// The sidebar in a browser that is driven over WebDriver: what is on screen, pressed and typed as a person does it. Nothing
// waits for a time: what must come is asked for until it is there.
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Key } from "selenium-webdriver";
import { Mock } from "../fixtures/mock.js";
import { Service } from "../fixtures/service.js";
import { site } from "../fixtures/site.js";

/** How long something may take, in milliseconds: a browser that starts on a busy machine is slow. */
const PATIENCE = 20_000;

/** Asks until what must hold does. */
export async function until(check, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(30);
    }
  }
}

/** Runs in the page before everything else: keeps what goes wrong there, over reloads too. */
function listen() {
  const note = (text) => {
    const heard = JSON.parse(sessionStorage.getItem("heard") ?? "[]");
    sessionStorage.setItem("heard", JSON.stringify([...heard, text]));
  };
  addEventListener("securitypolicyviolation", (event) => note(`violation: ${event.effectiveDirective} ${event.blockedURI}`));
  addEventListener("error", (event) => note(`error: ${event.message}`));
  addEventListener("unhandledrejection", (event) => note(`rejection: ${event.reason}`));
  const error = console.error;
  console.error = (...words) => {
    note(`console: ${words.join(" ")}`);
    error.apply(console, words);
  };
}
const LISTENER = `(${listen})();`;
const withListener = (page) => page.replace(/<meta charset=[^>]*>/, '$&<script src="/listener.js"></script>');

/** A mock whose pages keep what goes wrong in them; `office`, the script in the place of Outlook's. */
export async function mocked({ office = "" } = {}) {
  const mock = new Mock();
  mock.tellsTime = true;
  const script = (body) => ({ status: 200, headers: { "content-type": "text/javascript" }, body });
  mock.scriptFile("/listener.js", script(LISTENER));
  mock.scriptFile("/office.js", script(office));
  mock.reshape = (pathname, answer) => {
    if (!pathname.endsWith(".html") && pathname !== "/") return answer;
    const policy = answer.headers["content-security-policy"].replace("frame-ancestors 'none'", "frame-ancestors 'self'");
    const body = withListener(String(answer.body)).replace(/https:[^"]*office\.js/, "/office.js");
    return { ...answer, headers: { ...answer.headers, "content-security-policy": policy }, body };
  };
  return mock.start();
}

/** The real service, with pages that keep what goes wrong in them. */
export async function served(options = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), "sync-site-"));
  await cp(site, folder, { recursive: true });
  const page = path.join(folder, "index.html");
  await writeFile(page, withListener(await readFile(page, "utf8")));
  await writeFile(path.join(folder, "listener.js"), LISTENER);
  for (const packed of [".br", ".gz"]) await rm(page + packed, { force: true });
  const service = await Service.start({ site: folder, ...options });
  const stop = service.stop.bind(service);
  service.stop = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  return service;
}

export class Panel {
  constructor(web) {
    this.web = web;
  }

  evaluate(script, ...values) {
    return this.web.executeScript(script, ...values);
  }

  /** Goes to an address; `sign` is what is there when its page has come. */
  async open(url, sign = "#panel h1") {
    // Not the page before it, which may still answer: an address with another fragment alone would even keep it.
    for (const address of ["about:blank", url]) {
      await this.evaluate("document.documentElement.dataset.leaving = 'true'");
      await this.web.get(address);
      await until(async () => assert.equal(await this.evaluate("return document.documentElement?.dataset.leaving ?? ''"), "", "the page has not come"));
    }
    await this.sees(sign);
  }

  /** The texts of what a selector finds and shows. */
  texts(selector) {
    return this.evaluate(
      `return [...document.querySelectorAll(arguments[0])]
        .filter((one) => one.getClientRects().length > 0)
        .map((one) => (one.innerText ?? "").trim().replace(/\\s+/g, " "))`,
      selector,
    );
  }

  /** Waits until a text is shown by what a selector finds first. */
  async says(selector, wanted) {
    await until(async () => {
      const [text] = await this.texts(selector);
      if (wanted instanceof RegExp) assert.match(text ?? "", wanted, selector);
      else assert.equal(text, wanted, selector);
    });
  }

  /** Waits until a selector finds something that is shown. */
  async sees(selector, count = 1) {
    await until(async () => assert.ok((await this.texts(selector)).length >= count, `${selector} is not shown`));
  }

  /** Waits until a selector finds nothing that is shown. */
  async misses(selector) {
    await until(async () => assert.deepEqual(await this.texts(selector), [], `${selector} is still shown`));
  }

  /** The control of a name within a part, once it is shown and can be used. */
  async control(name, within = "#panel") {
    return until(async () => {
      const found = await this.evaluate(
        `const [name, within] = arguments;
        return [...document.querySelectorAll(within + " :is(button, a, select, input, summary)")].find((one) =>
          one.getClientRects().length > 0 && one.ariaDisabled !== "true" &&
          [one.innerText, one.ariaLabel, one.closest("label")?.querySelector("small").innerText].some((text) => text?.trim() === name))`,
        name,
        within,
      );
      assert.ok(found, `no control "${name}" can be used`);
      return found;
    });
  }

  /** Presses the control of a name. A press that another thing got, which has come in its place, is pressed again. */
  async press(name, within) {
    await until(async () => this.click(await this.control(name, within)));
  }

  /** Presses what a selector finds first. */
  async pressFirst(selector) {
    await until(async () => this.click(await this.web.findElement({ css: selector })));
  }

  /** Brings it to the middle first: WebKit's driver believes that its window is higher than what is shown of it. */
  async click(element) {
    await this.evaluate(
      `arguments[0].scrollIntoView({ block: "center" });
      document.documentElement.dataset.pressed = "no";
      arguments[0].addEventListener("click", () => (document.documentElement.dataset.pressed = "yes"))`,
      element,
    );
    await element.click();
    assert.notEqual(await this.evaluate("return document.documentElement.dataset.pressed"), "no", "the press went elsewhere");
  }

  /** Chooses in a list of choices. */
  async choose(name, choice) {
    await until(async () => {
      const list = await this.control(name);
      const option = await this.evaluate("return [...arguments[0].options].find(({ text }) => text === arguments[1])", list, choice);
      await option.click();
      assert.equal(await this.evaluate("return arguments[0].selectedOptions[0].text", list), choice);
    });
  }

  async type(name, text) {
    await (await this.control(name)).sendKeys(text);
  }

  async keys(...keys) {
    await this.web.actions().sendKeys(...keys).perform();
  }

  /** Shift and Tab. */
  async tabBack() {
    await this.web.actions().keyDown(Key.SHIFT).sendKeys(Key.TAB).keyUp(Key.SHIFT).perform();
  }

  /** What has the focus, by its name, and whether that can be seen. */
  focus() {
    return this.evaluate(
      `const one = document.activeElement;
      const name = one.ariaLabel || (one.closest("label")?.querySelector("small") ?? one).innerText.trim().replace(/\\s+/g, " ");
      return { name, ring: one.matches(":focus-visible") && getComputedStyle(one).outlineStyle !== "none" }`,
    );
  }

  async focuses(name) {
    await until(async () => assert.equal((await this.focus()).name, name));
  }

  /** Waits for a window beside those that there were, and goes to it. */
  async other(before) {
    const handle = await until(async () => {
      const found = (await this.web.getAllWindowHandles()).find((handle) => !before.includes(handle));
      assert.ok(found, "no window has opened");
      return found;
    });
    await this.web.switchTo().window(handle);
    return handle;
  }

  /** What has gone wrong in the page so far. */
  heard() {
    return this.evaluate('return JSON.parse(sessionStorage.getItem("heard") ?? "[]")');
  }
}
