// Gates what a first visit transfers of our own: the page and the styles, scripts and wasm that it names, each as its
// brotli copy. Text in other languages, icons and hosts' scripts are not counted: they do not stand before the first
// status. All sizes are bytes; 1 kB = 1000 bytes.
//
//   node tools/size-gate.mjs            fails above tools/size-budget.json (5 % over the record, or over the limit)
//   node tools/size-gate.mjs --record   takes today's size as the record
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const budgetFile = join(root, "tools", "size-budget.json");
const kinds = { html: "page", css: "styles", js: "scripts", wasm: "wasm" };
const tolerance = 1.05;

function stop(message) {
  console.error(`size-gate: ${message}`);
  process.exit(1);
}

// What a file makes the browser load at once: a page's links and scripts, a script's static imports.
function references(path, source) {
  const pattern = path.endsWith(".html")
    ? /<(?:link|script)\b[^>]*?\b(?:href|src)\s*=\s*["']?([^"'\s>]+)/g
    : /(?:\bfrom|\bimport)\s*["']([^"']+)["']/g;
  return [...source.matchAll(pattern)].map((match) => match[1]);
}

const loaded = new Map();
const waiting = ["index.html"];
while (waiting.length > 0) {
  const path = waiting.pop();
  const kind = path.split(".").pop();
  if (loaded.has(path) || !(kind in kinds)) continue;
  const file = join(dist, path);
  if (!existsSync(file)) stop(`dist/${path} is missing: run \`make build\``);
  const raw = statSync(file).size;
  // A file without a copy is too small to gain by one; never the wasm, unless nothing was packed.
  const copied = existsSync(`${file}.br`);
  if (!copied && kind === "wasm") stop(`dist/${path} has no brotli copy: was this a release build?`);
  loaded.set(path, { kind, raw, brotli: copied ? statSync(`${file}.br`).size : raw });
  if (kind !== "html" && kind !== "js") continue;
  for (const url of references(path, readFileSync(file, "utf8"))) {
    if (/^[a-z]+:|^\/\//i.test(url)) continue; // another origin: a host's script, not ours
    const base = kind === "html" || url.startsWith("/") ? "" : posix.dirname(path);
    waiting.push(posix.join(base, url.split(/[?#]/)[0]).replace(/^\/+/, ""));
  }
}
for (const kind of Object.keys(kinds)) {
  if (![...loaded.values()].some((part) => part.kind === kind)) stop(`the page names no ${kinds[kind]}: nothing to measure`);
}

const row = (name, raw, brotli) => console.log(`${name.padEnd(52)}${String(raw).padStart(10)}${String(brotli).padStart(10)}`);
const sum = (parts, unit) => parts.reduce((total, part) => total + part[unit], 0);
row("part", "bytes", "brotli");
for (const kind of Object.keys(kinds)) {
  const parts = [...loaded].filter(([, part]) => part.kind === kind);
  for (const [path, part] of parts) row(`  ${path}`, part.raw, part.brotli);
  const all = parts.map(([, part]) => part);
  row(kinds[kind], sum(all, "raw"), sum(all, "brotli"));
}
const all = [...loaded.values()];
const total = sum(all, "brotli");
row("first visit", sum(all, "raw"), total);

const budget = JSON.parse(readFileSync(budgetFile, "utf8"));
if (process.argv.includes("--record")) {
  budget.recorded = total;
  writeFileSync(budgetFile, `${JSON.stringify(budget, null, 2)}\n`);
  console.log(`recorded ${total} bytes in tools/size-budget.json`);
}
const allowed = Math.min(Math.floor(budget.recorded * tolerance), budget.limit);
console.log(`allowed: ${allowed} bytes (recorded ${budget.recorded} + 5 %, never above ${budget.limit})`);
if (total > allowed) {
  stop(`${total} bytes are ${total - allowed} too many. Find what grew; if it is worth it, and within ${budget.limit},` +
    " record it: node tools/size-gate.mjs --record");
}
