// Splits the module in two: what the panel needs to show how things stand, and the screens that a person opens from
// there, which come a moment later. Both share memory and table. Which functions go into the later module is told by
// the names below; the rest follows from who calls whom:
//
// - A function goes when its name says that it belongs to a later screen, or when only functions that go call it.
// - It stays when one that stays calls it, unless it is a door: doors remain callable, by way of the script.
// - Constants go that only functions that go can come by; the linker knows which they are.
// - A function in the table may be called by whoever holds its number, so it goes by its name: closures and generic
//   functions of the later screens have these in their names, and only code that has gone makes numbers of them.
import binaryen from "binaryen";

// Where the later screens live, and their types.
const later = [
  "ui::about", "ui::activity", "ui::item", "model::item", "model::view::item_view", "ui::history", "ui::issue", "ui::issues", "ui::later", "ui::report", "ui::session",
  "ui::parts::windowed", "model::activity", "model::history", "model::issue_page", "model::issues", "model::paged_list",
  "model::connection_command", "model::connectivity", "model::provider_sign_in", "model::service_sign_in", "model::view::connection_words",
  "model::view::connectivity_view", "model::view::sign_in_view", "shell::sign_in_window", "host::window", "host::embedding", "host::foreign", "host::gmail",
  "host::outlook", "shell::surroundings", "model::host", "model::view::host_note", "ui::host_note", "ui::connectivity",
  "ui::connection_form", "model::part_list", "model::report_page", "model::session_page", "model::view::about",
  "model::view::activity_view", "model::view::chart", "model::view::history_view", "model::view::issue_view", "model::view::issue_words",
  "model::view::issues_view", "model::view::later", "model::view::more", "model::view::record_words",
  "model::view::report_view", "model::view::rows", "model::view::session_text", "model::view::session_view",
  "model::later", "model::dashboard", "model::view::dashboard_view", "model::view::help_view", "ui::dashboard", "ui::help",
].map((path) => new RegExp(`\\bsync_sidebar::${path}::`));

// The functions through which the first module enters the later one: marked `#[inline(never)]` in the source, and
// called only once it is there.
const doors = [
  /^sync_sidebar::ui::later::(page|note|item)$/,
  /^sync_sidebar::model::view::later::(fill|text)$/,
  /^<sync_sidebar::model::Model>::enter$/,
  /^sync_sidebar::shell::(sign_in_window::perform|surroundings::meet)$/,
  /^sync_sidebar::host::window::popup$/,
];

// A name as it is in the source, without the crates' fingerprints.
export const plain = (name) => name.replaceAll(/\[[0-9a-f]{16}\]/g, "");
const isLater = (name) => later.some((path) => path.test(plain(name)));
// A closure of a function that is called as a later module is: its name looks as if it were in that module, and it would
// go while the function stays.
const looksLater = (name) => later.some((path) => new RegExp(`${path.source}\\{closure#`).test(plain(name)));
const isDoor = (name) => doors.some((path) => path.test(plain(name)));

// Every function of the module: whether it has a body, which functions it calls, which numbers stand in it.
function readFunctions(module) {
  const found = new Map();
  // The text form quotes a name where it has to, and writes other signs than ASCII's letters as \hh.
  const name = String.raw`\$("(?:[^"\\]|\\.)*"|[^\s()]+)`;
  const unquoted = (text) => (text[0] === '"' ? text.slice(1, -1).replaceAll(/\\([0-9a-f]{2}|.)/g, (_, sign) =>
    sign.length === 2 ? String.fromCharCode(parseInt(sign, 16)) : sign) : text);
  const begins = new RegExp(`^ \\(func ${name}`);
  const calls = new RegExp(`\\((?:return_)?(?:call|ref\\.func) ${name}`, "g");
  // An address is a number, or the distance that is added to one.
  const constants = /\(i32\.const (-?\d+)\)|\boffset=(\d+)/g;
  let current;
  for (const line of module.emitText().split("\n")) {
    const begin = begins.exec(line);
    if (begin) {
      current = Object.assign(new Set(), { numbers: new Set() });
      found.set(unquoted(begin[1]), current);
    }
    else if (line === " )") current = undefined;
    if (!current) continue;
    for (const [, called] of line.matchAll(calls)) current.add(unquoted(called));
    for (const [, constant, offset] of line.matchAll(constants)) current.numbers.add(Number(constant ?? offset) | 0);
  }
  return found;
}

