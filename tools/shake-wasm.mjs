// Drops what nobody uses from a module and its wasm-bindgen script. wasm-bindgen exports every class that any dependency
// declares, used or not (Leptos brings three for server functions), and an export keeps its code alive on both sides.
// The panel's page imports the script's default export alone; everything else may go.
import { parse } from "acorn";
import binaryen from "binaryen";
import { execFileSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { dataSymbols, withoutLinking } from "./data-symbols.mjs";
import { quietPanics } from "./quiet-panics.mjs";
import { dropUnreached, importFunction, shortNames, split } from "./split-wasm.mjs";

// What rustc's wasm32-unknown-unknown and wasm-bindgen use, and no more: a newer encoding would lock older browsers out.
const { Features } = binaryen;
const features =
  Features.MutableGlobals | Features.SignExt | Features.NontrappingFPToInt | Features.BulkMemory | Features.BulkMemoryOpt |
  Features.ReferenceTypes | Features.Multivalue;

// Calls `visit` for every node of a syntax tree.
function walk(node, visit) {
  if (!node || typeof node.type !== "string") return;
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) walk(child, visit);
  }
}

const names = (node) => {
  const found = new Set();
  walk(node, (part) => part.type === "Identifier" && found.add(part.name));
  return found;
};

// The script with other text in place of what stands in [start, end).
function changed(script, changes) {
  let rest = "";
  let from = 0;
  for (const [start, end, text] of changes.sort((a, b) => a[0] - b[0])) {
    rest += script.slice(from, start) + text;
    from = end;
  }
  return rest + script.slice(from);
}

// Drops exported classes, with their finalization registries and whatever else is only about them.
function withoutClasses(script) {
  const { body } = parse(script, { ecmaVersion: "latest", sourceType: "module" });
  const classes = new Set();
  for (const statement of body) {
    if (statement.type === "ExportNamedDeclaration" && statement.declaration?.type === "ClassDeclaration") {
      classes.add(statement.declaration.id.name);
      classes.add(`${statement.declaration.id.name}Finalization`);
    }
  }
  const about = (statement) => statement.type !== "FunctionDeclaration" && [...names(statement)].some((name) => classes.has(name));
  const kept = body.filter((statement) => !about(statement));
  for (const statement of kept) {
    const used = [...names(statement)].find((name) => classes.has(name));
    if (used) throw new Error(`shake-wasm: the exported class ${used} is used; it cannot be dropped`);
  }
  return changed(script, body.filter(about).map(({ start, end }) => [start, end, ""]));
}

// The names that the script reads off the module's exports.
function exportsUsed(script) {
  const used = new Set(["memory"]);
  walk(parse(script, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
    if (node.type === "MemberExpression" && node.object.name === "wasm" && !node.computed) used.add(node.property.name);
  });
  return used;
}

// Gives what the script and the module have of each other short names, and tells which name each had: wasm-bindgen's
// own end in hashes, which no compression makes shorter.
function shortenNames(module, used) {
  const names = shortNames();
  const before = new Map();
  const functions = Array.from({ length: module.getNumFunctions() }, (_, number) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(number)),
  );
  for (const { name, module: from, base } of functions) {
    if (from === "") continue;
    const short = names.next().value;
    before.set(short, base);
    importFunction(module, name, from, short);
  }
  for (const long of used) {
    if (!long.startsWith("wasm_bindgen_")) continue;
    const { value } = binaryen.getExportInfo(module.getExport(long));
    // No name of the script's own begins so, and none that the modules share has a sign in it.
    const short = `$${before.size}`;
    before.set(short, long);
    module.removeExport(long);
    module.addFunctionExport(value, short);
  }
  return before;
}

// The script with the short names, and without the functions that it offers and none of the modules asks for any more.
function withShortNames(script, before, wasms) {
  const imports = wasms.flatMap((wasm) => WebAssembly.Module.imports(new WebAssembly.Module(wasm)));
  const asked = new Set(imports.map(({ name }) => before.get(name)));
  const short = new Map([...before].map(([name, long]) => [long, name]));
  const changes = [];
  walk(parse(script, { ecmaVersion: "latest", sourceType: "module" }), (node) => {
    if (node.type === "MemberExpression" && node.object.name === "wasm" && short.has(node.property.name)) {
      changes.push([node.property.start, node.property.end, short.get(node.property.name)]);
    }
    if (node.type !== "ObjectExpression") return;
    for (const { key, start, end } of node.properties) {
      const name = key?.name ?? key?.value;
      if (!short.has(name)) continue;
      const comma = script.slice(end).match(/^\s*,/);
      if (asked.has(name)) changes.push([key.start, key.end, short.get(name)]);
      else changes.push([start, end + (comma ? comma[0].length : 0), ""]);
    }
  });
  return changed(script, changes);
}

