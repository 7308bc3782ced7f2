// What each part of the wasm weighs: every dependency, every part of the sidebar's own and every screen, code and constants
// apart, in the module of a first visit and in the later one. Counts the last release build (`make site`).
//
//   node tools/bytes.mjs                the table
//   node tools/bytes.mjs --functions N  the N heaviest functions of each module
//   node tools/bytes.mjs --at 0x1234    which function of the first module has this place: a trap's in the console
//
// Brotli makes one thing of the whole, so what a part weighs in it is an estimate: the module is packed again with the
// part's bytes left out, and what that saves is scaled so that all parts together make the module.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { functionBodies, dataBytes } from "./named-parts.mjs";
import { shake } from "./shake-wasm.mjs";
import { plain } from "./split-wasm.mjs";

const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, "../target");
const read = (path) => readFileSync(join(target, path));
const linked = read("wasm32-unknown-unknown/release/sync-sidebar.wasm");
const built = read("wasm-bindgen/release/sync-sidebar_bg.wasm");
const script = read("wasm-bindgen/release/sync-sidebar.js").toString();
const named = shake(script, built, linked, true);
const modules = { first: Buffer.from(named.first), later: Buffer.from(named.later) };

// Whose a function is: the sidebar's own module that its name mentions first, or else the crate. What the compiler has put
// into its only caller counts there: of what the model does, much is in the shell's `tell` and `draw_now`.
const families = {
  leptos: ["leptos", "tachys", "leptos_dom", "any_spawner", "throw_error", "next_tuple", "either_of", "oco_ref", "or_poisoned"],
  "reactive_graph": ["reactive_graph", "send_wrapper", "guardian", "slotmap", "indexmap", "hashbrown", "rustc_hash", "futures_util", "futures_core", "futures_channel", "pin_project_lite", "async_lock"],
  "wasm-bindgen, js-sys, web-sys": ["wasm_bindgen", "js_sys", "web_sys", "wasm_bindgen_futures", "wasm_streams"],
  "gloo-net": ["gloo_net", "http"],
  chrono: ["chrono"],
  "serde, serde_json": ["serde", "serde_core", "serde_json"],
  "std, core, alloc": ["core", "alloc", "std", "compiler_builtins", "__rustc", "dlmalloc", "rustc_demangle"],
};
const crates = new Map(Object.entries(families).flatMap(([family, all]) => all.map((crate) => [crate, family])));
const screens = {
  "screen: history, activity": /::(history|activity|history_view|activity_view|chart|rows|windowed|paged_list|part_list|more)(::|$)/,
  "screen: issues": /::(issues?|issues?_view|issue_\w+|record_words)(::|$)/,
  "screen: session": /::(session|session_\w+)(::|$)/,
  "screen: connectivity": /::(connectivity|connectivity_view|connection_\w+|provider_sign_in|service_sign_in|sign_in_\w+|window)(::|$)/,
  "screen: report, help, about, item, dashboard": /::(report|report_\w+|help|help_view|about|item|item_view|dashboard|dashboard_view)(::|$)/,
};

function partOf(name) {
  const clean = plain(name);
  const own = /\b(sync_sidebar|sync_api)((?:::\w+)+)/.exec(clean);
  if (own) {
    if (own[1] === "sync_api") return "own: contract (sync-api)";
    const screen = Object.entries(screens).find(([, pattern]) => pattern.test(own[2]));
    if (screen) return screen[0];
    const [, area, part] = own[2].split("::");
    return `own: ${area === "model" && part === "view" ? "model/view" : area}`;
  }
  // Methods of the language's own types, and what the compiler asks for by plain names, as memcpy.
  const crate = /^<(str|char|\[)|^[a-z]+$/.test(clean) ? "core" : /[a-z_]\w*(?=(\[|::))/.exec(clean)?.[0];
  return crates.get(crate) ?? (crate === undefined ? "wasm-bindgen, js-sys, web-sys" : `other: ${crate}`);
}

const packed = (body) =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } }).length;

// The module without some runs of bytes. It is no module any more, but it packs as one would.
function without(bytes, runs) {
  const kept = [];
  let from = 0;
  for (const { start, end } of [...runs].sort((a, b) => a.start - b.start)) {
    kept.push(bytes.subarray(from, start));
    from = end;
  }
  return Buffer.concat([...kept, bytes.subarray(from)]);
}

const row = (cells) => console.log(cells.map((cell, place) => (place ? String(cell).padStart(10) : cell.padEnd(48))).join(""));

function table(title, bytes) {
  const { code, names } = functionBodies(bytes);
  const parts = new Map();
  const add = (part, run) => parts.set(part, [...(parts.get(part) ?? []), run]);
  for (const run of code) add(partOf(run.name), run);
  for (const run of dataBytes(bytes)) add("constants and texts", run);
  // The names are there for this table alone.
  const base = without(bytes, names);
  const whole = packed(base);
  const weigh = (runs) => ({
    raw: runs.reduce((sum, { start, end }) => sum + end - start, 0),
    saves: whole - packed(without(bytes, [...names, ...runs])),
  });
  const weighed = [...parts].map(([part, runs]) => ({ part, ...weigh(runs) }));
  const rest = base.length - weighed.reduce((sum, { raw }) => sum + raw, 0);
  const scale = whole / (weighed.reduce((sum, { saves }) => sum + saves, 0) + rest * 0.4);
  row([title, "bytes", "brotli"]);
  for (const { part, raw, saves } of weighed.sort((a, b) => b.raw - a.raw)) row([`  ${part}`, raw, Math.round(saves * scale)]);
  row(["  types, imports, exports, table", rest, Math.round(rest * 0.4 * scale)]);
  row(["  together", base.length, whole]);
}

const [option, value] = process.argv.slice(2);
if (option === "--at") {
  const place = Number(value);
  const found = functionBodies(modules.first).code.find(({ start, end }) => place >= start && place < end);
  console.log(found ? plain(found.name) : "no function is there");
} else if (option === "--functions") {
  for (const [title, bytes] of Object.entries(modules)) {
    console.log(`${title} module`);
    const code = functionBodies(bytes).code.sort((a, b) => b.end - b.start - (a.end - a.start));
    for (const { name, start, end } of code.slice(0, Number(value ?? 40))) console.log(String(end - start).padStart(8), plain(name));
  }
} else {
  table("first module", modules.first);
  table("later module", modules.later);
}