const numbers = (count) => Array.from({ length: count }, (_, number) => number);
// The segments of the table, each with the place of its first function.
const elements = (module) =>
  numbers(module.getNumElementSegments()).map((number) => {
    const { offset, ...segment } = binaryen.getElementSegmentInfo(module.getElementSegmentByIndex(number));
    return { ...segment, first: binaryen.getExpressionInfo(offset).value };
  });
const exported = (module) =>
  numbers(module.getNumExports()).map((number) => binaryen.getExportInfo(module.getExportByIndex(number)));

// The names of the functions that stay: those that can be reached from outside or through the table, not counting what
// lies behind a door.
function staying(module) {
  const functions = readFunctions(module);
  const alike = [...functions.keys()].find(looksLater);
  if (alike) throw new Error(`split-wasm: ${plain(alike)} is of a function that is called as a later module is; call it otherwise`);
  const inTable = elements(module).flatMap(({ data }) => data);
  const waiting = [...exported(module).map(({ value }) => value), ...inTable.filter((name) => !isLater(name))];
  const stays = new Set();
  while (waiting.length > 0) {
    const name = waiting.pop();
    if (stays.has(name) || !functions.has(name)) continue;
    stays.add(name);
    waiting.push(...[...functions.get(name)].filter((called) => !isDoor(called)));
  }
  for (const door of doors) {
    const isThere = (name) => door.test(plain(name)) && !stays.has(name);
    if (![...functions.keys()].some(isThere)) throw new Error(`split-wasm: no function is the door ${door}; are the flags of .cargo/config.toml in force?`);
  }
  return { stays, functions };
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
export function dropFromTable(module, isUnused) {
  for (const segment of elements(module)) refill(module, segment, (name) => !isUnused(name));
}

// The pieces of data that some functions can come by: those that they name, and what is named in these.
function dataReached(numbers, { pieces, named }) {
  const waiting = [...numbers].flatMap((number) => [...(named.get(number) ?? [])]);
  const reached = new Set();
  while (waiting.length > 0) {
    const piece = waiting.pop();
    if (reached.has(piece)) continue;
    reached.add(piece);
    waiting.push(...pieces[piece].holds);
  }
  return reached;
}

// The places in memory that nobody can come by before the later module is there, as runs of bytes: `[start, end]`. What
// nobody seems to come by stays where it is.
function laterPlaces(functions, stays, rest, data) {
  const numbersOf = (names) => new Set([...names].flatMap((name) => [...functions.get(name).numbers]));
  const first = dataReached(numbersOf(stays), data);
  const only = [...dataReached(numbersOf(rest), data)].filter((piece) => !first.has(piece));
  const goes = new Set(only);
  const owner = new Map();
  for (const [number, { start, end }] of data.pieces.entries()) {
    for (let at = start; at < end; at++) owner.set(at, (owner.get(at) ?? true) && goes.has(number));
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

// Splits a module that still has its names; `data` is what the linker knows of its data (`data-symbols.mjs`). Gives both
// modules, ready to be optimised.
export function split(module, data) {
  const { stays, functions } = staying(module);
  const isImported = (name) => binaryen.getFunctionInfo(module.getFunction(name)).module !== "";
  const own = [...functions.keys()].filter((name) => !isImported(name));
  const [first, rest] = [own.filter((name) => stays.has(name)), own.filter((name) => !stays.has(name))];
  const goes = new Set(rest);
  const called = (callers) => [...new Set(callers.flatMap((name) => [...functions.get(name)]))];

  const names = shortNames();
  const short = (all) => new Map(all.map((name) => [name, names.next().value]));
  const lent = short(called(rest).filter((name) => stays.has(name) && !isImported(name)));
  const entered = short(called(first).filter((name) => goes.has(name)));
  const segments = dataOf(module);
  checkSameData(segments, data.segments);
  const moved = takeOut(segments, laterPlaces(functions, first, rest, data));
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