// The first kilobyte of memory, where no object lies: the stack comes first there, and that is its deepest end. So a
// small number that is added to an address may become part of the access.
const low = 1024;

function pack(module, named) {
  binaryen.setOptimizeLevel(2);
  binaryen.setShrinkLevel(2);
  const stack = binaryen.getGlobalInfo(module.getGlobal("__stack_pointer"));
  // The later module has the first one's.
  const deepest = stack.module === "" ? binaryen.getExpressionInfo(stack.init).value : Infinity;
  const pieces = Array.from({ length: module.getNumDataSegments() }, (_, number) => module.getDataSegmentInfo(module.getDataSegmentByIndex(number)));
  if ([deepest, ...pieces.map(({ offset }) => offset)].some((start) => start < low)) {
    throw new Error("shake-wasm: something lies in the first kilobyte of memory; is the stack not first any more?");
  }
  binaryen.setLowMemoryUnused(true);
  module.runPasses(["remove-unused-module-elements"]);
  module.optimize();
  // Blocks that the compiler has nested for its own sake are laid out anew; what that leaves behind takes two rounds.
  module.runPasses(["flatten", "rereloop"]);
  module.optimize();
  module.optimize();
  module.runPasses([...(named ? [] : ["strip-debug"]), "strip-producers", "strip-target-features"]);
  binaryen.setDebugInfo(named);
  const wasm = module.emitBinary();
  binaryen.setDebugInfo(false);
  module.dispose();
  return wasm;
}

// Where the compiler and the libraries keep their sources on this machine. Panics name them; what is of use in a report is
// the panel's own line, which is named as well.
const foreignSources = [
  join(execFileSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).trim(), "lib/rustlib/src/rust/library/"),
  join(process.env.CARGO_HOME ?? join(homedir(), ".cargo"), "registry/src/"),
];

// Puts strokes in the place of those paths: as long as before, and next to nothing once compressed. So no path of the
// machine that built it is in the module, and it weighs the same wherever it is built.
function withoutForeignSources(wasm) {
  const bytes = Buffer.from(wasm);
  const vendored = /^[\w./-]*?\/library\/vendor\//;
  const blank = (start) => {
    const rest = bytes.toString("latin1", start, start + 400);
    const path = /^[\w./-]+?\.rs/.exec(rest);
    if (path) bytes.fill("/", start, start + path[0].length);
  };
  for (const prefix of foreignSources) {
    for (let place = bytes.indexOf(prefix); place >= 0; place = bytes.indexOf(prefix, place + 1)) blank(place);
  }
  // The standard library is built in a folder of its own: `tools/wasm-std`.
  for (let place = bytes.indexOf("/tmp/tmp."); place >= 0; place = bytes.indexOf("/tmp/tmp.", place + 1)) {
    if (vendored.test(bytes.toString("latin1", place, place + 200))) blank(place);
  }
  return bytes;
}

// The script and the module, each without what the other does not use, and the module in two: see split-wasm.mjs. `linked`
// is the module as the linker left it. With `named`, functions keep their names, for `bytes.mjs` to count by.
export function shake(script, built, linked, named = false) {
  const lean = withoutClasses(script);
  const used = exportsUsed(lean);
  const wasm = withoutLinking(built);
  const module = binaryen.readBinary(wasm);
  module.setFeatures(features);
  for (const { name } of WebAssembly.Module.exports(new WebAssembly.Module(wasm))) {
    if (!used.has(name) && !name.startsWith("__wbindgen")) module.removeExport(name);
  }
  quietPanics(module);
  const data = dataSymbols(linked);
  dropUnreached(module, data);
  const before = shortenNames(module, used);
  const later = withoutForeignSources(pack(split(module, data), named));
  const first = withoutForeignSources(pack(module, named));
  return { script: withShortNames(lean, before, [first, later]), first, later };
}
