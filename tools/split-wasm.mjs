// Splits the module in two: what the panel needs to show how things stand, and the screens that a person opens from
// there, which come a moment later. Both share memory and table. Which functions go into the later module is told by
// the names below; the rest follows from who calls whom:
//
// - A function goes when its name says that it belongs to a later screen, or when only functions that go call it.
// - It stays when one that stays calls it, unless it is a door: doors remain callable, by way of the script.
// - Constants go that only functions that go can come by; the linker knows which they are.
// - A function in the table is called by whoever holds its number: it goes when only functions or constants that go hold
//   it, or when its name says so – unless it drops a value.
import binaryen from "binaryen";
import { elements, exported, graph } from "./module-graph.mjs";

// Where the later screens live, and their types.
const later = [
  "ui::about", "ui::activity", "ui::item", "model::item", "model::view::item_view", "ui::history", "ui::issue", "ui::issues", "ui::later", "ui::report", "ui::session",
  "ui::parts::windowed", "model::activity", "model::history", "model::issue_page", "model::issues", "model::paged_list",
  "model::connection_command", "model::connectivity", "model::provider_sign_in", "model::service_sign_in", "model::view::connection_words",
  "model::view::connectivity_view", "model::view::sign_in_view", "shell::sign_in_window", "shell::download", "shell::explanations", "shell::scrolling", "shell::clipboard", "host::window", "host::embedding", "host::foreign", "host::gmail",
  "host::outlook", "shell::surroundings", "model::host", "model::view::host_note", "ui::host_note", "ui::connectivity",
  "ui::connection_form", "model::part_list", "model::report_page", "model::session_page", "model::view::about",
  "model::view::activity_view", "model::view::chart", "model::view::history_view", "model::view::issue_view", "model::view::issue_words",
  "model::view::issues_view", "model::view::later", "model::view::more", "model::view::entrance_sign_in", "model::view::explaining",
  "model::view::report_view", "model::view::rows", "model::view::session_text", "model::view::session_view",
  "model::later", "model::dashboard", "model::view::dashboard_view", "model::view::help_view", "ui::dashboard", "ui::help",
].map((path) => new RegExp(`\\bsync_sidebar::${path}::`));

// The functions through which the first module enters the later one: marked `#[inline(never)]` in the source, and
// called only once it is there.
const doors = [
  /^sync_sidebar::ui::later::(page|note|item|explanation)$/,
  /^sync_sidebar::model::view::later::(fill|text)$/,
  /^<sync_sidebar::model::Model>::enter$/,
  /^sync_sidebar::shell::(sign_in_window::perform|surroundings::meet|download::(give|save)|clipboard::write|explanations::load|scrolling::after_drawing)$/,
  /^sync_sidebar::host::window::popup$/,
];

// A name as it is in the source, without the crates' fingerprints.
export const plain = (name) => name.replaceAll(/\[[0-9a-f]{16}\]/g, "");
const isLater = (name) => later.some((path) => path.test(plain(name)));
// A closure of a function that is called as a later module is: its name looks as if it were in that module, and it would
// go while the function stays.
const looksLater = (name) => later.some((path) => new RegExp(`${path.source}\\{closure#`).test(plain(name)));
// What drops a value. The compiler keeps one of those that are equal, with the name of any: one that looks as if it were of
// a later screen may be what the first module drops its own by.
const drops = (name) => /^core::ptr::drop_in_place::/.test(plain(name));
const isDoor = (name) => doors.some((path) => path.test(plain(name)));

const numbers = (count) => Array.from({ length: count }, (_, number) => number);

// What can be come by without what lies behind a door: the names of the functions that stay, and pieces of data.
function staying(module, { functions, reach }) {
  const alike = [...functions.keys()].find(looksLater);
  if (alike) throw new Error(`split-wasm: ${plain(alike)} is of a function that is called as a later module is; call it otherwise`);
  const first = reach(exported(module).map(({ value }) => value), isDoor, (name) => isDoor(name) || (isLater(name) && !drops(name)));
  for (const door of doors) {
    const isThere = (name) => door.test(plain(name)) && !first.functions.has(name);
    if (![...functions.keys()].some(isThere)) throw new Error(`split-wasm: no function is the door ${door}; are the flags of .cargo/config.toml in force?`);
  }
  return first;
}

