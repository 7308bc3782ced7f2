// Gates what the panel transfers of our own, each file as its brotli copy, in English: what stands before the first
// status (the page, and the styles, scripts and wasm that it names), and all that a visit may load, with the module of
// the later screens. Other languages, what codes mean, icons and hosts' scripts are not counted. All sizes are bytes;
// 1 kB = 1000 bytes.
//
//   node tools/size-gate.mjs            fails above tools/size-budget.json (5 % over the record, or over the limit)
//   node tools/size-gate.mjs --record   takes today's sizes as the record
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const budgetFile = join(root, "tools", "size-budget.json");
const kinds = { html: "page", css: "styles", js: "scripts", wasm: "wasm" };
const later = /\bnew URL\(["']([^"']+)["'],\s*import\.meta\.url\)/g;
const tolerance = 1.05;

function stop(message) {
  console.error(`size-gate: ${message}`);
  process.exit(1);
}

// What a file makes the browser load at once: a page's links and scripts, a script's static imports. A style sheet that
// is disabled comes with the later screens.
function references(path, source) {
  const pattern = path.endsWith(".html")
    ? /<(?:link|script)\b[^>]*?\b(?:href|src)\s*=\s*["']?([^"'\s>]+)[^>]*/g
    : /(?:\bfrom|\bimport)\s*["']([^"']+)["']/g;
  return [...source.matchAll(pattern)].map(([tag, url]) => ({ url, isDeferred: /^<link\b[^>]*\sdisabled\b/.test(tag) }));
}

const loaded = new Map();
// What a script names by a URL of its own comes when it is asked for.
const deferred = new Set();
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
  const source = readFileSync(file, "utf8");
  for (const [, url] of kind === "js" ? source.matchAll(later) : []) {
    // wasm-bindgen's script names its own module, too, should nobody else do so.
    if (existsSync(join(dist, url))) {
      deferred.add(url);
      waiting.push(url);
    }
  }
  for (const { url, isDeferred } of references(path, source)) {
    if (/^[a-z]+:|^\/\//i.test(url)) continue; // another origin: a host's script, not ours
    const base = kind === "html" || url.startsWith("/") ? "" : posix.dirname(path);
    const name = posix.join(base, url.split(/[?#]/)[0]).replace(/^\/+/, "");
    if (isDeferred) deferred.add(name);
    waiting.push(name);
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
const all = [...loaded];
const before = all.filter(([path]) => !deferred.has(path));
const budget = JSON.parse(readFileSync(budgetFile, "utf8"));
const record = process.argv.includes("--record");
const figures = [];
let tooMany = false;
for (const [name, title, parts] of [["first", "before the first status", before], ["whole", "whole visit", all]]) {
  const sizes = parts.map(([, part]) => part);
  const total = sum(sizes, "brotli");
  row(title, sum(sizes, "raw"), total);
  figures.push({ bench: "Bytes of a first visit, brotli", what: title, figure: total, unit: "bytes", spread: `at most ${budget[name].limit}` });
  if (record) budget[name].recorded = total;
  const { recorded, limit } = budget[name];
  const allowed = Math.min(Math.floor(recorded * tolerance), limit);
  console.log(`  allowed: ${allowed} bytes (recorded ${recorded} + 5 %, never above ${limit})`);
  if (total > allowed) {
    tooMany = true;
    console.log(`  ${total - allowed} bytes too many`);
  }
}
if (record) {
  writeFileSync(budgetFile, `${JSON.stringify(budget, null, 2)}\n`);
  console.log("recorded in tools/size-budget.json");
}
// For the table at the end of `make bench`.
if (process.env.BENCH) {
  mkdirSync(process.env.BENCH, { recursive: true });
  writeFileSync(join(process.env.BENCH, "bytes.jsonl"), figures.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
if (tooMany) stop("find what grew; if it is worth it, and within the limit, record it: node tools/size-gate.mjs --record");
