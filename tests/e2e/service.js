// The real service over a mailbox of its own, for one test; ended and swept away after it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const binary = process.env.SYNC_SERVICE ?? join(root, "target/service/sync-service");
const site = process.env.SYNC_SITE ?? join(root, "dist");

export class Service {
  #process;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "sync-sidebar-"));
    this.mailbox = join(this.folder, "mailbox");
    cpSync(join(root, "service/sample-mailbox"), this.mailbox, { recursive: true });
    this.listen = "127.0.0.1:0";
  }

  /** Starts it, on the port that it had before if it ran before. */
  async start({ forceGap = "0s" } = {}) {
    const folders = ["--data", this.folder, "--mailbox", this.mailbox, "--site", site];
    const times = ["--force-gap", forceGap, "--heartbeat", "1s"];
    this.#process = spawn(binary, ["--listen", this.listen, ...folders, ...times, "--log", "warn"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface({ input: this.#process.stdout });
    const [line] = await Promise.race([
      once(lines, "line"),
      once(this.#process, "exit").then(([code]) => Promise.reject(new Error(`the service ended with ${code}`))),
    ]);
    this.url = line.match(/http:\S+/)[0];
    this.listen = new URL(this.url).host;
    return this;
  }

  async kill(signal = "SIGKILL") {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
  }

  async sweep() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