// A short name for each thing that the modules share: a, b, …, z, ba, bb, …
export function* shortNames() {
  for (let number = 0; ; number++) {
    let name = "";
    for (let rest = number; rest > 0 || name === ""; rest = Math.floor(rest / 26)) {
      name = String.fromCharCode(97 + (rest % 26)) + name;
    }
    yield name;
  }
}

// Makes a function of the module one that another module has.
export function importFunction(module, name, from, as) {
  const { params, results } = binaryen.getFunctionInfo(module.getFunction(name));
  module.removeFunction(name);
  module.addFunctionImport(name, from, as, params, results);
}

// Fills a segment's place in the table anew: runs of functions, each where it stood.
function refill(module, segment, keeps) {
  module.removeElementSegment(segment.name);
  let run = [];
  const close = (end) => {
    if (run.length > 0) {
      const first = segment.first + end - run.length;
      module.addActiveElementSegment(segment.table, `${segment.name}.${first}`, run, module.i32.const(first));
    }
    run = [];
  };
  segment.data.forEach((name, place) => {
    if (keeps(name)) run.push(name);
    else close(place);
  });
  close(segment.data.length);
}

// Empties the places in the table of functions that nobody calls through it.
function dropFromTable(module, isUnused) {
  for (const segment of elements(module)) refill(module, segment, (name) => !isUnused(name));
}

// The places in memory of pieces that nothing else shares, as runs of bytes: `[start, end]`.
function placesOf(isIn, data) {
  const owner = new Map();
  for (const [number, { start, end }] of data.pieces.entries()) {
    for (let at = start; at < end; at++) owner.set(at, (owner.get(at) ?? true) && isIn(number));
  }
  const places = [];
  for (const at of [...owner.keys()].filter((at) => owner.get(at)).sort((a, b) => a - b)) {
    const run = places.at(-1);
    if (run?.[1] === at) run[1] += 1;
    else places.push([at, at + 1]);
  }
  return places;
}

// The module's data, each with its place in memory.
const dataOf = (module) =>
  numbers(module.getNumDataSegments()).map((number) => {
    const { offset, data } = module.getDataSegmentInfo(module.getDataSegmentByIndex(number));
    return { offset, data: new Uint8Array(data) };
  });

// Another build's notes would have bytes moved that the first module needs.
function checkSameData(segments, linked) {
  for (const { address, bytes } of linked) {
    const same = bytes.every((byte, place) => {
      const at = address + place;
      const found = segments.find(({ offset, data }) => at >= offset && at < offset + data.length);
      return byte === (found?.data[at - found.offset] ?? 0);
    });
    if (!same) throw new Error("split-wasm: what the linker left is of another build than this module: build anew");
  }
}

function setData(module, segments) {
  const { initial, max } = module.getMemoryInfo();
  const placed = segments.map(({ offset, data }) => ({ offset: module.i32.const(offset), data }));
  module.setMemory(initial, max ?? -1, null, placed);
}

// Takes the bytes of these places out of the segments, where nothing is left in their stead, and gives them.
function takeOut(segments, places) {
  const taken = [];
  for (const [start, end] of places) {
    for (const { offset, data } of segments) {
      const [from, to] = [Math.max(start, offset), Math.min(end, offset + data.length)];
      if (from >= to) continue;
      taken.push({ offset: from, data: data.slice(from - offset, to - offset) });
      data.fill(0, from - offset, to - offset);
    }
  }
  return taken;
}

// Lets a module take memory, tables and globals from `main`, by the names that they have in `shared`.
function importRest(module, shared) {
  for (const [kind, name, as] of shared) {
    if (kind === "memory") module.addMemoryImport(name, "main", as);
    if (kind === "table") module.addTableImport(name, "main", as);
    if (kind === "global") {
      const { type, mutable } = binaryen.getGlobalInfo(module.getGlobal(name));
      module.addGlobalImport(name, "main", as, type, mutable);
    }
  }
}

