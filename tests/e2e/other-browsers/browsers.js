// Firefox and WebKit as Debian has them, each driven by its own driver over WebDriver. Outlook on a Mac shows its panels in
// WebKit. Pictures are not asked for: WebKit's driver never answers that.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, readdirSync } from "node:fs";
import path from "node:path";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Builder, Capabilities } from "selenium-webdriver";

const TIME_ZONE = "Europe/Berlin";

/** A program by its name on the path or its whole name. */
function program(what, ...candidates) {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  for (const candidate of candidates.filter(Boolean)) {
    const places = candidate.includes("/") ? [candidate] : folders.map((folder) => path.join(folder, candidate));
    for (const place of places) {
      try {
        accessSync(place, constants.X_OK);
        return place;
      } catch {
        // The next one may be there.
      }
    }
  }
  throw new Error(`no ${what}: ${candidates.filter(Boolean).join(", ")} cannot be run; tools/setup test installs it`);
}

function miniBrowser() {
  const libraries = "/usr/lib";
  const found = readdirSync(libraries).map((folder) => path.join(libraries, folder, "webkit2gtk-4.1/MiniBrowser"));
  return program("MiniBrowser", process.env.MINI_BROWSER, ...found);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A screen that nobody sees; gives its number. */
async function screen(ended) {
  const file = program("Xvfb", "Xvfb");
  const process = spawn(file, ["-displayfd", "3", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  ended.push(process);
  const [number] = await once(process.stdio[3], "data");
  return `:${String(number).trim()}`;
}

async function driver(file, args, environment, ended) {
  const port = await freePort();
  const process_ = spawn(file, [...args, `--port=${port}`], {
    stdio: "ignore",
    env: { ...process.env, TZ: TIME_ZONE, LANGUAGE: "en_GB", ...environment },
  });
  ended.push(process_);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    try {
      await fetch(`${url}/status`);
      return url;
    } catch (error) {
      if (tries === 200 || process_.exitCode !== null) throw error;
      await pause(50);
    }
  }
}

/** Each browser: how its driver is started, and what is asked of it; `dark` is the look that it prefers. */
const kinds = {
  firefox: async ({ dark }, ended) => ({
    server: await driver(program("geckodriver", process.env.GECKODRIVER, "geckodriver"), ["--host=127.0.0.1"], {}, ended),
    capabilities: {
      browserName: "firefox",
      "moz:firefoxOptions": {
        binary: program("Firefox", process.env.FIREFOX, "firefox-esr", "firefox"),
        args: ["-headless"],
        prefs: {
          "intl.accept_languages": "en-GB, en",
          "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
          // The sign-in's windows are windows, as they are for people.
          "browser.link.open_newwindow.restriction": 2,
        },
      },
    },
  }),
  webkit: async ({ dark }, ended) => ({
    server: await driver(program("WebKitWebDriver", "WebKitWebDriver"), ["--host=127.0.0.1"], { DISPLAY: await screen(ended), NO_AT_BRIDGE: "1" }, ended),
    capabilities: {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation", ...(dark ? ["--dark-mode"] : [])] },
    },
  }),
};

/** The browsers' names: all, or those that BROWSERS names. */
export const names = process.env.BROWSERS?.split(",") ?? Object.keys(kinds);

/** Starts a browser; `stop` ends it and all that was started for it. */
export async function start(name, options = {}) {
  const ended = [];
  const end = () => ended.reverse().forEach((child) => child.kill());
  try {
    const { server, capabilities } = await kinds[name](options, ended);
    const web = await new Builder()
      .usingServer(server)
      .withCapabilities(new Capabilities({ ...capabilities, pageLoadStrategy: "none" }))
      .build();
    const stop = async () => {
      // A driver that hangs is ended all the same.
      await Promise.race([web.quit().catch(() => {}), pause(5_000)]);
      end();
    };
    return { web, stop };
  } catch (error) {
    end();
    throw error;
  }
}