/** Drops what nobody can come by: functions that only the table holds, and constants. The module still has its names. */
export function dropUnreached(module, data) {
  const { reach } = graph(module, data);
  const { functions, pieces } = reach(exported(module).map(({ value }) => value));
  dropFromTable(module, (name) => !functions.has(name));
  const segments = dataOf(module);
  checkSameData(segments, data.segments);
  takeOut(segments, placesOf((piece) => !pieces.has(piece), data));
  setData(module, segments);
  module.runPasses(["remove-unused-module-elements"]);
}

// Splits a module that still has its names, and in which nothing is unreached; `data` is what the linker knows of its data (`data-symbols.mjs`). Gives both
// modules, ready to be optimised.
export function split(module, data) {
  const all = graph(module, data);
  const { functions } = all;
  const { functions: stays, pieces } = staying(module, all);
  const isImported = (name) => binaryen.getFunctionInfo(module.getFunction(name)).module !== "";
  const own = [...functions.keys()].filter((name) => !isImported(name));
  const [first, rest] = [own.filter((name) => stays.has(name)), own.filter((name) => !stays.has(name))];
  const goes = new Set(rest);
  const called = (callers) => [...new Set(callers.flatMap((name) => [...functions.get(name).calls]))];

  const names = shortNames();
  const short = (all) => new Map(all.map((name) => [name, names.next().value]));
  const lent = short(called(rest).filter((name) => stays.has(name) && !isImported(name)));
  const entered = short(called(first).filter((name) => goes.has(name)));
  const segments = dataOf(module);
  const moved = takeOut(segments, placesOf((piece) => !pieces.has(piece), data));
  const tables = numbers(module.getNumTables()).map((number) => binaryen.getTableInfo(module.getTableByIndex(number)));
  const globals = numbers(module.getNumGlobals()).map((number) => binaryen.getGlobalInfo(module.getGlobalByIndex(number)));
  const shared = [
    ["memory", "0", names.next().value],
    ...tables.map(({ name }) => ["table", name, names.next().value]),
    // One that cannot change is as good as a copy of it.
    ...globals.filter(({ mutable }) => mutable).map(({ name }) => ["global", name, names.next().value]),
  ];

  // With the names.
  binaryen.setDebugInfo(true);
  const copy = binaryen.readBinary(module.emitBinary());
  binaryen.setDebugInfo(false);
  copy.setFeatures(module.getFeatures());
  for (const { name } of exported(copy)) copy.removeExport(name);
  dropFromTable(copy, (name) => !goes.has(name));
  for (const name of first) {
    if (lent.has(name)) importFunction(copy, name, "main", lent.get(name));
    else copy.removeFunction(name);
  }
  for (const [name, as] of entered) copy.addFunctionExport(name, as);
  setData(copy, moved);
  importRest(copy, shared);

  setData(module, segments);
  dropFromTable(module, (name) => goes.has(name));
  for (const name of rest) {
    if (entered.has(name)) importFunction(module, name, "later", entered.get(name));
    else module.removeFunction(name);
  }
  for (const [name, as] of lent) module.addFunctionExport(name, as);
  for (const [kind, name, as] of shared) {
    if (kind === "memory") module.addMemoryExport(name, as);
    if (kind === "table") module.addTableExport(name, as);
    if (kind === "global") module.addGlobalExport(name, as);
  }
  return copy;
}

// The script with a way to load the later module, `file` beside it: the calls from the first one wait for nothing, so
// nobody may go through a door before the promise is kept.
export function linkLater(script, file) {
  const offer = /\n    return \{(?=\s*__proto__: null,\s*"\.\/)/;
  if (!offer.test(script)) throw new Error("split-wasm: the script offers its imports in another form than it used to");
  return `let laterExports;
const later = new Proxy({}, { get: (_, name) => (...given) => laterExports[name](...given) });
export async function loadLater() {
  const imports = { ...__wbg_get_imports(), main: wasm };
  const { instance } = await __wbg_load(await fetch(new URL(${JSON.stringify(file)}, import.meta.url)), imports);
  laterExports = instance.exports;
}
${script.replace(offer, "\n    return { later,")}`;
}
